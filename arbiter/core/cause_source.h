// Adverts that come from an address which is not this node's alone, or not the one that the other side lists.
#ifndef ARBITER_CORE_CAUSE_SOURCE_H_
#define ARBITER_CORE_CAUSE_SOURCE_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// The daemon is to send unicast from an address that the node does not have, as far as its own addresses are known
// (those on loopback are not): what is sent to that address is not delivered there. Multicast adverts may come from any
// address.
bool SourceMissing(const Side& side);

// The daemon of `side` is to send from an address that `other` has and `side` has not (one file was copied).
bool SendsAsOther(const Side& side, const Side& other);

// Both have one address of their own on the VIP's segment: each takes the other's adverts for its own, and drops them.
bool ShareAnAddress(const Side& a, const Side& b);

// kDuplicateNodeAddress and kSourceAddress.
void FindSourceCauses(const std::vector<Side>& sides, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_SOURCE_H_
