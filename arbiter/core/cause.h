// Why a VIP split, out of what its claimants reported. Pure: the same facts name the same causes in the same order.
#ifndef ARBITER_CORE_CAUSE_H_
#define ARBITER_CORE_CAUSE_H_

#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/incident.h"
#include "arbiter/core/report.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

// One node's part in a contest. The pointers are never null and live as long as the call.
struct CauseParty {
  std::string node;
  const NodeReport* report = nullptr;
  const VipReport* vip = nullptr;
  std::optional<Reach> reach;  // of the last affirmation, if one came
};

struct CauseInput {
  IpAddress vip;
  // All nodes that claim the VIP, or did when the contest began; at least two. By name.
  std::vector<CauseParty> claimants;
  // Own addresses of every node of the cluster: who is none of them is a stranger.
  std::vector<IpAddress> cluster_addresses;
};

// Most likely first, each with its evidence and its repair. Never empty: kUnknown lists what was looked at.
std::vector<CauseEvidence> FindCauses(const CauseInput& input);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_H_
