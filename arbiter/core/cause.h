// Why a VIP split, out of what its claimants reported. Pure: the same facts name the same causes in the same order.
#ifndef ARBITER_CORE_CAUSE_H_
#define ARBITER_CORE_CAUSE_H_

#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

// One node's part in a contest. The pointers are never null and live as long as the call.
struct CauseParty {
  std::string node;
  const NodeReport* report = nullptr;
  const VipReport* vip = nullptr;
  std::optional<Reach> reach = std::nullopt;  // of the last affirmation, if one came
  // Heard of lately, and it did not leave the question of this contest unanswered. Nothing is concluded from what a
  // node that is not fresh sends or hears: its report is a picture of the past.
  bool fresh = true;
  // Since when its probe listens, as far as is known: at the latest since it attached. A probe that has just started
  // has heard nothing yet and does not know how long an address has been there. nullopt: for long.
  std::optional<Instant> listening_since = std::nullopt;
};

// A MAC of a node of the cluster.
struct NodeMac {
  std::string mac;
  std::string node;
};

struct CauseInput {
  IpAddress vip;
  // All nodes that claim the VIP, or did when the contest began, by name. Two or more make a split; one is enough where
  // a stranger claims the VIP.
  std::vector<CauseParty> claimants;
  // Own addresses of every node of the cluster: who is none of them is a stranger.
  std::vector<IpAddress> cluster_addresses;
  // Their MACs, sorted; empty: not all are known, and nothing is concluded from a stranger's.
  std::vector<std::string> cluster_macs;
  // Of nodes that say they do not have the VIP. Who answers with one of these has it all the same, in a container or by
  // a proxy entry, say: neither adverts nor the node's kernel told of that.
  std::vector<NodeMac> idle_macs = {};
  // What was named before: a proven cause is kept although a shut gate hides its evidence by now, and is struck once it
  // has demonstrably gone.
  std::vector<CauseEvidence> previous;
  // Guards what is concluded from silence: an advert that was sent this moment may not be reported yet. nullopt: all
  // that was sent before has arrived and was reported.
  std::optional<Instant> now = std::nullopt;
  // Every claimant reached somebody on the segment when it was last asked.
  bool all_reach = false;
};

// Most likely first, one entry a cause, each with its evidence and its repair; those that have ended come last, with
// the time at which that was seen. Never empty: kUnknown lists what was looked at, and stands alone but for what has
// ended.
//
// Only what is proven is named, because what was named stays until it has demonstrably gone: behind a shut gate a
// node's adverts are not on the others' wire, so loss in the network is judged for senders whose gate is open; a node
// that sends nothing (a dead daemon) is heard by nobody, which is no loss either.
//
// A HeardRouter of version 0 is no advert but a claim by ARP or neighbour discovery: `mac` made it, and `defects` says
// in words how ("ARP reply").
std::vector<CauseEvidence> FindCauses(const CauseInput& input);

// Only who claims the VIP and is no node of the cluster; empty: nobody.
std::vector<CauseEvidence> FindForeignClaimants(const CauseInput& input);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_H_
