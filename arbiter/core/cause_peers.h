// Whom adverts are sent to: unicast peers that are not the other node, and unicast that meets multicast.
#ifndef ARBITER_CORE_CAUSE_PEERS_H_
#define ARBITER_CORE_CAUSE_PEERS_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// Adverts of these two do not find each other, or not in both directions: by their configurations, and by the
// destinations of the adverts that were heard.
bool PeersMismatch(const Side& a, const Side& b);

// The side's unicast peers are known, and none of the others has one of these addresses: its adverts reach nobody, and
// where such a host does not even exist, nothing is sent at all.
bool SendsToNobody(const Side& side, const std::vector<Side>& sides);

// The advert was sent to the multicast group or to an address of the listener.
bool IsMeantFor(const HeardRouter& advert, const Side& listener);

// kUnicastPeerMismatch, or nothing.
void FindPeerCauses(const std::vector<Side>& sides, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_PEERS_H_
