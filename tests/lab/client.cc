#include "tests/lab/client.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "tests/lab/check.h"

namespace lab {
namespace {

using arbiter::IpAddress;

// The eight bytes that ICMP and ICMPv6 echo messages share: type, code, checksum, identifier, sequence number.
using Echo = std::array<std::uint8_t, 8>;
constexpr std::uint8_t kIdentifier = 0x4c;

// RFC 792. For ICMPv6 the kernel computes it.
void PutChecksum(Echo& echo) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < echo.size(); i += 2) sum += static_cast<std::uint32_t>(echo[i] << 8 | echo[i + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  const std::uint32_t checksum = ~sum;
  echo[2] = static_cast<std::uint8_t>(checksum >> 8 & 0xff);
  echo[3] = static_cast<std::uint8_t>(checksum & 0xff);
}

Echo MakeRequest(bool v4, std::uint16_t number) {
  Echo echo{v4 ? std::uint8_t{ICMP_ECHO} : std::uint8_t{ICMP6_ECHO_REQUEST},
            0,
            0,
            0,
            0,
            kIdentifier,
            static_cast<std::uint8_t>(number >> 8),
            static_cast<std::uint8_t>(number & 0xff)};
  if (v4) PutChecksum(echo);
  return echo;
}

// The number of the ping that `packet` answers, as a raw socket delivers it: IPv4 with its header, IPv6 without.
std::optional<std::uint16_t> AnsweredNumber(bool v4, absl::Span<const std::uint8_t> packet) {
  if (v4) {
    if (packet.empty()) return std::nullopt;
    const std::size_t header = (packet[0] & 0x0fU) * 4U;
    if (packet.size() < header) return std::nullopt;
    packet.remove_prefix(header);
  }
  const int reply = v4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
  if (packet.size() < sizeof(Echo) || packet[0] != reply || packet[5] != kIdentifier) return std::nullopt;
  return static_cast<std::uint16_t>(packet[6] << 8 | packet[7]);
}

int Connect(int fd, const IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&peer.sin_addr));
    return connect(fd, reinterpret_cast<sockaddr*>(&peer), sizeof(peer));
  }
  sockaddr_in6 peer{};
  peer.sin6_family = AF_INET6;
  std::copy(bytes.begin(), bytes.end(), peer.sin6_addr.s6_addr);
  return connect(fd, reinterpret_cast<sockaddr*>(&peer), sizeof(peer));
}

UniqueFd OpenPingSocket(const NetNamespace& netns, const IpAddress& peer) {
  UniqueFd fd;
  netns.Enter([&] {
    fd = UniqueFd(peer.is_v4() ? socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP)
                               : socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
    if (Connect(fd.get(), peer) != 0) Check(absl::ErrnoToStatus(errno, "open a ping socket to " + peer.ToString()));
  });
  return fd;
}

}  // namespace

Client::Client(const Host& host, const std::string& vip, int pings_per_second)
    : vip_(CheckOr(IpAddress::Parse(vip))),
      socket_(OpenPingSocket(host.netns(), vip_)),
      metronome_(
          Duration(std::chrono::seconds(1)) / pings_per_second, socket_.get(), [this] { Ping(); }, [this] { Hear(); }) {
}

PingRecord Client::Record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

void Client::Ping() {
  const Instant now = Now();
  Echo request{};
  {
    const std::lock_guard lock(mutex_);
    request = MakeRequest(vip_.is_v4(), record_.Send(now));
  }
  send(socket_.get(), request.data(), request.size(), MSG_DONTWAIT);  // one that cannot leave is lost
}

void Client::Hear() {
  std::array<std::uint8_t, 512> packet{};
  while (true) {
    const ssize_t got = recv(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (got < 0) return;
    const auto number = AnsweredNumber(vip_.is_v4(), {packet.data(), static_cast<std::size_t>(got)});
    if (!number.has_value()) continue;
    const std::lock_guard lock(mutex_);
    record_.Receive(*number, Now());
  }
}

}  // namespace lab
