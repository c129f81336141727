// One line for each advert, as text for a person and as JSON for a program. Both show every field and never the
// authentication data; the order and the names are stable.
#ifndef PROBE_VRRP_ADVERT_TEXT_H_
#define PROBE_VRRP_ADVERT_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "probe/vrrp/advertisement.h"
#include "probe/vrrp/carp.h"
#include "probe/vrrp/origin.h"

namespace probe::vrrp {

// When and where a packet was seen; the printers write it before the packet's own fields.
struct Sighting {
  absl::Time time;
  // Empty when unknown, as in a capture file.
  std::string interface;
  Direction direction = Direction::kUnknown;
};

// "2026-01-02T03:04:05.678901Z eth0 received 192.0.2.1 > 224.0.0.18 ttl 255 mac 00:00:5e:00:01:42 VRRPv2 vrid 66 prio
// 100 interval 1s auth none addrs(1) 192.0.2.9 checksum message-only". What is seldom there comes only when it is:
// "vlan 100.5" after the direction, "AH" after the TTL, "trailer hmac" or "trailer 12 bytes", "cut-by-capture" and
// "defects ttl,checksum" last. addrs(n) is the packet's own count; "..." ends a list that has fewer. No line break.
std::string ToText(const Advertisement& advert, const Sighting& sighting);
std::string ToText(const CarpAdvertisement& carp, const Sighting& sighting);

// One JSON object without line breaks, "protocol" "vrrp" or "carp"; every key is always there, null where it does not
// apply.
std::string ToJson(const Advertisement& advert, const Sighting& sighting);
std::string ToJson(const CarpAdvertisement& carp, const Sighting& sighting);

// "received", "sent", "unknown".
absl::string_view NameOf(Direction direction);

// "none", "simple", "ah", or "type-7".
std::string AuthTypeName(std::uint8_t auth_type);

// RFC 3339 in UTC with microseconds.
std::string UtcText(absl::Time time);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_ADVERT_TEXT_H_
