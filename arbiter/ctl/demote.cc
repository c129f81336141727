// arbctl demote NODE VIP
#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/ctl/target.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Refused unless another node that is not held back has affirmed that it holds the VIP: nobody may end with none. The hold
lasts until `arbctl release`, or until the survivor can no longer hold the VIP.

Examples
  arbctl demote b 192.168.1.212
  arbctl demote b 192.168.1.212 --reason "kernel update" --cluster prod)";

absl::StatusOr<int> Demote(const Session& session, const Target& target) {
  if (absl::Status status = target.Check(); !status.ok()) return status;
  v1::DemoteRequest request;
  request.set_cluster(session.options.cluster);
  request.set_node(target.node);
  request.set_vip(target.vip);
  request.set_reason(target.reason);
  const auto answer = session.arbiter.Ask(request);
  if (!answer.ok()) return answer.status();
  if (session.options.format == Format::kJson) {
    session.console.out << ToJson(*answer);
    return kDone;
  }
  session.console.out << absl::StrCat(
      target.node, " is told to give up ", target.vip, "; ", Printable(answer->survivor()), " keeps it (incident ",
      Printable(answer->incident()), ").\nTo let it back: arbctl release ", target.node, " ", target.vip, "\n");
  return kDone;
}

}  // namespace

void AddDemote(CLI::App* root, Choice* choice) {
  const auto target = std::make_shared<Target>();
  Command command(root, "demote", "Have a node give up a VIP, and hold it back", kFooter);
  AddTarget(command, target.get());
  command.Then([target, choice] { choice->action = [target](const Session& s) { return Demote(s, *target); }; });
}

}  // namespace arbiter::ctl
