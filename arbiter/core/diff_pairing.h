// Which instances of several nodes are meant to be one virtual router, although a typing error sets them apart.
#ifndef ARBITER_CORE_DIFF_PAIRING_H_
#define ARBITER_CORE_DIFF_PAIRING_H_

#include <string>
#include <vector>

#include "arbiter/core/diff.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// Points into what PairInstances was given.
struct RouterOnNode {
  const NodeConfig* node = nullptr;
  const InstanceConfig* instance = nullptr;
};

// One virtual router: at most one instance a node, in the order of the nodes; never empty.
using VirtualRouter = std::vector<RouterOnNode>;

// By common VIPs first, the more, the better; then by VRID and by name, without common VIPs on one segment only. Every
// instance is in exactly one router; one that no other node has stands alone. In the order of the first instances.
std::vector<VirtualRouter> PairInstances(const std::vector<NodeConfig>& nodes);

// "VI_1 (VRID 66)", "VI_1, VI_A (VRID 66, 65)".
std::string NameOf(const VirtualRouter& router);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_DIFF_PAIRING_H_
