#include "probe/actuate/frames.h"

#include <array>
#include <cstddef>

#include "absl/types/span.h"

namespace probe::actuate {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;
using Bytes = absl::Span<const std::uint8_t>;

constexpr std::uint16_t kEtherTypeArp = 0x0806;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kHopLimit = 255;  // RFC 4861: anything less is dropped
constexpr std::uint8_t kSolicitation = 135;
constexpr std::uint8_t kAdvertisement = 136;
constexpr std::uint8_t kRouterFlag = 0x80;
constexpr std::uint8_t kOverrideFlag = 0x20;
constexpr std::uint8_t kSourceLinkAddress = 1;  // options of neighbour discovery
constexpr std::uint8_t kTargetLinkAddress = 2;
constexpr std::array<std::uint8_t, 6> kEverybody = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

void Put(Frame& frame, Bytes bytes) { frame.insert(frame.end(), bytes.begin(), bytes.end()); }
void Put16(Frame& frame, std::uint16_t value) {
  frame.push_back(static_cast<std::uint8_t>(value >> 8));
  frame.push_back(static_cast<std::uint8_t>(value & 0xff));
}

struct ArpMessage {
  std::uint16_t operation;
  Binding sender;
  MacAddress target_mac;
  IpAddress target;
};

Frame ArpFrame(const ArpMessage& message) {
  Frame frame;
  Put(frame, kEverybody);
  Put(frame, message.sender.mac.bytes());
  Put16(frame, kEtherTypeArp);
  Put16(frame, 1);       // Ethernet
  Put16(frame, 0x0800);  // IPv4
  frame.push_back(6);
  frame.push_back(4);
  Put16(frame, message.operation);
  Put(frame, message.sender.mac.bytes());
  Put(frame, message.sender.ip.bytes());
  Put(frame, message.target_mac.bytes());
  Put(frame, message.target.bytes());
  return frame;
}

std::uint16_t Icmpv6Checksum(const IpAddress& source, const IpAddress& destination, Bytes message) {
  std::uint32_t sum = static_cast<std::uint32_t>(message.size()) + kIcmpv6;
  const auto add = [&sum](Bytes bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
      sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  };
  add(source.bytes());
  add(destination.bytes());
  add(message);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// Multicast over Ethernet: 33:33 and the last four bytes of the group (RFC 2464).
std::array<std::uint8_t, 6> GroupMac(const IpAddress& group) {
  const Bytes bytes = group.bytes();
  return {0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]};
}

IpAddress AllNodes() {
  constexpr std::array<std::uint8_t, 16> kGroup = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return IpAddress::FromBytes(kGroup).value();  // 16 bytes always are an address
}

IpAddress SolicitedNode(const IpAddress& target) {
  const Bytes t = target.bytes();
  const std::array<std::uint8_t, 16> group = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, t[13], t[14], t[15]};
  return IpAddress::FromBytes(group).value();  // 16 bytes always are an address
}

// `message` must have an even length and a checksum of zero.
Frame Icmpv6Frame(const Binding& self, const IpAddress& destination, Frame message) {
  const std::uint16_t checksum = Icmpv6Checksum(self.ip, destination, message);
  message[2] = static_cast<std::uint8_t>(checksum >> 8);
  message[3] = static_cast<std::uint8_t>(checksum & 0xff);
  Frame frame;
  Put(frame, GroupMac(destination));
  Put(frame, self.mac.bytes());
  Put16(frame, kEtherTypeIpv6);
  Put16(frame, 0x6000);  // version 6
  Put16(frame, 0);
  Put16(frame, static_cast<std::uint16_t>(message.size()));
  frame.push_back(kIcmpv6);
  frame.push_back(kHopLimit);
  Put(frame, self.ip.bytes());
  Put(frame, destination.bytes());
  Put(frame, message);
  return frame;
}

// Type, code, checksum, flags and the target.
Frame DiscoveryMessage(std::uint8_t type, std::uint8_t flags, const IpAddress& target) {
  Frame message = {type, 0, 0, 0, flags, 0, 0, 0};
  Put(message, target.bytes());
  return message;
}

void PutLinkAddress(Frame& message, std::uint8_t option, const MacAddress& mac) {
  message.push_back(option);
  message.push_back(1);  // in units of eight bytes
  Put(message, mac.bytes());
}

}  // namespace

Frame GratuitousArp(const Binding& self, ArpForm form) {
  if (form == ArpForm::kRequest) return ArpFrame({1, self, MacAddress(), self.ip});
  return ArpFrame({2, self, self.mac, self.ip});
}

Frame UnsolicitedAdvertisement(const Binding& self, bool router) {
  const auto flags = static_cast<std::uint8_t>(kOverrideFlag | (router ? kRouterFlag : 0));
  Frame message = DiscoveryMessage(kAdvertisement, flags, self.ip);
  PutLinkAddress(message, kTargetLinkAddress, self.mac);
  return Icmpv6Frame(self, AllNodes(), std::move(message));
}

Frame ArpRequest(const Binding& self, const IpAddress& target) { return ArpFrame({1, self, MacAddress(), target}); }

Frame NeighbourSolicitation(const Binding& self, const IpAddress& target) {
  Frame message = DiscoveryMessage(kSolicitation, 0, target);
  if (!self.ip.IsUnspecified()) PutLinkAddress(message, kSourceLinkAddress, self.mac);
  return Icmpv6Frame(self, SolicitedNode(target), std::move(message));
}

}  // namespace probe::actuate
