// What the arbiter sends to a probe, out of the core's effects.
#ifndef ARBITER_WIRE_ARBITER_MESSAGE_H_
#define ARBITER_WIRE_ARBITER_MESSAGE_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/directive.h"
#include "arbiter/core/effect.h"
#include "arbiter/v1/probe_service.pb.h"
#include "proto/value/ip_address.h"

namespace arbiter::wire {

// What this arbiter understands (Welcome.protocol), and from which Hello.protocol on a directive may be for several
// VIPs.
inline constexpr std::uint32_t kProtocol = 2;
inline constexpr std::uint32_t kSeveralVipsSince = 2;

v1::AffirmRequest ToProto(const core::AskAffirm& ask);

// `as_of_probe_time_ns` is the newest reading of the probe's own clock that the arbiter had when it decided.
v1::Directive ToProto(const core::Directive& directive, std::uint64_t as_of_probe_time_ns);

v1::KnownVips ToProto(const std::vector<IpAddress>& known_vips);

// The kind of an action in one word, for logs, metrics and the audit: "hold", "release", ...
absl::string_view ActionName(const core::Action& action);
absl::string_view OutcomeName(core::Outcome outcome);
// All that these two give.
std::vector<absl::string_view> ActionNames();
std::vector<absl::string_view> OutcomeNames();

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_ARBITER_MESSAGE_H_
