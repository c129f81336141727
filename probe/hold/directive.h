// Instructions for a VIP, or for several that are one matter, and what became of them, as the node's side knows them.
// proto/arbiter/v1/probe_service.proto has the same words for the wire.
#ifndef PROBE_HOLD_DIRECTIVE_H_
#define PROBE_HOLD_DIRECTIVE_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// A point of monotonic time; only differences mean something.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;
// This node's CLOCK_BOOTTIME: goes on over a restart of the probe and begins anew with the node.
using BootTime = std::chrono::nanoseconds;
using Vips = absl::Span<const arbiter::IpAddress>;

// The fencing token of a directive: a newer term wins, then a higher sequence.
struct Fence {
  std::uint64_t term = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Fence&, const Fence&) = default;
};

// The ways for a node to give up a VIP, in the order in which they are climbed.
enum class RungKind : std::uint8_t { kGate, kTrackFile, kRemoveAddress, kStopDaemon, kExec };

// "gate", "track_file", ...: as the configuration and the log write it.
[[nodiscard]] std::string NameOf(RungKind kind);

// Shut the gate; the kernel opens it by itself after `duration`.
struct ShutForAWhile {
  Duration duration{};
};

// Give the VIP up until released.
struct OrderHold {
  std::string reason;
  std::string survivor;
  std::vector<arbiter::IpAddress> survivor_addresses;
  Duration silence_limit{};  // 0: Policy::silence_limit
  std::vector<RungKind> forbidden_rungs;
  std::uint8_t survivor_vrid = 0;  // as which virtual router it speaks; 0: not known
};

// Behind the shut gate: let the daemon go, and with `adverts` let its adverts out for at most `adverts_for`.
struct Trial {
  bool adverts = false;
  Duration adverts_for{};
};

// Everything back as the hold wants it.
struct EndTrial {};

// The hold or the shut gate ends.
struct Release {
  std::string reason;
};

// Tell the segment that the VIP is here.
struct Announce {};

using Action = std::variant<ShutForAWhile, OrderHold, Trial, EndTrial, Release, Announce>;

struct Directive {
  Fence fence;
  BootTime as_of{};  // this node's own clock, as the arbiter last heard it
  Duration valid_for{};
  std::vector<arbiter::IpAddress> vips;  // at least one, none twice
  std::string incident;
  Action action;
};

enum class Outcome : std::uint8_t { kDone, kRefused, kFailed };

struct RungResult {
  RungKind kind = RungKind::kGate;
  bool worked = false;
  std::string detail;  // why not, or what is left to happen
  Duration took{};

  friend bool operator==(const RungResult&, const RungResult&) = default;
};

struct VipOutcome {
  arbiter::IpAddress vip;
  Outcome outcome = Outcome::kDone;
  std::string detail;

  friend bool operator==(const VipOutcome&, const VipOutcome&) = default;
};

// What became of a directive. A hold whose gates shut is kDone at once; the same fence is answered a second time when
// the rungs that follow the gate have ended.
struct DirectiveResult {
  std::vector<arbiter::IpAddress> vips;  // in the directive's order
  Fence fence;
  Outcome outcome = Outcome::kDone;
  std::string detail;
  std::vector<RungResult> rungs;
  std::vector<VipOutcome> exceptions;  // the VIPs for which the outcome is another one
};

// One answer out of what became of each VIP, in their order: done where any is done, else failed where any failed; the
// others are its exceptions.
[[nodiscard]] DirectiveResult Fold(const Fence& fence, const std::vector<VipOutcome>& outcomes);

// The VIPs for a line of a log: "10.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1 ... 10.0.0.9 (9 VIPs)".
[[nodiscard]] std::string Listed(Vips vips);

}  // namespace probe::hold

#endif  // PROBE_HOLD_DIRECTIVE_H_
