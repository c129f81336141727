// The cluster view as operators see it: a copy, ordered by name, made when somebody asks.
#ifndef ARBITER_CORE_STATUS_H_
#define ARBITER_CORE_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/event.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct HeldBackView {
  HoldRecord hold;
  IncidentId incident;
  bool gate_shut = false;
  std::string gate_reason;  // why it is not shut
  bool configured = false;
  std::string trial;  // what the trial behind the gate is at; empty: none runs
  std::string note;   // "a hand is needed: ..." and the like
};

struct HolderView {
  std::string node;
  VipReport report;
};

// Why a node could not serve a VIP now. Both texts are of one clause and name neither the node nor the VIP.
struct Obstacle {
  std::string node;  // empty: no node in particular
  std::string evidence;
  std::string repair;

  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

struct VipView {
  IpAddress vip;
  VipState state = VipState::kUnheld;
  std::vector<HolderView> holders;  // best first
  std::vector<HeldBackView> held_back;
  IncidentId incident;
  Instant since{};  // of the state
  std::string advice;
  std::vector<Cause> causes;        // of the open incident, without those that have ended
  std::vector<Obstacle> obstacles;  // of the other nodes, by name, where nobody serves it or nobody else could
  bool no_standby = false;          // it is held, and no other node could take it over
  std::string note;                 // who has it, where that is no node of the cluster
};

struct NodeView {
  std::string node;
  NodeState state = NodeState::kConnected;
  Instant last_heard{};
  std::string probe_version;
  std::string peer;
  NodeReport report;
  std::vector<VipReport> vips;   // by address
  std::vector<LocalHold> holds;  // by address
};

struct ClusterView {
  std::string name;
  Mode mode = Mode::kEnforce;
  std::optional<Instant> mode_until;
  std::vector<NodeView> nodes;  // by name
  std::vector<VipView> vips;    // by address
  std::vector<std::string> warnings;
  std::uint64_t healthy_contests = 0;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_STATUS_H_
