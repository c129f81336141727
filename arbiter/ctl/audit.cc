// arbctl audit
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/pages.h"
#include "arbiter/ctl/table.h"
#include "arbiter/ctl/words.h"
#include "proto/value/duration.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Newest first: what operators asked for, with its outcome and their reason, and each directive of the arbiter itself.

Examples
  arbctl audit
  arbctl audit --since 24h --cluster prod
  arbctl audit --since "2026-11-30 08:00:00" --limit 0 -o json | jq -r '.entries[] | select(.who != "arbiter") | .what')";

struct Flags {
  std::string since;
  std::uint32_t limit = 50;
};

// A time as the table or JSON shows it, or how long ago it was.
std::optional<absl::Time> Since(const std::string& text, absl::TimeZone zone, absl::Time now) {
  if (const auto ago = ParseDuration(text); ago.ok()) return now - absl::FromChrono(*ago);
  for (const char* format : {absl::RFC3339_full, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"}) {
    absl::Time time;
    if (absl::ParseTime(format, text, zone, &time, nullptr)) return time;
  }
  return std::nullopt;
}

std::string AuditText(const v1::ListAuditResponse& audit, const Console& console, bool wide) {
  if (audit.entries().empty()) return "nothing of that is recorded\n";
  std::vector<Cell> header = {"AT", "WHO", "CLUSTER", "NODE", "VIP", "INCIDENT"};
  if (wide) header.emplace_back("FENCE");
  header.emplace_back("WHAT");  // last, for it may be long
  Table table(std::move(header));
  for (const v1::AuditEntry& entry : audit.entries()) {
    std::vector<Cell> row = {Moment(entry.at(), console.zone)};
    for (const std::string& text : {entry.who(), entry.cluster(), entry.node(), entry.vip(), entry.incident()}) {
      row.emplace_back(Printable(text));
    }
    if (wide) row.emplace_back(entry.sequence() == 0 ? "" : absl::StrCat(entry.term(), "/", entry.sequence()));
    row.emplace_back(Printable(entry.what()));
    table.AddRow(std::move(row));
  }
  return table.Render("", console.colour);
}

absl::StatusOr<int> Audit(const Session& session, const Flags& flags) {
  const Console& console = session.console;
  v1::ListAuditRequest request;
  request.set_cluster(session.options.cluster);
  if (!flags.since.empty()) {
    const std::optional<absl::Time> since = Since(flags.since, console.zone, absl::Now());
    if (!since.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("--since: \"", absl::CHexEscape(flags.since),
                                                     "\" is no time: write 30m, 2026-11-30, \"2026-11-30 08:00:00\" or "
                                                     "2026-11-30T08:00:00Z"));
    }
    request.mutable_since()->set_seconds(absl::ToUnixSeconds(*since));
  }
  const auto audit = AskPages(session.arbiter, request, flags.limit,
                              [](const v1::ListAuditResponse& all) { return all.entries_size(); });
  if (!audit.ok()) return audit.status();
  if (session.options.format == Format::kJson) {
    console.out << ToJson(*audit);
    return kDone;
  }
  console.out << AuditText(*audit, console, session.options.format == Format::kWide);
  if (!audit->next_page_token().empty()) console.err << "there are more: --limit 0 shows all\n";
  return kDone;
}

}  // namespace

void AddAudit(CLI::App* root, Choice* choice) {
  const auto flags = std::make_shared<Flags>();
  Command(root, "audit", "List who had what done", kFooter)
      .Number("-n,--limit", &flags->limit, "At most this many (default 50, 0: all)")
      .Text("--since", &flags->since, "Only what was done since then, or in the last while (30m)", "TIME|DURATION")
      .Then([flags, choice] { choice->action = [flags](const Session& s) { return Audit(s, *flags); }; });
}

}  // namespace arbiter::ctl
