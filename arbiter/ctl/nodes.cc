// arbctl nodes
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_nodes.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Under each node stands what is wrong with it, then how it could give up each VIP, best way first, and which other VIPs
would fall with it. Read it before a split: a node with "NO WAY" cannot be demoted.

  gate             packet-filter rules isolate one VIP; needs Linux 5.16
  track file       keepalived yields its instance; needs the lines of `arbiter-probe snippet`
  remove address   for an address that no live daemon owns
  stop daemon      everything that the daemon holds falls with it
  exec             the site's own command

Examples
  arbctl nodes
  arbctl nodes --cluster prod -o wide
  arbctl nodes -o json | jq -r '.nodes[] | select(.report.gateUsable | not) | .status.id')";

absl::StatusOr<int> Nodes(const Session& session) {
  v1::ListNodesRequest request;
  request.set_cluster(session.options.cluster);
  const auto nodes = session.arbiter.Ask(request);
  if (!nodes.ok()) return nodes.status();
  session.console.out << (session.options.format == Format::kJson
                              ? ToJson(*nodes)
                              : NodesText(*nodes, {session.options.format == Format::kWide, session.console.colour}));
  return kDone;
}

}  // namespace

void AddNodes(CLI::App* root, Choice* choice) {
  Command(root, "nodes", "Show each node: is it there, and how could it give up its VIPs", kFooter).Then([choice] {
    choice->action = Nodes;
  });
}

}  // namespace arbiter::ctl
