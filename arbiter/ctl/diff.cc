// arbctl diff
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_diff.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Compares what the nodes' VRRP daemons have in their configuration files, before anything splits. A FAULT breaks VRRP; a
note is worth knowing, such as priorities, which should differ.

Examples
  arbctl diff
  arbctl diff --cluster prod
  arbctl diff -o json | jq -e '[.differences[] | select(.fault)] == []'      exit 1 when something is wrong)";

absl::StatusOr<int> Diff(const Session& session) {
  v1::GetDiffRequest request;
  request.set_cluster(session.options.cluster);
  const auto diff = session.arbiter.Ask(request);
  if (!diff.ok()) return diff.status();
  session.console.out << (session.options.format == Format::kJson
                              ? ToJson(*diff)
                              : DiffText(*diff, {session.options.format == Format::kWide, session.console.colour}));
  return kDone;
}

}  // namespace

void AddDiff(CLI::App* root, Choice* choice) {
  Command(root, "diff", "Show how the nodes' VRRP configurations differ", kFooter).Then([choice] {
    choice->action = Diff;
  });
}

}  // namespace arbiter::ctl
