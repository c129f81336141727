// Differences between the nodes' configurations of one virtual router, found before anything splits.
#ifndef ARBITER_CORE_DIFF_H_
#define ARBITER_CORE_DIFF_H_

#include <string>
#include <vector>

#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct NodeConfig {
  std::string node;
  const NodeReport* report = nullptr;  // never null; lives as long as the call
};

struct ValueOnNode {
  std::string node;
  std::string value;
  std::string origin;  // "file:line", where it is known

  friend bool operator==(const ValueOnNode&, const ValueOnNode&) = default;
};

struct ConfigDifference {
  // What pairs the instances: their name, VRID or common VIPs, in words ("VI_1 (VRID 66)").
  std::string virtual_router;
  std::string key;     // keepalived's keyword
  bool fault = false;  // it breaks VRRP; false: worth knowing
  std::vector<ValueOnNode> values;
  std::string advice;

  friend bool operator==(const ConfigDifference&, const ConfigDifference&) = default;
};

// Those that matter first: faults, and among them the address lists. What should differ (priority, state,
// unicast_src_ip) is listed last and is no fault. Instances are paired as PairInstances says; a node whose
// configuration was not read takes no part.
std::vector<ConfigDifference> FindDifferences(const std::vector<NodeConfig>& nodes);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_DIFF_H_
