// From bytes to what they say. Pure: no clock, no I/O, no allocation. Never fails, never reads beyond what it was
// given: whatever arrives is one of the alternatives of ParseResult.
#ifndef PROBE_VRRP_PARSE_H_
#define PROBE_VRRP_PARSE_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "probe/vrrp/advertisement.h"
#include "probe/vrrp/byte_cursor.h"
#include "probe/vrrp/carp.h"
#include "probe/vrrp/claim.h"
#include "probe/vrrp/hsrp.h"
#include "probe/vrrp/malformed.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

inline constexpr std::uint8_t kIpProtocolVrrp = 112;
inline constexpr std::uint8_t kIpProtocolAh = 51;

// What a frame begins with.
enum class LinkType : std::uint8_t {
  kEthernet,      // LINKTYPE_ETHERNET
  kLinuxCooked,   // LINKTYPE_LINUX_SLL
  kLinuxCooked2,  // LINKTYPE_LINUX_SLL2
  kRawIp,         // LINKTYPE_RAW, and what an IPv4 raw socket delivers: an IP header first
};

// Other traffic: neither VRRP nor CARP nor HSRP nor ARP nor neighbour discovery.
struct NotOurs {};

using ParseResult =
    std::variant<NotOurs, Advertisement, CarpAdvertisement, ArpClaim, NeighborClaim, Malformed, HsrpHello>;

// `original_length` is the frame's length on the wire, at least bytes.size(); more means that the capture cut it.
[[nodiscard]] ParseResult ParseFrame(Bytes bytes, std::size_t original_length, LinkType link_type);

// What an IPv6 raw socket for protocol 112 delivers: the message without its IP header, which ancillary data replaces.
struct Ipv6Envelope {
  arbiter::IpAddress source;
  arbiter::IpAddress destination;
  std::uint8_t hop_limit = 0;
};
[[nodiscard]] ParseResult ParseIpv6Payload(Bytes message, const Ipv6Envelope& envelope);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_PARSE_H_
