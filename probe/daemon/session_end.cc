#include "probe/daemon/session_end.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "probe/netlink/unique_fd.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

constexpr std::uint16_t kAnyPort = 9;  // nothing is sent there

// "ipv4:HOST:PORT", "ipv6:[HOST]:PORT", newer ones with %5B and %5D for the brackets.
absl::StatusOr<IpAddress> HostOf(const std::string& peer) {
  const std::string plain = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%5b", "["}, {"%5d", "]"}});
  absl::string_view text = plain;
  const bool is_ip = absl::ConsumePrefix(&text, "ipv4:") || absl::ConsumePrefix(&text, "ipv6:");
  if (!is_ip) return absl::InvalidArgumentError(absl::StrCat("peer \"", peer, "\" is no IP address"));
  text = text.substr(0, text.rfind(':'));
  if (absl::ConsumePrefix(&text, "[")) (void)absl::ConsumeSuffix(&text, "]");
  return IpAddress::Parse(text);
}

std::pair<sockaddr_storage, socklen_t> SocketAddress(const IpAddress& address) {
  sockaddr_storage storage{};
  if (address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(kAnyPort);
    std::memcpy(&v4->sin_addr, address.bytes().data(), sizeof v4->sin_addr);
    return {storage, sizeof(sockaddr_in)};
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(kAnyPort);
  std::memcpy(&v6->sin6_addr, address.bytes().data(), sizeof v6->sin6_addr);
  return {storage, sizeof(sockaddr_in6)};
}

IpAddress AddressIn(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET6) {
    return IpAddress::FromV6(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr);
  }
  return IpAddress::FromV4(reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr);
}

}  // namespace

absl::StatusOr<IpAddress> LocalEndTo(const std::string& peer) {
  const absl::StatusOr<IpAddress> host = HostOf(peer);
  if (!host.ok()) return host.status();
  const auto [there, length] = SocketAddress(*host);
  const netlink::UniqueFd fd(socket(there.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto failed = [&host](const char* act) {
    return absl::ErrnoToStatus(errno, absl::StrCat("find the way to ", host->ToString(), ": ", act));
  };
  if (fd.get() < 0) return failed("socket");
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&there), length) != 0) return failed("connect");
  sockaddr_storage here{};
  socklen_t size = sizeof here;
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&here), &size) != 0) return failed("getsockname");
  return AddressIn(here);
}

}  // namespace probe::daemon
