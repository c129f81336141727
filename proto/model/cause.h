// Why a VIP is split.
#ifndef PROTO_MODEL_CAUSE_H_
#define PROTO_MODEL_CAUSE_H_

#include <cstdint>
#include <string_view>

namespace arbiter::model {

enum class Cause : std::uint8_t {
  kUnknown,
  kVridMismatch,
  kVipListMismatch,
  kAuthMismatch,
  kAdvertIntervalMismatch,
  kVersionMismatch,
  kUnicastPeerMismatch,
  kFilteredOnHost,
  kLostInNetwork,
  kDaemonGone,
  kDaemonFrozen,
  kManualAddress,
  kChecksumOrTtl,
  kForeignClaimant,
  kIsolatedNode,
  kWrongInterface,
  kDuplicateNodeAddress,
  kSourceAddress,
  kVmacMismatch,
  kReversePathFilter,
};

// "VRID_MISMATCH" and so on, as operators see it.
[[nodiscard]] std::string_view CauseName(Cause cause);

}  // namespace arbiter::model

#endif  // PROTO_MODEL_CAUSE_H_
