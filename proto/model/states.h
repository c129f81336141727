// The states that a node, its VRRP daemon, a gate, a VIP, an incident and a cluster can be in.
#ifndef PROTO_MODEL_STATES_H_
#define PROTO_MODEL_STATES_H_

#include <array>
#include <cstdint>

namespace arbiter::model {

// kUnavailable: the gate cannot work there.
enum class GateState : std::uint8_t { kOpen, kShut, kShutForAWhile, kAdvertsOnly, kUnavailable };

// Whether nobody outside gets an answer for the VIP.
[[nodiscard]] constexpr bool IsShut(GateState gate) {
  return gate == GateState::kShut || gate == GateState::kShutForAWhile || gate == GateState::kAdvertsOnly;
}

enum class DaemonState : std::uint8_t { kRunning, kFrozen, kGone, kUnknown };

// Of a node, as its arbiter hears it.
enum class NodeState : std::uint8_t { kConnected, kStale, kDisconnected };
inline constexpr std::array kNodeStates{NodeState::kConnected, NodeState::kStale, NodeState::kDisconnected};

enum class VipState : std::uint8_t { kUnheld, kHeld, kContested, kSplit, kHealing, kGuarded, kUnknown, kForeign };
inline constexpr std::array kVipStates{VipState::kUnheld,  VipState::kHeld,    VipState::kContested,
                                       VipState::kSplit,   VipState::kHealing, VipState::kGuarded,
                                       VipState::kUnknown, VipState::kForeign};

enum class IncidentState : std::uint8_t { kSplit, kHealing, kGuarded, kClosed };

// Of a cluster: splits are recorded, or healed as well.
enum class Mode : std::uint8_t { kObserve, kEnforce };

}  // namespace arbiter::model

#endif  // PROTO_MODEL_STATES_H_
