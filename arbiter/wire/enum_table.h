// The closed sets that contract and core share, each as one table that is read both ways.
#ifndef ARBITER_WIRE_ENUM_TABLE_H_
#define ARBITER_WIRE_ENUM_TABLE_H_

#include <array>
#include <cstdlib>
#include <optional>

#include "arbiter/core/directive.h"
#include "arbiter/core/event.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/report.h"
#include "arbiter/core/status.h"
#include "arbiter/v1/operations_service.pb.h"
#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/v1/report.pb.h"

namespace arbiter::wire {

template <typename Proto, typename Core>
struct EnumPair {
  Proto proto;
  Core core;
};
// Not every compiler we build with deduces the arguments of an aggregate.
template <typename Proto, typename Core>
EnumPair(Proto, Core) -> EnumPair<Proto, Core>;

inline constexpr std::array kGateStates{
    EnumPair{v1::GATE_STATE_OPEN, core::GateState::kOpen},
    EnumPair{v1::GATE_STATE_SHUT, core::GateState::kShut},
    EnumPair{v1::GATE_STATE_SHUT_FOR_A_WHILE, core::GateState::kShutForAWhile},
    EnumPair{v1::GATE_STATE_ADVERTS_ONLY, core::GateState::kAdvertsOnly},
    EnumPair{v1::GATE_STATE_UNAVAILABLE, core::GateState::kUnavailable},
};

inline constexpr std::array kDaemonStates{
    EnumPair{v1::DAEMON_STATE_RUNNING, core::DaemonState::kRunning},
    EnumPair{v1::DAEMON_STATE_FROZEN, core::DaemonState::kFrozen},
    EnumPair{v1::DAEMON_STATE_GONE, core::DaemonState::kGone},
    EnumPair{v1::DAEMON_STATE_UNKNOWN, core::DaemonState::kUnknown},
};

inline constexpr std::array kRungKinds{
    EnumPair{v1::RUNG_KIND_GATE, core::RungKind::kGate},
    EnumPair{v1::RUNG_KIND_TRACK_FILE, core::RungKind::kTrackFile},
    EnumPair{v1::RUNG_KIND_REMOVE_ADDRESS, core::RungKind::kRemoveAddress},
    EnumPair{v1::RUNG_KIND_STOP_DAEMON, core::RungKind::kStopDaemon},
    EnumPair{v1::RUNG_KIND_EXEC, core::RungKind::kExec},
};

inline constexpr std::array kHindranceKinds{
    EnumPair{v1::HINDRANCE_KIND_LINK, core::HindranceKind::kLink},
    EnumPair{v1::HINDRANCE_KIND_NO_SOURCE, core::HindranceKind::kNoSource},
    EnumPair{v1::HINDRANCE_KIND_DAD_FAILED, core::HindranceKind::kDadFailed},
};

inline constexpr std::array kFilterKinds{
    EnumPair{v1::FILTER_KIND_DROPS, core::FilterKind::kDrops},
    EnumPair{v1::FILTER_KIND_MAY_DROP, core::FilterKind::kMayDrop},
};

inline constexpr std::array kOutcomes{
    EnumPair{v1::DIRECTIVE_OUTCOME_DONE, core::Outcome::kDone},
    EnumPair{v1::DIRECTIVE_OUTCOME_REFUSED, core::Outcome::kRefused},
    EnumPair{v1::DIRECTIVE_OUTCOME_FAILED, core::Outcome::kFailed},
};

inline constexpr std::array kModes{
    EnumPair{v1::MODE_OBSERVE, core::Mode::kObserve},
    EnumPair{v1::MODE_ENFORCE, core::Mode::kEnforce},
};

inline constexpr std::array kNodeStates{
    EnumPair{v1::NODE_STATE_CONNECTED, core::NodeState::kConnected},
    EnumPair{v1::NODE_STATE_STALE, core::NodeState::kStale},
    EnumPair{v1::NODE_STATE_DISCONNECTED, core::NodeState::kDisconnected},
};

inline constexpr std::array kVipStates{
    EnumPair{v1::VIP_STATE_UNHELD, core::VipState::kUnheld},
    EnumPair{v1::VIP_STATE_HELD, core::VipState::kHeld},
    EnumPair{v1::VIP_STATE_CONTESTED, core::VipState::kContested},
    EnumPair{v1::VIP_STATE_SPLIT, core::VipState::kSplit},
    EnumPair{v1::VIP_STATE_HEALING, core::VipState::kHealing},
    EnumPair{v1::VIP_STATE_GUARDED, core::VipState::kGuarded},
    EnumPair{v1::VIP_STATE_UNKNOWN, core::VipState::kUnknown},
    EnumPair{v1::VIP_STATE_FOREIGN, core::VipState::kForeign},
};

inline constexpr std::array kIncidentStates{
    EnumPair{v1::INCIDENT_STATE_SPLIT, core::IncidentState::kSplit},
    EnumPair{v1::INCIDENT_STATE_HEALING, core::IncidentState::kHealing},
    EnumPair{v1::INCIDENT_STATE_GUARDED, core::IncidentState::kGuarded},
    EnumPair{v1::INCIDENT_STATE_CLOSED, core::IncidentState::kClosed},
};

inline constexpr std::array kCauses{
    EnumPair{v1::UNKNOWN, core::Cause::kUnknown},
    EnumPair{v1::VRID_MISMATCH, core::Cause::kVridMismatch},
    EnumPair{v1::VIP_LIST_MISMATCH, core::Cause::kVipListMismatch},
    EnumPair{v1::AUTH_MISMATCH, core::Cause::kAuthMismatch},
    EnumPair{v1::ADVERT_INTERVAL_MISMATCH, core::Cause::kAdvertIntervalMismatch},
    EnumPair{v1::VERSION_MISMATCH, core::Cause::kVersionMismatch},
    EnumPair{v1::UNICAST_PEER_MISMATCH, core::Cause::kUnicastPeerMismatch},
    EnumPair{v1::FILTERED_ON_HOST, core::Cause::kFilteredOnHost},
    EnumPair{v1::LOST_IN_NETWORK, core::Cause::kLostInNetwork},
    EnumPair{v1::DAEMON_GONE, core::Cause::kDaemonGone},
    EnumPair{v1::DAEMON_FROZEN, core::Cause::kDaemonFrozen},
    EnumPair{v1::MANUAL_ADDRESS, core::Cause::kManualAddress},
    EnumPair{v1::CHECKSUM_OR_TTL, core::Cause::kChecksumOrTtl},
    EnumPair{v1::FOREIGN_CLAIMANT, core::Cause::kForeignClaimant},
    EnumPair{v1::ISOLATED_NODE, core::Cause::kIsolatedNode},
    EnumPair{v1::WRONG_INTERFACE, core::Cause::kWrongInterface},
    EnumPair{v1::DUPLICATE_NODE_ADDRESS, core::Cause::kDuplicateNodeAddress},
    EnumPair{v1::SOURCE_ADDRESS, core::Cause::kSourceAddress},
    EnumPair{v1::VMAC_MISMATCH, core::Cause::kVmacMismatch},
    EnumPair{v1::REVERSE_PATH_FILTER, core::Cause::kReversePathFilter},
};

// nullopt for a value that the table does not have: unspecified, or newer than we are.
template <typename Table, typename Proto>
constexpr auto EnumToCore(const Table& table, Proto value) -> std::optional<decltype(table[0].core)> {
  for (const auto& pair : table) {
    if (pair.proto == value) {
      return pair.core;
    }
  }
  return std::nullopt;
}

// Every member of the core's set stands in its table; one that does not is our own mistake and ends the process.
template <typename Table, typename Core>
constexpr auto EnumToProto(const Table& table, Core value) -> decltype(table[0].proto) {
  for (const auto& pair : table) {
    if (pair.core == value) {
      return pair.proto;
    }
  }
  std::abort();
}

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_ENUM_TABLE_H_
