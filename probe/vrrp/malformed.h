// A packet that cannot be read as what it says it is: named and counted, never a reason to stop.
#ifndef PROBE_VRRP_MALFORMED_H_
#define PROBE_VRRP_MALFORMED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

enum class MalformedReason : std::uint8_t {
  kLinkHeaderCut,
  kTooManyVlanTags,
  kIpHeaderCut,
  kIpVersion,
  kIpLength,
  kIpTruncated,
  kIpFragment,
  kIpExtensionCut,
  kAuthenticationHeaderCut,
  kVrrpHeaderCut,
  kVrrpVersion,
  kVrrpType,
  kCarpCut,
  kArpCut,
  kNeighborCut,
  kNeighborHopLimit,
  kNeighborChecksum,
  kNeighborOption,
  // VRRP within something else, which no router of this link can have sent: it is counted, not judged.
  kInsideGre,
  kInsideIp,
  kInsideVxlan,
  kInsideMpls,
  kInsidePppoe,
  kInsideLlc,
};
inline constexpr std::size_t kMalformedReasons = static_cast<std::size_t>(MalformedReason::kInsideLlc) + 1;

struct Malformed {
  MalformedReason reason = MalformedReason::kLinkHeaderCut;
  // Where in the packet, in bytes from its start, the thing begins that is wrong.
  std::uint32_t offset = 0;
  // What was wanted there and what was found: bytes for what is cut off, else the field's value.
  std::uint32_t wanted = 0;
  std::uint32_t found = 0;
  // The sender, where it was already known.
  std::optional<arbiter::IpAddress> source;
};

// A stable name for counters: "vrrp-header-cut".
absl::string_view NameOf(MalformedReason reason);

// For a person: "VRRP header cut off at byte 34: 8 bytes wanted, 5 found (from 192.0.2.1)".
std::string ToText(const Malformed& malformed);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_MALFORMED_H_
