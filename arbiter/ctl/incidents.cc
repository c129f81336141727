// arbctl incidents
#include <algorithm>
#include <memory>

#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_incident.h"

namespace arbiter::ctl {
namespace {

constexpr std::uint32_t kPage = 500;

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

// Page after page, until there are enough.
absl::StatusOr<v1::ListIncidentsResponse> List(const Session& session, const Flags& flags) {
  v1::ListIncidentsResponse all;
  v1::ListIncidentsRequest request;
  request.set_cluster(session.options.cluster);
  request.set_open_only(flags.open);
  do {
    const auto have = static_cast<std::uint32_t>(all.incidents_size());
    request.set_page_size(flags.limit == 0 ? kPage : std::min(kPage, flags.limit - have));
    auto page = session.arbiter.Ask(request);
    if (!page.ok()) return page.status();
    all.mutable_incidents()->MergeFrom(page->incidents());
    all.set_next_page_token(page->next_page_token());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() &&
           (flags.limit == 0 || static_cast<std::uint32_t>(all.incidents_size()) < flags.limit));
  return all;
}

absl::StatusOr<int> Incidents(const Session& session, const Flags& flags) {
  const absl::StatusOr<v1::ListIncidentsResponse> incidents = List(session, flags);
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
