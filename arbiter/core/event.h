// All that can happen to the core. Facts come in as events; the engine merges them first and decides on the whole view.
#ifndef ARBITER_CORE_EVENT_H_
#define ARBITER_CORE_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "arbiter/core/ids.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// The mode that an operator set, as it is to be remembered.
struct ModeRecord {
  std::string cluster;  // empty: of every cluster that has none of its own
  Mode mode = Mode::kEnforce;
  std::optional<Instant> until;  // then it is `after`; nullopt: it stays
  Mode after = Mode::kEnforce;

  friend bool operator==(const ModeRecord&, const ModeRecord&) = default;
};

// First event of a life: the durable memory of the lives before. `term` is already durable and newer than any before.
struct Started {
  std::uint64_t term = 0;
  std::vector<IncidentRecord> open_incidents;
  std::vector<ModeRecord> modes;
};

// A probe's hello and snapshot, together. Replaces all that was known of the node.
struct NodeAttached {
  NodeKey node;
  std::string probe_version;
  std::string peer;  // its transport address, for status
  NodeReport report;
  std::vector<VipReport> vips;
  std::vector<LocalHold> holds;
};

// The stream ended. What the node said stays known and is no longer fresh.
struct NodeDetached {
  NodeKey node;
};

struct NodeHeartbeat {
  NodeKey node;
};

struct NodeChanged {
  NodeKey node;
  std::optional<NodeReport> report;
  std::vector<VipReport> vips;
  std::vector<IpAddress> forgotten;
  std::optional<std::vector<LocalHold>> holds;
};

// The answer to AskAffirm. Each VIP as the kernel showed it after the question.
struct Affirmed {
  NodeKey node;
  std::uint64_t nonce = 0;
  std::vector<VipReport> vips;
  std::vector<std::pair<IpAddress, Reach>> reach;
  std::optional<Reach> reach_of_others;  // of every VIP that has no entry in `reach`
  // Where AskAffirm::ask_segment was set: the VIPs that the segment could be asked about, and whether another host
  // answered for them.
  std::vector<std::pair<IpAddress, bool>> segment{};
};

// For some of the directive's VIPs, or all. Each as it is now, where that was told.
struct DirectiveDone {
  NodeKey node;
  DirectiveResult result;
  std::vector<VipReport> reports;
};

// The write asked for by Persist{ticket} is on disk, or is not.
struct Persisted {
  std::uint64_t ticket = 0;
  std::string error;  // empty: durable
};

struct OperatorDemote {
  std::uint64_t request = 0;  // comes back in OperatorAnswer
  std::string cluster;        // empty: the one that has the node and the VIP
  std::string node;
  IpAddress vip;
  std::string who;
  std::string reason;
};

struct OperatorRelease {
  std::uint64_t request = 0;
  std::string cluster;
  std::string node;
  IpAddress vip;
  std::string who;
  std::string reason;
};

// The node is retired: what it said, and the holds on it, are forgotten until it attaches again.
struct OperatorForget {
  std::uint64_t request = 0;
  std::string cluster;  // empty: the one that has the node
  std::string node;
  std::string who;
  std::string reason;
};

struct OperatorSetMode {
  std::uint64_t request = 0;
  std::string cluster;  // empty: all
  Mode mode = Mode::kEnforce;
  std::optional<Duration> for_time;
  std::string who;
};

// Time has come: Engine::NextDeadline() asked for it.
struct Tick {};

using Event = std::variant<Started, NodeAttached, NodeDetached, NodeHeartbeat, NodeChanged, Affirmed, DirectiveDone,
                           Persisted, OperatorDemote, OperatorRelease, OperatorForget, OperatorSetMode, Tick>;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_EVENT_H_
