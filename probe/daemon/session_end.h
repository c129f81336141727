// This node's end of its session to the arbiter.
#ifndef PROBE_DAEMON_SESSION_END_H_
#define PROBE_DAEMON_SESSION_END_H_

#include <string>

#include "absl/status/statusor.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// The own address from which the host reaches a peer now, as its routes are. The peer is written as gRPC does it
// ("ipv4:192.0.2.1:7430", "ipv6:[2001:db8::1]:7430"); InvalidArgument for what is no IP address. Sends nothing.
absl::StatusOr<arbiter::IpAddress> LocalEndTo(const std::string& peer);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SESSION_END_H_
