// Who sends an advert, seen without reading it: enough to decide whether it is worth reading. Pure, as parse.h.
#ifndef PROBE_VRRP_GLANCE_H_
#define PROBE_VRRP_GLANCE_H_

#include <cstdint>
#include <optional>

#include "probe/vrrp/parse.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

struct Glance {
  arbiter::IpAddress source;
  std::uint8_t vrid = 0;  // 0: it cannot be seen, or is none
};

// Nothing where the IP header does not name VRRP or the authentication header before it.
[[nodiscard]] std::optional<Glance> GlanceAtFrame(Bytes bytes, LinkType link_type);
// For what ParseIpv6Payload reads.
[[nodiscard]] Glance GlanceAtIpv6Payload(Bytes message, const Ipv6Envelope& envelope);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_GLANCE_H_
