// arbctl incidents
#include <memory>

#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/pages.h"
#include "arbiter/ctl/print_incident.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Newest first. An incident is a split from first sight to its end; a change of hands that was over in time is none.

Examples
  arbctl incidents
  arbctl incidents --open
  arbctl incidents --cluster prod --limit 0 -o json | jq -r '.incidents[].causes[]' | sort | uniq -c)";

struct Flags {
  bool open = false;
  std::uint32_t limit = 50;
};

absl::StatusOr<int> Incidents(const Session& session, const Flags& flags) {
  v1::ListIncidentsRequest request;
  request.set_cluster(session.options.cluster);
  request.set_open_only(flags.open);
  const auto incidents = AskPages(session.arbiter, request, flags.limit,
                                  [](const v1::ListIncidentsResponse& all) { return all.incidents_size(); });
  if (!incidents.ok()) return incidents.status();
  const Console& console = session.console;
  if (session.options.format == Format::kJson) {
    console.out << ToJson(*incidents);
    return kDone;
  }
  console.out << IncidentsText(*incidents, console.zone, {session.options.format == Format::kWide, console.colour});
  if (!incidents->next_page_token().empty()) console.err << "there are more: --limit 0 shows all\n";
  return kDone;
}

}  // namespace

void AddIncidents(CLI::App* root, Choice* choice) {
  const auto flags = std::make_shared<Flags>();
  Command(root, "incidents", "List the splits that were, and those that are", kFooter)
      .Flag("--open", &flags->open, "Only those that are not closed")
      .Number("-n,--limit", &flags->limit, "At most this many (default 50, 0: all)")
      .Then([flags, choice] { choice->action = [flags](const Session& s) { return Incidents(s, *flags); }; });
}

}  // namespace arbiter::ctl
