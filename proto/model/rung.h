// The ways for a node to give up a VIP.
#ifndef PROTO_MODEL_RUNG_H_
#define PROTO_MODEL_RUNG_H_

#include <array>
#include <cstdint>
#include <string>

#include "proto/value/addresses.h"
#include "proto/value/instant.h"

namespace arbiter::model {

enum class RungKind : std::uint8_t { kGate, kTrackFile, kRemoveAddress, kStopDaemon, kExec };

// In the order in which they are climbed.
inline constexpr std::array kRungKinds{RungKind::kGate, RungKind::kTrackFile, RungKind::kRemoveAddress,
                                       RungKind::kStopDaemon, RungKind::kExec};

// "gate", "track_file", ...: as the configuration and the log write it.
[[nodiscard]] std::string NameOf(RungKind kind);

// One of them on one node.
struct Rung {
  RungKind kind = RungKind::kGate;
  bool usable = false;
  std::string reason;  // why it is not usable
  Addresses scope;     // all that it drops together, the VIP itself included; empty: the VIP alone

  friend bool operator==(const Rung&, const Rung&) = default;
};

// What became of climbing one.
struct RungResult {
  RungKind kind = RungKind::kGate;
  bool worked = false;
  std::string detail;  // why not, or what is left to happen
  Duration took{};

  friend bool operator==(const RungResult&, const RungResult&) = default;
};

}  // namespace arbiter::model

#endif  // PROTO_MODEL_RUNG_H_
