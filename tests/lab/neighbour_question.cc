#include "tests/lab/neighbour_question.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "tests/lab/check.h"
#include "tests/lab/host.h"

namespace lab {
namespace {

using arbiter::IpAddress;

// Offsets in an Ethernet frame.
constexpr std::size_t kEtherType = 12;
constexpr std::size_t kArpOperation = 20;
constexpr std::size_t kArpSender = 28;
constexpr std::size_t kArpTarget = 38;
constexpr std::size_t kIpv6NextHeader = 20;
constexpr std::size_t kIpv6Destination = 38;
constexpr std::size_t kIcmpv6Type = 54;
constexpr std::size_t kAdvertisedTarget = 62;

std::array<std::uint8_t, ETH_ALEN> HardwareAddress(int socket) {
  ifreq request{};
  std::strncpy(request.ifr_name, kVrrpInterface, IFNAMSIZ - 1);
  std::array<std::uint8_t, ETH_ALEN> mac{};
  if (ioctl(socket, SIOCGIFHWADDR, &request) == 0) std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  return mac;
}

UniqueFd OpenArpSocket() {
  UniqueFd fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));  // protocol 0: it hears nothing
  sockaddr_ll leg{};
  leg.sll_family = AF_PACKET;
  leg.sll_ifindex = static_cast<int>(if_nametoindex(kVrrpInterface));
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&leg), sizeof(leg)) != 0) {
    Check(absl::ErrnoToStatus(errno, "bind an ARP socket to eth0"));
  }
  return fd;
}

UniqueFd OpenSolicitationSocket(const IpAddress& from) {
  UniqueFd fd(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
  const int hops = 255;
  const auto leg = static_cast<int>(if_nametoindex(kVrrpInterface));
  icmp6_filter nothing{};
  ICMP6_FILTER_SETBLOCKALL(&nothing);
  sockaddr_in6 source{};
  source.sin6_family = AF_INET6;
  std::copy(from.bytes().begin(), from.bytes().end(), source.sin6_addr.s6_addr);
  if (setsockopt(fd.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) != 0 ||
      setsockopt(fd.get(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &leg, sizeof(leg)) != 0 ||
      setsockopt(fd.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &nothing, sizeof(nothing)) != 0 ||
      bind(fd.get(), reinterpret_cast<sockaddr*>(&source), sizeof(source)) != 0) {
    Check(absl::ErrnoToStatus(errno, "open a neighbour solicitation socket on " + from.ToString()));
  }
  return fd;
}

void SendArpRequest(int socket, const IpAddress& from, const IpAddress& target) {
  ether_arp request{};
  request.arp_hrd = htons(ARPHRD_ETHER);
  request.arp_pro = htons(ETH_P_IP);
  request.arp_hln = ETH_ALEN;
  request.arp_pln = 4;
  request.arp_op = htons(ARPOP_REQUEST);
  const auto mac = HardwareAddress(socket);
  std::copy(mac.begin(), mac.end(), request.arp_sha);
  std::copy(from.bytes().begin(), from.bytes().end(), request.arp_spa);
  std::copy(target.bytes().begin(), target.bytes().end(), request.arp_tpa);

  sockaddr_ll everybody{};
  socklen_t length = sizeof(everybody);
  getsockname(socket, reinterpret_cast<sockaddr*>(&everybody), &length);  // the leg it is bound to
  everybody.sll_protocol = htons(ETH_P_ARP);
  everybody.sll_halen = ETH_ALEN;
  std::fill_n(everybody.sll_addr, ETH_ALEN, std::uint8_t{0xff});
  sendto(socket, &request, sizeof(request), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&everybody), sizeof(everybody));
}

void SendSolicitation(int socket, const IpAddress& target) {
  struct {
    nd_neighbor_solicit solicit{};
    nd_opt_hdr option{};
    std::array<std::uint8_t, ETH_ALEN> mac{};
  } message;
  static_assert(sizeof(message) == 32);
  message.solicit.nd_ns_type = ND_NEIGHBOR_SOLICIT;  // the kernel puts the checksum in
  std::copy(target.bytes().begin(), target.bytes().end(), message.solicit.nd_ns_target.s6_addr);
  message.option = {.nd_opt_type = ND_OPT_SOURCE_LINKADDR, .nd_opt_len = 1};
  message.mac = HardwareAddress(socket);

  // The solicited-node group ff02::1:ffXX:XXXX (RFC 4291, section 2.7.1).
  sockaddr_in6 group{};
  group.sin6_family = AF_INET6;
  const std::array<std::uint8_t, 13> stem = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
  std::copy(stem.begin(), stem.end(), group.sin6_addr.s6_addr);
  std::copy(target.bytes().end() - 3, target.bytes().end(), group.sin6_addr.s6_addr + stem.size());
  sendto(socket, &message, sizeof(message), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&group), sizeof(group));
}

bool Holds(absl::Span<const std::uint8_t> frame, std::size_t offset, absl::Span<const std::uint8_t> expected) {
  return frame.size() >= offset + expected.size() && frame.subspan(offset, expected.size()) == expected;
}

}  // namespace

UniqueFd OpenQuestionSocket(const IpAddress& from) {
  return from.is_v4() ? OpenArpSocket() : OpenSolicitationSocket(from);
}

void SendQuestion(int socket, const IpAddress& from, const IpAddress& target) {
  if (target.is_v4()) {
    SendArpRequest(socket, from, target);
  } else {
    SendSolicitation(socket, target);
  }
}

bool IsAnswer(absl::Span<const std::uint8_t> frame, const IpAddress& target, const IpAddress& asker) {
  if (target.is_v4()) {
    return Holds(frame, kEtherType, {0x08, 0x06}) && Holds(frame, kArpOperation, {0x00, ARPOP_REPLY}) &&
           Holds(frame, kArpSender, target.bytes()) && Holds(frame, kArpTarget, asker.bytes());
  }
  return Holds(frame, kEtherType, {0x86, 0xdd}) && Holds(frame, kIpv6NextHeader, {IPPROTO_ICMPV6}) &&
         Holds(frame, kIpv6Destination, asker.bytes()) && Holds(frame, kIcmpv6Type, {ND_NEIGHBOR_ADVERT}) &&
         Holds(frame, kAdvertisedTarget, target.bytes());
}

}  // namespace lab
