// arbctl forget NODE
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(For a node that is retired or renamed, once its probe is stopped: its VIPs are no longer UNKNOWN for its sake, it is nobody's
standby, its holds end, and the alert that it is lost is resolved. Should it attach again it is a node like any other.

Examples
  arbctl forget old-b
  arbctl forget old-b --reason "replaced by c")";

struct Wish {
  std::string node;
  std::string reason;
};

absl::StatusOr<int> Forget(const Session& session, const Wish& wish) {
  v1::ForgetRequest request;
  request.set_cluster(session.options.cluster);
  request.set_node(wish.node);
  request.set_reason(wish.reason);
  const auto answer = session.arbiter.Ask(request);
  if (!answer.ok()) return answer.status();
  const std::string text = answer->known() ? absl::StrCat(wish.node, " is forgotten.\n")
                                           : absl::StrCat("No node ", wish.node,
                                                          " has attached since the arbiter started; what was told of ",
                                                          "it before is resolved.\n");
  session.console.out << (session.options.format == Format::kJson ? ToJson(*answer) : text);
  return kDone;
}

}  // namespace

void AddForget(CLI::App* root, Choice* choice) {
  const auto wish = std::make_shared<Wish>();
  Command(root, "forget", "A node is retired: forget what it said", kFooter)
      .Operand("NODE", &wish->node, "A node's name, as `arbctl nodes` lists it")
      .Text("--reason", &wish->reason, "Stands in the audit log", "TEXT")
      .Then([wish, choice] { choice->action = [wish](const Session& s) { return Forget(s, *wish); }; });
}

}  // namespace arbiter::ctl
