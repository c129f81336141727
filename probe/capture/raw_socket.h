// Opens the sockets of a RawTap.
#ifndef PROBE_CAPTURE_RAW_SOCKET_H_
#define PROBE_CAPTURE_RAW_SOCKET_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "probe/netlink/unique_fd.h"

namespace probe::capture {

// Each is non-blocking, bound to the interface, joined to the VRRP group there, and asks the kernel for timestamps and
// drop counts. A status names the step and the interface.
absl::StatusOr<netlink::UniqueFd> OpenIpv4Socket(const std::string& interface);
absl::StatusOr<netlink::UniqueFd> OpenIpv6Socket(const std::string& interface);
// The same without joining: what others on this host have joined there is passed on. A join is announced on the network
// (IGMP, MLD), from a macvlan with the virtual MAC, and a switch would then look for the active router here.
absl::StatusOr<netlink::UniqueFd> OpenSilentIpv4Socket(const std::string& interface);
absl::StatusOr<netlink::UniqueFd> OpenSilentIpv6Socket(const std::string& interface);
// Has the kernel pass on only adverts of one VRID: to a socket of OpenIpv4Socket, or of OpenIpv6Socket (`v6`).
absl::Status PassOnlyVrid(const netlink::UniqueFd& socket, std::uint8_t vrid, bool v6, const std::string& interface);
// Protocol 51, of which the kernel passes on only what carries VRRP.
absl::StatusOr<netlink::UniqueFd> OpenAuthenticationHeaderSocket(const std::string& interface);

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_RAW_SOCKET_H_
