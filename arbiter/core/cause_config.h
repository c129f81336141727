// Causes that lie in settings: the claimants' virtual routers do not agree, so each drops the other's adverts.
#ifndef ARBITER_CORE_CAUSE_CONFIG_H_
#define ARBITER_CORE_CAUSE_CONFIG_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// kVridMismatch, kVersionMismatch, kAuthMismatch, kAdvertIntervalMismatch, kVipListMismatch, kWrongInterface. At most
// one entry each, over all sides that have a virtual router for the VIP.
void FindConfigCauses(const std::vector<Side>& sides, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_CONFIG_H_
