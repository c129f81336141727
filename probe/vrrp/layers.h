// The steps between ParseFrame and its result, one header each. Used by this folder only.
#ifndef PROBE_VRRP_LAYERS_H_
#define PROBE_VRRP_LAYERS_H_

#include <cstddef>
#include <cstdint>
#include <variant>

#include "probe/vrrp/byte_cursor.h"
#include "probe/vrrp/malformed.h"
#include "probe/vrrp/origin.h"
#include "probe/vrrp/parse.h"

namespace probe::vrrp {

inline constexpr std::uint16_t kEthertypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEthertypeArp = 0x0806;
inline constexpr std::uint16_t kEthertypeIpv6 = 0x86dd;

// A packet half read: what is left of it, and what its headers said so far.
struct Reading {
  explicit Reading(Bytes packet) : cursor(packet) {}

  // `back`: how many bytes before the cursor the wrong thing began.
  [[nodiscard]] Malformed Fail(MalformedReason reason, std::size_t wanted, std::size_t found,
                               std::size_t back = 0) const;

  ByteCursor cursor;
  // Bytes of the packet that were on the wire but not captured.
  std::size_t missing = 0;
  Origin origin;
  // The IP header was read, so the source is known.
  bool source_known = false;
  bool ip_checksum_wrong = false;
  // How many tunnels the cursor is in.
  int tunnels = 0;
};

// Takes the link-layer header and any VLAN tags; the ethertype of what follows, or why there is none.
[[nodiscard]] std::variant<std::uint16_t, Malformed> TakeLinkHeader(Reading& reading, LinkType link_type);

// Reads what follows an ethertype into `result`, by one of the functions below.
void ParseNetworkLayer(Reading& reading, std::uint16_t ethertype, ParseResult& result);

void ParseIpv4(Reading& reading, ParseResult& result);
void ParseIpv6(Reading& reading, ParseResult& result);
void ParseArp(Reading& reading, ParseResult& result);

// Whether something may be inside that is looked for; if so, the cursor stands behind the header that names it.
[[nodiscard]] bool IsTunnelEthertype(std::uint16_t ethertype);
[[nodiscard]] bool IsTunnelProtocol(std::uint8_t protocol);
// Look for VRRP inside: `result` is then a Malformed that names the tunnel, and NotOurs for all else.
void LookInsideFrame(Reading& reading, std::uint16_t ethertype, ParseResult& result);
void LookInsideIp(Reading& reading, std::uint8_t protocol, ParseResult& result);

// The cursor stands at the message and ends with the IP packet (or with the capture, when bytes are missing).
void ParseVrrpMessage(Reading& reading, ParseResult& result);
void ParseIcmpv6(Reading& reading, ParseResult& result);
// The cursor stands at the UDP header. False, and nothing is taken, where it is no HSRP to `destination`.
bool ParseHsrp(const Reading& reading, ParseResult& result);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_LAYERS_H_
