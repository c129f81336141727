// Ethernet, 802.1Q and Linux cooked headers, and ARP.
//
//  Ethernet:  destination MAC (6)  source MAC (6)  ethertype (2)
//  802.1Q:    [ethertype 8100] tag control (2; VLAN identifier in the low 12 bits)  ethertype (2)
//  SLL:       packet type (2)  ARPHRD (2)  address length (2)  address (8)  ethertype (2)
//  SLL2:      ethertype (2)  reserved (2)  interface index (4)  ARPHRD (2)  packet type (1)  address length (1) address
//  (8)
#include <netinet/in.h>

#include <array>

#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;

constexpr std::uint16_t kSentPacketType = 4;  // PACKET_OUTGOING
constexpr std::uint16_t kMacLength = 6;
constexpr std::uint16_t kVlanIdMask = 0x0fff;

bool IsVlanEthertype(std::uint16_t ethertype) {
  return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

Direction DirectionOf(std::uint16_t packet_type) {
  return packet_type == kSentPacketType ? Direction::kSent : Direction::kReceived;
}

std::optional<std::uint16_t> TakeEthernet(Reading& reading) {
  const auto header = reading.cursor.Take<14>();
  if (!header) return std::nullopt;
  reading.origin.source_mac = MacAddress(header->As<6, std::array<std::uint8_t, 6>>());
  return header->U16<12>();
}

std::optional<std::uint16_t> TakeCooked(Reading& reading) {
  const auto header = reading.cursor.Take<16>();
  if (!header) return std::nullopt;
  reading.origin.direction = DirectionOf(header->U16<0>());
  if (header->U16<4>() == kMacLength) {
    reading.origin.source_mac = MacAddress(header->As<6, std::array<std::uint8_t, 6>>());
  }
  return header->U16<14>();
}

std::optional<std::uint16_t> TakeCooked2(Reading& reading) {
  const auto header = reading.cursor.Take<20>();
  if (!header) return std::nullopt;
  reading.origin.direction = DirectionOf(header->U8<10>());
  if (header->U8<11>() == kMacLength) {
    reading.origin.source_mac = MacAddress(header->As<12, std::array<std::uint8_t, 6>>());
  }
  return header->U16<0>();
}

// Raw IP has no header: the version says which protocol it is.
std::optional<std::uint16_t> PeekRawIp(const Reading& reading) {
  if (reading.cursor.remaining() == 0) return std::nullopt;
  return reading.cursor.rest()[0] >> 4U == 6 ? kEthertypeIpv6 : kEthertypeIpv4;
}

std::optional<std::uint16_t> TakeFirstHeader(Reading& reading, LinkType link_type) {
  switch (link_type) {
    case LinkType::kEthernet:
      return TakeEthernet(reading);
    case LinkType::kLinuxCooked:
      return TakeCooked(reading);
    case LinkType::kLinuxCooked2:
      return TakeCooked2(reading);
    case LinkType::kRawIp:
      return PeekRawIp(reading);
  }
  __builtin_unreachable();
}

std::size_t FirstHeaderSize(LinkType link_type) {
  switch (link_type) {
    case LinkType::kEthernet:
      return 14;
    case LinkType::kLinuxCooked:
      return 16;
    case LinkType::kLinuxCooked2:
      return 20;
    case LinkType::kRawIp:
      return 1;
  }
  __builtin_unreachable();
}

}  // namespace

std::variant<std::uint16_t, Malformed> TakeLinkHeader(Reading& reading, LinkType link_type) {
  std::optional<std::uint16_t> ethertype = TakeFirstHeader(reading, link_type);
  if (!ethertype) {
    return reading.Fail(MalformedReason::kLinkHeaderCut, FirstHeaderSize(link_type), reading.cursor.remaining());
  }
  while (IsVlanEthertype(*ethertype)) {
    const auto tag = reading.cursor.Take<4>();
    if (!tag) return reading.Fail(MalformedReason::kLinkHeaderCut, 4, reading.cursor.remaining());
    if (!reading.origin.vlan.Add(tag->U16<0>() & kVlanIdMask)) {
      return reading.Fail(MalformedReason::kTooManyVlanTags, VlanTags::kMax, VlanTags::kMax + 1, 4);
    }
    ethertype = tag->U16<2>();
  }
  return *ethertype;
}

//  ARP: hardware type (2)  protocol type (2)  lengths (1, 1)  operation (2)  sender MAC (6)  sender IP (4)
//       target MAC (6)  target IP (4)
void ParseArp(Reading& reading, ParseResult& result) {
  const auto packet = reading.cursor.Take<28>();
  if (!packet) {
    result = reading.Fail(MalformedReason::kArpCut, 28, reading.cursor.remaining());
    return;
  }
  const bool ipv4_over_ethernet = packet->U16<0>() == 1 && packet->U16<2>() == kEthertypeIpv4 &&
                                  packet->U8<4>() == kMacLength && packet->U8<5>() == sizeof(in_addr);
  const std::uint16_t operation = packet->U16<6>();
  if (!ipv4_over_ethernet || (operation != 1 && operation != 2)) {
    result = NotOurs{};
    return;
  }
  ArpClaim& claim = result.emplace<ArpClaim>();
  claim.origin = reading.origin;
  claim.is_reply = operation == 2;
  claim.sender_mac = MacAddress(packet->As<8, std::array<std::uint8_t, 6>>());
  claim.sender_ip = IpAddress::FromV4(packet->As<14, in_addr>());
  claim.target_ip = IpAddress::FromV4(packet->As<24, in_addr>());
}

}  // namespace probe::vrrp
