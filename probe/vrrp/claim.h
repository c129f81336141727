// Who speaks for an address on the link: ARP (RFC 826) and IPv6 neighbour discovery (RFC 4861).
#ifndef PROBE_VRRP_CLAIM_H_
#define PROBE_VRRP_CLAIM_H_

#include <cstdint>
#include <optional>

#include "probe/vrrp/origin.h"
#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::vrrp {

// One ARP packet for IPv4 over Ethernet.
struct ArpClaim {
  // Whether the sender claims `sender_ip` at all: a probe (RFC 5227, sender 0.0.0.0) only asks.
  [[nodiscard]] bool claims() const { return !sender_ip.IsUnspecified(); }
  // An announcement rather than a question or an answer: sender and target are the same address.
  [[nodiscard]] bool gratuitous() const { return claims() && sender_ip == target_ip; }

  Origin origin;  // source_mac is the frame's, which a relay or a spoofer may make different from sender_mac
  bool is_reply = false;
  arbiter::IpAddress sender_ip;
  arbiter::MacAddress sender_mac;
  arbiter::IpAddress target_ip;
};

// One neighbour advertisement, or a solicitation (which says that its source address is alive).
struct NeighborClaim {
  enum class Kind : std::uint8_t { kSolicitation, kAdvertisement };

  // The address that the sender says is its own: the target of an advertisement, the source of a solicitation (absent
  // during duplicate address detection, whose source is ::).
  [[nodiscard]] std::optional<arbiter::IpAddress> claimed() const {
    if (kind == Kind::kAdvertisement) return target;
    if (origin.source.IsUnspecified()) return std::nullopt;
    return origin.source;
  }

  Origin origin;
  Kind kind = Kind::kAdvertisement;
  arbiter::IpAddress target;
  // The source (solicitation) or target (advertisement) link-layer address option.
  std::optional<arbiter::MacAddress> link_address;
  // Flags of an advertisement.
  bool router = false;
  bool solicited = false;
  bool override_flag = false;
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_CLAIM_H_
