// Instructions to a probe, each for VIPs that are one matter. proto/arbiter/v1/probe_service.proto says what the probe
// does with them.
#ifndef ARBITER_CORE_DIRECTIVE_H_
#define ARBITER_CORE_DIRECTIVE_H_

#include <string>
#include <variant>
#include <vector>

#include "arbiter/core/ids.h"
#include "arbiter/core/instant.h"
#include "arbiter/core/report.h"

namespace arbiter::core {

// Shut the gate; the kernel opens it by itself after `duration`.
struct ShutForAWhile {
  Duration duration{};
  friend bool operator==(const ShutForAWhile&, const ShutForAWhile&) = default;
};

// Give the VIP up until released.
struct OrderHold {
  std::string reason;
  std::string survivor;
  std::vector<IpAddress> survivor_addresses;
  Duration silence_limit{};
  std::vector<RungKind> forbidden_rungs;
  std::uint8_t survivor_vrid = 0;  // as which virtual router it speaks for all of the VIPs; 0: not known, or several
  friend bool operator==(const OrderHold&, const OrderHold&) = default;
};

// Behind the shut gate: let the daemon go, and with `adverts` let its adverts out for at most `adverts_for`.
struct StartTrial {
  bool adverts = false;
  Duration adverts_for{};
  friend bool operator==(const StartTrial&, const StartTrial&) = default;
};

struct EndTrial {
  friend bool operator==(const EndTrial&, const EndTrial&) = default;
};

struct Release {
  std::string reason;
  friend bool operator==(const Release&, const Release&) = default;
};

struct Announce {
  friend bool operator==(const Announce&, const Announce&) = default;
};

using Action = std::variant<ShutForAWhile, OrderHold, StartTrial, EndTrial, Release, Announce>;

struct Directive {
  NodeKey to;
  Fence fence;
  Duration valid_for{};
  std::vector<IpAddress> vips;  // by address; never empty
  IncidentId incident;          // empty for what needs no incident
  Action action;
};

enum class Outcome : std::uint8_t { kDone, kRefused, kFailed };

struct RungResult {
  RungKind kind = RungKind::kGate;
  bool worked = false;
  std::string detail;
  Duration took{};
};

// What became of a directive for one of its VIPs, where that is not what became of it for the others.
struct VipOutcome {
  IpAddress vip;
  Outcome outcome = Outcome::kDone;
  std::string detail;
};

// What became of a directive.
struct DirectiveResult {
  Fence fence;
  Outcome outcome = Outcome::kDone;
  std::string detail;
  std::vector<RungResult> rungs;
  std::vector<VipOutcome> exceptions;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_DIRECTIVE_H_
