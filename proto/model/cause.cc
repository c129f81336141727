#include "proto/model/cause.h"

namespace arbiter::model {

std::string_view CauseName(Cause cause) {
  switch (cause) {
    case Cause::kUnknown:
      return "UNKNOWN";
    case Cause::kVridMismatch:
      return "VRID_MISMATCH";
    case Cause::kVipListMismatch:
      return "VIP_LIST_MISMATCH";
    case Cause::kAuthMismatch:
      return "AUTH_MISMATCH";
    case Cause::kAdvertIntervalMismatch:
      return "ADVERT_INTERVAL_MISMATCH";
    case Cause::kVersionMismatch:
      return "VERSION_MISMATCH";
    case Cause::kUnicastPeerMismatch:
      return "UNICAST_PEER_MISMATCH";
    case Cause::kFilteredOnHost:
      return "FILTERED_ON_HOST";
    case Cause::kLostInNetwork:
      return "LOST_IN_NETWORK";
    case Cause::kDaemonGone:
      return "DAEMON_GONE";
    case Cause::kDaemonFrozen:
      return "DAEMON_FROZEN";
    case Cause::kManualAddress:
      return "MANUAL_ADDRESS";
    case Cause::kChecksumOrTtl:
      return "CHECKSUM_OR_TTL";
    case Cause::kForeignClaimant:
      return "FOREIGN_CLAIMANT";
    case Cause::kIsolatedNode:
      return "ISOLATED_NODE";
    case Cause::kWrongInterface:
      return "WRONG_INTERFACE";
    case Cause::kDuplicateNodeAddress:
      return "DUPLICATE_NODE_ADDRESS";
    case Cause::kSourceAddress:
      return "SOURCE_ADDRESS";
    case Cause::kVmacMismatch:
      return "VMAC_MISMATCH";
    case Cause::kReversePathFilter:
      return "REVERSE_PATH_FILTER";
  }
  return "UNKNOWN";
}

}  // namespace arbiter::model
