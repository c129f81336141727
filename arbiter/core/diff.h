// Differences between the nodes' configurations of one virtual router, found before anything splits.
#ifndef ARBITER_CORE_DIFF_H_
#define ARBITER_CORE_DIFF_H_

#include <string>
#include <vector>

#include "arbiter/core/report.h"

namespace arbiter::core {

struct NodeConfig {
  std::string node;
  const NodeReport* report = nullptr;  // never null; lives as long as the call
};

struct ValueOnNode {
  std::string node;
  std::string value;
  std::string origin;  // "file:line", where it is known
};

struct ConfigDifference {
  // What pairs the instances: their name, VRID or common VIPs, in words ("VI_1 (VRID 66)").
  std::string virtual_router;
  std::string key;     // keepalived's keyword
  bool fault = false;  // it breaks VRRP; false: worth knowing
  std::vector<ValueOnNode> values;
  std::string advice;
};

// Those that matter first. What should differ (priority, state, unicast_src_ip) is not listed as a fault.
std::vector<ConfigDifference> FindDifferences(const std::vector<NodeConfig>& nodes);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_DIFF_H_
