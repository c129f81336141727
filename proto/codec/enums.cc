#include "proto/codec/enums.h"

namespace arbiter::codec {

v1::GateState ToProto(model::GateState value) {
  switch (value) {
    case model::GateState::kOpen:
      return v1::GATE_STATE_OPEN;
    case model::GateState::kShut:
      return v1::GATE_STATE_SHUT;
    case model::GateState::kShutForAWhile:
      return v1::GATE_STATE_SHUT_FOR_A_WHILE;
    case model::GateState::kAdvertsOnly:
      return v1::GATE_STATE_ADVERTS_ONLY;
    case model::GateState::kUnavailable:
      return v1::GATE_STATE_UNAVAILABLE;
  }
  return v1::GATE_STATE_UNSPECIFIED;
}

std::optional<model::GateState> FromProto(v1::GateState value) {
  switch (value) {
    case v1::GATE_STATE_OPEN:
      return model::GateState::kOpen;
    case v1::GATE_STATE_SHUT:
      return model::GateState::kShut;
    case v1::GATE_STATE_SHUT_FOR_A_WHILE:
      return model::GateState::kShutForAWhile;
    case v1::GATE_STATE_ADVERTS_ONLY:
      return model::GateState::kAdvertsOnly;
    case v1::GATE_STATE_UNAVAILABLE:
      return model::GateState::kUnavailable;
    case v1::GATE_STATE_UNSPECIFIED:
    case v1::GateState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::GateState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::DaemonState ToProto(model::DaemonState value) {
  switch (value) {
    case model::DaemonState::kRunning:
      return v1::DAEMON_STATE_RUNNING;
    case model::DaemonState::kFrozen:
      return v1::DAEMON_STATE_FROZEN;
    case model::DaemonState::kGone:
      return v1::DAEMON_STATE_GONE;
    case model::DaemonState::kUnknown:
      return v1::DAEMON_STATE_UNKNOWN;
  }
  return v1::DAEMON_STATE_UNSPECIFIED;
}

std::optional<model::DaemonState> FromProto(v1::DaemonState value) {
  switch (value) {
    case v1::DAEMON_STATE_RUNNING:
      return model::DaemonState::kRunning;
    case v1::DAEMON_STATE_FROZEN:
      return model::DaemonState::kFrozen;
    case v1::DAEMON_STATE_GONE:
      return model::DaemonState::kGone;
    case v1::DAEMON_STATE_UNKNOWN:
      return model::DaemonState::kUnknown;
    case v1::DAEMON_STATE_UNSPECIFIED:
    case v1::DaemonState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::DaemonState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::RungKind ToProto(model::RungKind value) {
  switch (value) {
    case model::RungKind::kGate:
      return v1::RUNG_KIND_GATE;
    case model::RungKind::kTrackFile:
      return v1::RUNG_KIND_TRACK_FILE;
    case model::RungKind::kRemoveAddress:
      return v1::RUNG_KIND_REMOVE_ADDRESS;
    case model::RungKind::kStopDaemon:
      return v1::RUNG_KIND_STOP_DAEMON;
    case model::RungKind::kExec:
      return v1::RUNG_KIND_EXEC;
  }
  return v1::RUNG_KIND_UNSPECIFIED;
}

std::optional<model::RungKind> FromProto(v1::RungKind value) {
  switch (value) {
    case v1::RUNG_KIND_GATE:
      return model::RungKind::kGate;
    case v1::RUNG_KIND_TRACK_FILE:
      return model::RungKind::kTrackFile;
    case v1::RUNG_KIND_REMOVE_ADDRESS:
      return model::RungKind::kRemoveAddress;
    case v1::RUNG_KIND_STOP_DAEMON:
      return model::RungKind::kStopDaemon;
    case v1::RUNG_KIND_EXEC:
      return model::RungKind::kExec;
    case v1::RUNG_KIND_UNSPECIFIED:
    case v1::RungKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RungKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::FilterKind ToProto(model::FilterKind value) {
  switch (value) {
    case model::FilterKind::kDrops:
      return v1::FILTER_KIND_DROPS;
    case model::FilterKind::kMayDrop:
      return v1::FILTER_KIND_MAY_DROP;
  }
  return v1::FILTER_KIND_UNSPECIFIED;
}

std::optional<model::FilterKind> FromProto(v1::FilterKind value) {
  switch (value) {
    case v1::FILTER_KIND_DROPS:
      return model::FilterKind::kDrops;
    case v1::FILTER_KIND_MAY_DROP:
      return model::FilterKind::kMayDrop;
    case v1::FILTER_KIND_UNSPECIFIED:
    case v1::FilterKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::FilterKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::HindranceKind ToProto(model::HindranceKind value) {
  switch (value) {
    case model::HindranceKind::kLink:
      return v1::HINDRANCE_KIND_LINK;
    case model::HindranceKind::kNoSource:
      return v1::HINDRANCE_KIND_NO_SOURCE;
    case model::HindranceKind::kDadFailed:
      return v1::HINDRANCE_KIND_DAD_FAILED;
  }
  return v1::HINDRANCE_KIND_UNSPECIFIED;
}

std::optional<model::HindranceKind> FromProto(v1::HindranceKind value) {
  switch (value) {
    case v1::HINDRANCE_KIND_LINK:
      return model::HindranceKind::kLink;
    case v1::HINDRANCE_KIND_NO_SOURCE:
      return model::HindranceKind::kNoSource;
    case v1::HINDRANCE_KIND_DAD_FAILED:
      return model::HindranceKind::kDadFailed;
    case v1::HINDRANCE_KIND_UNSPECIFIED:
    case v1::HindranceKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::HindranceKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::DirectiveOutcome ToProto(model::Outcome value) {
  switch (value) {
    case model::Outcome::kDone:
      return v1::DIRECTIVE_OUTCOME_DONE;
    case model::Outcome::kRefused:
      return v1::DIRECTIVE_OUTCOME_REFUSED;
    case model::Outcome::kFailed:
      return v1::DIRECTIVE_OUTCOME_FAILED;
  }
  return v1::DIRECTIVE_OUTCOME_UNSPECIFIED;
}

std::optional<model::Outcome> FromProto(v1::DirectiveOutcome value) {
  switch (value) {
    case v1::DIRECTIVE_OUTCOME_DONE:
      return model::Outcome::kDone;
    case v1::DIRECTIVE_OUTCOME_REFUSED:
      return model::Outcome::kRefused;
    case v1::DIRECTIVE_OUTCOME_FAILED:
      return model::Outcome::kFailed;
    case v1::DIRECTIVE_OUTCOME_UNSPECIFIED:
    case v1::DirectiveOutcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::DirectiveOutcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::Mode ToProto(model::Mode value) {
  switch (value) {
    case model::Mode::kObserve:
      return v1::MODE_OBSERVE;
    case model::Mode::kEnforce:
      return v1::MODE_ENFORCE;
  }
  return v1::MODE_UNSPECIFIED;
}

std::optional<model::Mode> FromProto(v1::Mode value) {
  switch (value) {
    case v1::MODE_OBSERVE:
      return model::Mode::kObserve;
    case v1::MODE_ENFORCE:
      return model::Mode::kEnforce;
    case v1::MODE_UNSPECIFIED:
    case v1::Mode_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Mode_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::NodeState ToProto(model::NodeState value) {
  switch (value) {
    case model::NodeState::kConnected:
      return v1::NODE_STATE_CONNECTED;
    case model::NodeState::kStale:
      return v1::NODE_STATE_STALE;
    case model::NodeState::kDisconnected:
      return v1::NODE_STATE_DISCONNECTED;
  }
  return v1::NODE_STATE_UNSPECIFIED;
}

std::optional<model::NodeState> FromProto(v1::NodeState value) {
  switch (value) {
    case v1::NODE_STATE_CONNECTED:
      return model::NodeState::kConnected;
    case v1::NODE_STATE_STALE:
      return model::NodeState::kStale;
    case v1::NODE_STATE_DISCONNECTED:
      return model::NodeState::kDisconnected;
    case v1::NODE_STATE_UNSPECIFIED:
    case v1::NodeState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::NodeState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::VipState ToProto(model::VipState value) {
  switch (value) {
    case model::VipState::kUnheld:
      return v1::VIP_STATE_UNHELD;
    case model::VipState::kHeld:
      return v1::VIP_STATE_HELD;
    case model::VipState::kContested:
      return v1::VIP_STATE_CONTESTED;
    case model::VipState::kSplit:
      return v1::VIP_STATE_SPLIT;
    case model::VipState::kHealing:
      return v1::VIP_STATE_HEALING;
    case model::VipState::kGuarded:
      return v1::VIP_STATE_GUARDED;
    case model::VipState::kUnknown:
      return v1::VIP_STATE_UNKNOWN;
    case model::VipState::kForeign:
      return v1::VIP_STATE_FOREIGN;
  }
  return v1::VIP_STATE_UNSPECIFIED;
}

std::optional<model::VipState> FromProto(v1::VipState value) {
  switch (value) {
    case v1::VIP_STATE_UNHELD:
      return model::VipState::kUnheld;
    case v1::VIP_STATE_HELD:
      return model::VipState::kHeld;
    case v1::VIP_STATE_CONTESTED:
      return model::VipState::kContested;
    case v1::VIP_STATE_SPLIT:
      return model::VipState::kSplit;
    case v1::VIP_STATE_HEALING:
      return model::VipState::kHealing;
    case v1::VIP_STATE_GUARDED:
      return model::VipState::kGuarded;
    case v1::VIP_STATE_UNKNOWN:
      return model::VipState::kUnknown;
    case v1::VIP_STATE_FOREIGN:
      return model::VipState::kForeign;
    case v1::VIP_STATE_UNSPECIFIED:
    case v1::VipState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::VipState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::IncidentState ToProto(model::IncidentState value) {
  switch (value) {
    case model::IncidentState::kSplit:
      return v1::INCIDENT_STATE_SPLIT;
    case model::IncidentState::kHealing:
      return v1::INCIDENT_STATE_HEALING;
    case model::IncidentState::kGuarded:
      return v1::INCIDENT_STATE_GUARDED;
    case model::IncidentState::kClosed:
      return v1::INCIDENT_STATE_CLOSED;
  }
  return v1::INCIDENT_STATE_UNSPECIFIED;
}

std::optional<model::IncidentState> FromProto(v1::IncidentState value) {
  switch (value) {
    case v1::INCIDENT_STATE_SPLIT:
      return model::IncidentState::kSplit;
    case v1::INCIDENT_STATE_HEALING:
      return model::IncidentState::kHealing;
    case v1::INCIDENT_STATE_GUARDED:
      return model::IncidentState::kGuarded;
    case v1::INCIDENT_STATE_CLOSED:
      return model::IncidentState::kClosed;
    case v1::INCIDENT_STATE_UNSPECIFIED:
    case v1::IncidentState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::IncidentState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

v1::Cause ToProto(model::Cause value) {
  switch (value) {
    case model::Cause::kUnknown:
      return v1::UNKNOWN;
    case model::Cause::kVridMismatch:
      return v1::VRID_MISMATCH;
    case model::Cause::kVipListMismatch:
      return v1::VIP_LIST_MISMATCH;
    case model::Cause::kAuthMismatch:
      return v1::AUTH_MISMATCH;
    case model::Cause::kAdvertIntervalMismatch:
      return v1::ADVERT_INTERVAL_MISMATCH;
    case model::Cause::kVersionMismatch:
      return v1::VERSION_MISMATCH;
    case model::Cause::kUnicastPeerMismatch:
      return v1::UNICAST_PEER_MISMATCH;
    case model::Cause::kFilteredOnHost:
      return v1::FILTERED_ON_HOST;
    case model::Cause::kLostInNetwork:
      return v1::LOST_IN_NETWORK;
    case model::Cause::kDaemonGone:
      return v1::DAEMON_GONE;
    case model::Cause::kDaemonFrozen:
      return v1::DAEMON_FROZEN;
    case model::Cause::kManualAddress:
      return v1::MANUAL_ADDRESS;
    case model::Cause::kChecksumOrTtl:
      return v1::CHECKSUM_OR_TTL;
    case model::Cause::kForeignClaimant:
      return v1::FOREIGN_CLAIMANT;
    case model::Cause::kIsolatedNode:
      return v1::ISOLATED_NODE;
    case model::Cause::kWrongInterface:
      return v1::WRONG_INTERFACE;
    case model::Cause::kDuplicateNodeAddress:
      return v1::DUPLICATE_NODE_ADDRESS;
    case model::Cause::kSourceAddress:
      return v1::SOURCE_ADDRESS;
    case model::Cause::kVmacMismatch:
      return v1::VMAC_MISMATCH;
    case model::Cause::kReversePathFilter:
      return v1::REVERSE_PATH_FILTER;
  }
  return v1::CAUSE_UNSPECIFIED;
}

std::optional<model::Cause> FromProto(v1::Cause value) {
  switch (value) {
    case v1::UNKNOWN:
      return model::Cause::kUnknown;
    case v1::VRID_MISMATCH:
      return model::Cause::kVridMismatch;
    case v1::VIP_LIST_MISMATCH:
      return model::Cause::kVipListMismatch;
    case v1::AUTH_MISMATCH:
      return model::Cause::kAuthMismatch;
    case v1::ADVERT_INTERVAL_MISMATCH:
      return model::Cause::kAdvertIntervalMismatch;
    case v1::VERSION_MISMATCH:
      return model::Cause::kVersionMismatch;
    case v1::UNICAST_PEER_MISMATCH:
      return model::Cause::kUnicastPeerMismatch;
    case v1::FILTERED_ON_HOST:
      return model::Cause::kFilteredOnHost;
    case v1::LOST_IN_NETWORK:
      return model::Cause::kLostInNetwork;
    case v1::DAEMON_GONE:
      return model::Cause::kDaemonGone;
    case v1::DAEMON_FROZEN:
      return model::Cause::kDaemonFrozen;
    case v1::MANUAL_ADDRESS:
      return model::Cause::kManualAddress;
    case v1::CHECKSUM_OR_TTL:
      return model::Cause::kChecksumOrTtl;
    case v1::FOREIGN_CLAIMANT:
      return model::Cause::kForeignClaimant;
    case v1::ISOLATED_NODE:
      return model::Cause::kIsolatedNode;
    case v1::WRONG_INTERFACE:
      return model::Cause::kWrongInterface;
    case v1::DUPLICATE_NODE_ADDRESS:
      return model::Cause::kDuplicateNodeAddress;
    case v1::SOURCE_ADDRESS:
      return model::Cause::kSourceAddress;
    case v1::VMAC_MISMATCH:
      return model::Cause::kVmacMismatch;
    case v1::REVERSE_PATH_FILTER:
      return model::Cause::kReversePathFilter;
    case v1::CAUSE_UNSPECIFIED:
    case v1::Cause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Cause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

}  // namespace arbiter::codec
