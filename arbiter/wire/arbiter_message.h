// What the arbiter sends to a probe, out of the core's effects.
#ifndef ARBITER_WIRE_ARBITER_MESSAGE_H_
#define ARBITER_WIRE_ARBITER_MESSAGE_H_

#include <cstdint>
#include <vector>

#include "arbiter/core/effect.h"
#include "arbiter/v1/probe_service.pb.h"
#include "proto/value/ip_address.h"

namespace arbiter::wire {

// What this arbiter understands (Welcome.protocol), and from which Hello.protocol on a directive may be for several
// VIPs.
inline constexpr std::uint32_t kProtocol = 2;
inline constexpr std::uint32_t kSeveralVipsSince = 2;

v1::AffirmRequest ToProto(const core::AskAffirm& ask);

v1::KnownVips ToProto(const std::vector<IpAddress>& known_vips);

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_ARBITER_MESSAGE_H_
