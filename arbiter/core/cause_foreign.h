// Hosts that are no node of the cluster and claim the VIP. Nobody demotes them: they are named.
#ifndef ARBITER_CORE_CAUSE_FOREIGN_H_
#define ARBITER_CORE_CAUSE_FOREIGN_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

// kForeignClaimant: adverts that name the VIP from an address that is no node's, or ARP and neighbour claims of it with
// a MAC that is no node's. A stranger with the same VRID and other addresses is no claimant.
void FindStrangers(const std::vector<Side>& sides, const CauseInput& input, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_FOREIGN_H_
