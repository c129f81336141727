// Instructions to a node, each for VIPs that are one matter, and what became of them.
// proto/arbiter/v1/probe_service.proto says what a probe does with them.
#ifndef PROTO_MODEL_DIRECTIVE_H_
#define PROTO_MODEL_DIRECTIVE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/model/fence.h"
#include "proto/model/rung.h"
#include "proto/value/instant.h"
#include "proto/value/ip_address.h"

namespace arbiter::model {

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
  Duration silence_limit{};  // 0: the node's own
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

// Everything back as the hold wants it.
struct EndTrial {
  friend bool operator==(const EndTrial&, const EndTrial&) = default;
};

// The hold or the shut gate ends.
struct Release {
  std::string reason;
  friend bool operator==(const Release&, const Release&) = default;
};

// Tell the segment that the VIP is here.
struct Announce {
  friend bool operator==(const Announce&, const Announce&) = default;
};

using Action = std::variant<ShutForAWhile, OrderHold, StartTrial, EndTrial, Release, Announce>;

struct Directive {
  Fence fence;
  BootTime as_of{};  // the node's own clock, as the arbiter last heard it; set by whoever sends it
  Duration valid_for{};
  std::vector<IpAddress> vips;  // none twice; never empty
  std::string incident;         // empty for what needs none
  Action action;
};

enum class Outcome : std::uint8_t { kDone, kRefused, kFailed };

// What became of a directive for one of its VIPs, where that is not what became of it for the others.
struct VipOutcome {
  IpAddress vip;
  Outcome outcome = Outcome::kDone;
  std::string detail;

  friend bool operator==(const VipOutcome&, const VipOutcome&) = default;
};

// What became of a directive. A hold whose gates shut is kDone at once; the same fence is answered a second time when
// the rungs that follow the gate have ended.
struct DirectiveResult {
  Fence fence;
  Outcome outcome = Outcome::kDone;
  std::string detail;
  std::vector<RungResult> rungs;
  std::vector<VipOutcome> exceptions;  // the VIPs for which the outcome is another one
  std::vector<IpAddress> vips{};       // that it is about
};

// The kind of an action in one word, for logs, metrics and the audit: "hold", "release", ...
[[nodiscard]] absl::string_view ActionName(const Action& action);
[[nodiscard]] absl::string_view OutcomeName(Outcome outcome);
// All that these two give.
[[nodiscard]] std::vector<absl::string_view> ActionNames();
[[nodiscard]] std::vector<absl::string_view> OutcomeNames();

}  // namespace arbiter::model

#endif  // PROTO_MODEL_DIRECTIVE_H_
