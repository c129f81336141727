// arbctl release NODE VIP
#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/target.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Ends a hold: the node may hold the VIP again, if VRRP gives it to it. Mend the cause first, or the split comes back. Where the
arbiter cannot be reached, `arbiter-probe holds --release-all` on the node does the same.

Examples
  arbctl release b 192.168.1.212
  arbctl release b 192.168.1.212 --reason "VRID corrected")";

absl::StatusOr<int> Release(const Session& session, const Target& target) {
  if (absl::Status status = target.Check(); !status.ok()) return status;
  v1::ReleaseRequest request;
  request.set_cluster(session.options.cluster);
  request.set_node(target.node);
  request.set_vip(target.vip);
  request.set_reason(target.reason);
  const auto answer = session.arbiter.Ask(request);
  if (!answer.ok()) return answer.status();
  session.console.out << (session.options.format == Format::kJson
                              ? ToJson(*answer)
                              : absl::StrCat(target.node, " is released: it may hold ", target.vip, " again.\n"));
  return kDone;
}

}  // namespace

void AddRelease(CLI::App* root, Choice* choice) {
  const auto target = std::make_shared<Target>();
  Command command(root, "release", "End a hold: the node may hold the VIP again", kFooter);
  AddTarget(command, target.get());
  command.Then([target, choice] { choice->action = [target](const Session& s) { return Release(s, *target); }; });
}

}  // namespace arbiter::ctl
