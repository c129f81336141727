// arbctl check
#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/verdict.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(A plugin for Nagios, Icinga, Zabbix and their like: one line, and an exit code.

  0 OK        every VIP is held by one node, every node is connected
  1 WARNING   a VIP is guarded, contested or unknown; a node is silent; the arbiter warns of something
  2 CRITICAL  a VIP is split, being healed or held by nobody, or a node that is held back still answers
  3 UNKNOWN   the arbiter cannot be asked, or not like this

Examples
  arbctl check
  arbctl check --cluster prod --timeout 2s
  arbctl --server witness:7430 check || mail -s "VRRP" ops < /dev/null)";

absl::StatusOr<int> Check(const Session& session) {
  v1::GetStatusRequest request;
  request.set_cluster(session.options.cluster);
  const auto status = session.arbiter.Ask(request);
  if (!status.ok()) return status.status();
  if (session.options.format == Format::kJson) {
    session.console.out << ToJson(*status);
    return VerdictOf(*status).code;
  }
  const Verdict verdict = VerdictOf(*status);
  session.console.out << verdict.line << "\n";
  return verdict.code;
}

}  // namespace

void AddCheck(CLI::App* root, Choice* choice) {
  Command(root, "check", "Say in one line and an exit code whether all is well (a monitoring plugin)", kFooter)
      .Then([choice] {
        choice->action = Check;
        choice->plugin = true;
      });
}

}  // namespace arbiter::ctl
