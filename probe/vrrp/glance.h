// Who sends a packet, seen without reading it: enough to decide whether it is worth reading. Pure, as parse.h.
#ifndef PROBE_VRRP_GLANCE_H_
#define PROBE_VRRP_GLANCE_H_

#include <cstdint>

#include "probe/vrrp/parse.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

// 0.0.0.0 and 0 stand for what cannot be seen.
struct Glance {
  // Of an advert its sender's; of ARP and neighbour discovery the address that is claimed.
  arbiter::IpAddress source;
  std::uint8_t vrid = 0;
  bool claim = false;  // ARP or neighbour discovery

  friend bool operator==(const Glance&, const Glance&) = default;
};

[[nodiscard]] Glance GlanceAtFrame(Bytes bytes, LinkType link_type);
// For what ParseIpv6Payload reads.
[[nodiscard]] Glance GlanceAtIpv6Payload(Bytes message, const Ipv6Envelope& envelope);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_GLANCE_H_
