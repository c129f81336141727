#include "probe/capture/raw_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "probe/vrrp/parse.h"

namespace probe::capture {
namespace {

using netlink::UniqueFd;

constexpr char kGroupV4[] = "224.0.0.18";
constexpr char kGroupV6[] = "ff02::12";

template <typename T>
absl::Status SetOption(const UniqueFd& socket, int level, int option, const T& value, absl::string_view act) {
  if (setsockopt(socket.get(), level, option, &value, sizeof value) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, act);
}

// A missing capability reads the same whatever the step.
absl::Status OpenError(int error, const std::string& act) {
  if (error == EPERM || error == EACCES) {
    return absl::PermissionDeniedError(absl::StrCat(act, ": not permitted; run as root or grant CAP_NET_RAW"));
  }
  return absl::ErrnoToStatus(error, act);
}

absl::StatusOr<UniqueFd> OpenBound(int family, int protocol, const std::string& interface) {
  const std::string act = absl::StrCat("raw socket for protocol ", protocol, " on ", interface);
  UniqueFd socket(::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!socket.ok()) return OpenError(errno, act);
  if (setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                 static_cast<socklen_t>(interface.size())) != 0) {
    if (errno == ENODEV) return absl::NotFoundError(absl::StrCat(act, ": no such interface (`ip link` lists them)"));
    return OpenError(errno, absl::StrCat(act, ": bind to it"));
  }
  const int on = 1;
  for (const int option : {SO_TIMESTAMPNS, SO_RXQ_OVFL}) {
    if (absl::Status set = SetOption(socket, SOL_SOCKET, option, on, act); !set.ok()) return set;
  }
  return socket;
}

absl::Status JoinIpv4(const UniqueFd& socket, const std::string& interface) {
  ip_mreqn request{};
  inet_pton(AF_INET, kGroupV4, &request.imr_multiaddr);
  request.imr_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  return SetOption(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, request, absl::StrCat("join ", kGroupV4, " on ", interface));
}

// Without it the socket also gets groups that others on this host have joined.
absl::Status OnlyOwnGroups(const UniqueFd& socket, int level, int option, const std::string& interface) {
  const int off = 0;
  return SetOption(socket, level, option, off, absl::StrCat("keep foreign groups out on ", interface));
}

// A raw IPv4 socket gives its filter the IP header first: pass what has VRRP as the first byte after it.
absl::Status PassOnlyVrrpBehindAh(const UniqueFd& socket, const std::string& interface) {
  std::array<sock_filter, 5> code = {{
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrrp::kIpProtocolVrrp, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program = {static_cast<unsigned short>(code.size()), code.data()};
  return SetOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, program,
                   absl::StrCat("filter authentication headers on ", interface));
}

absl::StatusOr<UniqueFd> OpenJoinedIpv4(int protocol, const std::string& interface) {
  absl::StatusOr<UniqueFd> socket = OpenBound(AF_INET, protocol, interface);
  if (!socket.ok()) return socket;
  if (absl::Status joined = JoinIpv4(*socket, interface); !joined.ok()) return joined;
  if (absl::Status own = OnlyOwnGroups(*socket, IPPROTO_IP, IP_MULTICAST_ALL, interface); !own.ok()) return own;
  return socket;
}

}  // namespace

absl::StatusOr<UniqueFd> OpenIpv4Socket(const std::string& interface) {
  return OpenJoinedIpv4(vrrp::kIpProtocolVrrp, interface);
}

// An IPv4 socket's filter is given the IP header first, an IPv6 one's is not. The VRID is an advert's second byte.
absl::Status PassOnlyVrid(const UniqueFd& socket, std::uint8_t vrid, bool v6, const std::string& interface) {
  std::array<sock_filter, 6> code = {{
      BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 1),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  if (v6) code[1] = BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0);
  const sock_fprog program = {static_cast<unsigned short>(code.size()), code.data()};
  return SetOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, program,
                   absl::StrCat("filter adverts by VRID on ", interface));
}

absl::StatusOr<UniqueFd> OpenAuthenticationHeaderSocket(const std::string& interface) {
  absl::StatusOr<UniqueFd> socket = OpenJoinedIpv4(vrrp::kIpProtocolAh, interface);
  if (!socket.ok()) return socket;
  if (absl::Status filtered = PassOnlyVrrpBehindAh(*socket, interface); !filtered.ok()) return filtered;
  return socket;
}

absl::StatusOr<UniqueFd> OpenSilentIpv4Socket(const std::string& interface) {
  return OpenBound(AF_INET, vrrp::kIpProtocolVrrp, interface);
}

absl::StatusOr<UniqueFd> OpenSilentIpv6Socket(const std::string& interface) {
  absl::StatusOr<UniqueFd> socket = OpenBound(AF_INET6, vrrp::kIpProtocolVrrp, interface);
  if (!socket.ok()) return socket;
  const int on = 1;
  for (const int option : {IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT}) {
    absl::Status set =
        SetOption(*socket, IPPROTO_IPV6, option, on, absl::StrCat("ask for IPv6 headers on ", interface));
    if (!set.ok()) return set;
  }
  return socket;
}

absl::StatusOr<UniqueFd> OpenIpv6Socket(const std::string& interface) {
  absl::StatusOr<UniqueFd> socket = OpenSilentIpv6Socket(interface);
  if (!socket.ok()) return socket;
  ipv6_mreq request{};
  inet_pton(AF_INET6, kGroupV6, &request.ipv6mr_multiaddr);
  request.ipv6mr_interface = if_nametoindex(interface.c_str());
  absl::Status joined =
      SetOption(*socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, request, absl::StrCat("join ", kGroupV6, " on ", interface));
  if (!joined.ok()) return joined;
  if (absl::Status own = OnlyOwnGroups(*socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL, interface); !own.ok()) return own;
  return socket;
}

}  // namespace probe::capture
