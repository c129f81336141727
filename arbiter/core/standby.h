// Which nodes could serve a VIP, what stands against the others, and who is heard to serve it that is not here to be
// asked. Looks only at what the world knows; changes nothing.
#ifndef ARBITER_CORE_STANDBY_H_
#define ARBITER_CORE_STANDBY_H_

#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/case.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/core/world.h"

namespace arbiter::core {

// What stands against the node's serving a VIP that it says this of; nullopt: nothing is known. A hold or a gate of
// ours is nothing: it ends when the node is needed.
std::optional<Obstacle> ObstacleOf(const Node& node, const VipReport& report);

// Whether the VIP, which is held, could be taken over by another node, and if not, why. Nodes that call the VIP their
// own are asked after, also those that are away; where there is none, the cluster has others that do not know it. In a
// cluster of one node there is nobody that could, and nothing to say about it.
struct Standby {
  bool missing = false;
  std::vector<Obstacle> obstacles;  // by node, where it is missing
};
Standby StandbyOf(const World& world, const Case& c);

// Why nobody serves the VIP: one obstacle for each node that calls it its own, by node. What is only likely is called
// so, and nothing is concluded before an election could be over.
std::vector<Obstacle> WhyUnheld(const Case& c, Instant now);

// "a and b: sync has no carrier, which keeps VI_1 in FAULT: look at ...; c: ...": what several have in common is said
// once.
std::string InWords(const std::vector<Obstacle>& obstacles);

// Somebody whose probe is not here, or who never had one, and who speaks for the VIP now, as a fresh node hears it.
struct Voice {
  std::string node;  // a node of the cluster whose probe is away; empty: nobody that the arbiter knows
  std::string text;  // "b (192.168.1.2) advertises it under VRID 66 with priority 90, as a hears on eth0"
  Duration fades{};  // for how long it may still be counted as heard after it fell silent
};
// At most one for each of them, by name, known nodes first. Adverts that a receiver drops count for nothing.
std::vector<Voice> VoicesOf(const World& world, const Case& c);

// No node of the cluster calls the VIP its own: it is the segment's, not the cluster's.
bool IsForeign(const Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_STANDBY_H_
