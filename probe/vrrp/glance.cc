#include "probe/vrrp/glance.h"

#include <netinet/in.h>

#include <variant>

#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;

constexpr std::uint16_t kOffsetMask = 0x1fff;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kNeighborAdvertisement = 136;

// The second byte of a VRRP message, which may stand behind an authentication header.
std::uint8_t VridIn(ByteCursor cursor, std::uint8_t protocol) {
  if (protocol == kIpProtocolAh) {
    const auto header = cursor.Take<12>();
    if (!header || header->U8<0>() != kIpProtocolVrrp) return 0;
    const std::size_t length = (std::size_t{header->U8<1>()} + 2) * 4;
    if (length < 12 || !cursor.Take(length - 12)) return 0;
  }
  const auto head = cursor.Take<2>();
  return head ? head->U8<1>() : std::uint8_t{0};
}

bool MayBeVrrp(std::uint8_t protocol) { return protocol == kIpProtocolVrrp || protocol == kIpProtocolAh; }

Glance GlanceAtIpv4(ByteCursor cursor) {
  const auto header = cursor.Take<20>();
  if (!header || !MayBeVrrp(header->U8<9>())) return {};
  Glance glance{IpAddress::FromV4(header->As<12, in_addr>())};
  const std::size_t length = std::size_t{header->U8<0>() & 0x0fU} * 4;
  const bool first = (header->U16<6>() & kOffsetMask) == 0;
  if (first && length >= 20 && cursor.Take(length - 20)) glance.vrid = VridIn(cursor, header->U8<9>());
  return glance;
}

// A solicitation claims its source, an advertisement its target (RFC 4861, sections 4.3 and 4.4).
Glance GlanceAtNeighbor(ByteCursor cursor, const IpAddress& source) {
  Glance glance{source, 0, true};
  const auto message = cursor.Take<24>();
  if (message && message->U8<0>() == kNeighborAdvertisement)
    glance.source = IpAddress::FromV6(message->As<8, in6_addr>());
  return glance;
}

Glance GlanceAtIpv6(ByteCursor cursor) {
  const auto header = cursor.Take<40>();
  if (!header) return {};
  const IpAddress source = IpAddress::FromV6(header->As<8, in6_addr>());
  if (header->U8<6>() == kIcmpv6) return GlanceAtNeighbor(cursor, source);
  if (!MayBeVrrp(header->U8<6>())) return {};
  return {source, VridIn(cursor, header->U8<6>())};
}

Glance GlanceAtArp(ByteCursor cursor) {
  const auto packet = cursor.Take<28>();
  return {packet ? IpAddress::FromV4(packet->As<14, in_addr>()) : IpAddress(), 0, true};
}

}  // namespace

Glance GlanceAtFrame(Bytes bytes, LinkType link_type) {
  Reading reading(bytes);
  const std::variant<std::uint16_t, Malformed> link = TakeLinkHeader(reading, link_type);
  const auto* ethertype = std::get_if<std::uint16_t>(&link);
  if (ethertype == nullptr) return {};
  if (*ethertype == kEthertypeIpv4) return GlanceAtIpv4(reading.cursor);
  if (*ethertype == kEthertypeIpv6) return GlanceAtIpv6(reading.cursor);
  if (*ethertype == kEthertypeArp) return GlanceAtArp(reading.cursor);
  return {};
}

Glance GlanceAtIpv6Payload(Bytes message, const Ipv6Envelope& envelope) {
  return {envelope.source, VridIn(ByteCursor(message), kIpProtocolVrrp)};
}

}  // namespace probe::vrrp
