// What the headers around a message say about where it comes from.
#ifndef PROBE_VRRP_ORIGIN_H_
#define PROBE_VRRP_ORIGIN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::vrrp {

// From the capturing host's point of view; kUnknown where nothing says it (most capture files).
enum class Direction : std::uint8_t { kUnknown, kReceived, kSent };

// The VLAN identifiers of a frame, outermost first. None for an untagged one.
class VlanTags {
 public:
  static constexpr std::size_t kMax = 2;  // 802.1Q inside 802.1ad (QinQ)

  // False when there already are kMax.
  [[nodiscard]] bool Add(std::uint16_t id) {
    if (count_ == kMax) return false;
    ids_[count_++] = id;
    return true;
  }
  [[nodiscard]] std::span<const std::uint16_t> ids() const { return std::span(ids_).first(count_); }

  friend bool operator==(const VlanTags&, const VlanTags&) = default;

 private:
  std::array<std::uint16_t, kMax> ids_{};
  std::uint8_t count_ = 0;
};

struct Origin {
  // IP addresses; for ARP, which has no IP header, both are 0.0.0.0.
  arbiter::IpAddress source;
  arbiter::IpAddress destination;
  // IPv4 time to live or IPv6 hop limit; 0 for ARP.
  std::uint8_t ttl = 0;
  // The message was found behind an IPsec authentication header (RFC 4302), as keepalived's `auth_type AH` sends it.
  bool behind_ah = false;
  // Said by the link-layer header itself, which only Linux cooked captures do.
  Direction direction = Direction::kUnknown;
  VlanTags vlan;
  // Absent where the link layer has none (raw IP).
  std::optional<arbiter::MacAddress> source_mac;
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_ORIGIN_H_
