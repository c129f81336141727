// One VRRP advertisement as it was on the wire (RFC 9568 and, for version 2, RFC 3768 and 2338).
#ifndef PROBE_VRRP_ADVERTISEMENT_H_
#define PROBE_VRRP_ADVERTISEMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/vrrp/address_list.h"
#include "probe/vrrp/origin.h"

namespace probe::vrrp {

// How the sender computed the checksum. Version 2 has one way, IPv6 has one; version 3 over IPv4 has three in the
// field, and a receiver that expects another one drops the advert.
enum class ChecksumHabit : std::uint8_t {
  kUnverified,                 // the capture holds too little of the packet
  kMessageOnly,                // version 2; version 3 over IPv4 by RFC 9568, section 5.2.8
  kPseudoHeader,               // version 3 over IPv6; over IPv4 by RFC 5798 as most read it (keepalived's default)
  kLegacyUnicastPseudoHeader,  // 224.0.0.18 in the pseudo header of a unicast advert (keepalived up to 1.3.6)
  kWrong,
};

// Why a receiver that keeps to the RFC drops the advert. It is reported all the same: it is evidence.
enum class Defect : std::uint8_t {
  kTtl,          // sent to the multicast group with a TTL or hop limit other than 255
  kIpChecksum,   // the IPv4 header's own checksum is wrong
  kChecksum,     // wrong, or computed in a way that its version and family do not allow
  kShort,        // shorter than its own count of addresses says
  kLong,         // longer, and the excess is no authentication
  kNoAddresses,  // a count of zero
  kVrid,         // VRID 0
  kSource,       // no address that a host can have as its own: unspecified, a group's, loopback; or the receiver's own
};
inline constexpr std::array kAllDefects = {Defect::kTtl,  Defect::kIpChecksum,  Defect::kChecksum, Defect::kShort,
                                           Defect::kLong, Defect::kNoAddresses, Defect::kVrid,     Defect::kSource};

class DefectSet {
 public:
  void Add(Defect defect) { bits_ = static_cast<std::uint8_t>(bits_ | Bit(defect)); }
  [[nodiscard]] bool Has(Defect defect) const { return (bits_ & Bit(defect)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::vector<Defect> ToVector() const;

  friend bool operator==(const DefectSet&, const DefectSet&) = default;

 private:
  static unsigned Bit(Defect defect) { return 1U << static_cast<unsigned>(defect); }
  std::uint8_t bits_ = 0;
};

// Version 2's authentication types (RFC 2338, section 5.3.6); other numbers can occur.
inline constexpr std::uint8_t kAuthNone = 0;
inline constexpr std::uint8_t kAuthSimple = 1;
inline constexpr std::uint8_t kAuthHeader = 2;

// The eight bytes of version 2's authentication data: a password in the clear for kAuthSimple. For a keyed fingerprint
// only; no printer shows them, and whoever keeps an advert forgets them first.
class AuthData {
 public:
  static constexpr std::size_t kSize = 8;

  AuthData() = default;
  explicit AuthData(const std::array<std::uint8_t, kSize>& bytes) : bytes_(bytes) {}

  [[nodiscard]] const std::array<std::uint8_t, kSize>& bytes() const { return bytes_; }
  void Forget() { bytes_.fill(0); }

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

struct Advertisement {
  // User-provided, so that making one does not clear the address list's storage.
  Advertisement() {}  // NOLINT(modernize-use-equals-default)

  [[nodiscard]] arbiter::IpAddress::Family family() const { return addresses.family(); }
  // RFC 9568, section 5.2.4: priority 0 says that the sender stops being the active router, 255 that it owns the
  // address.
  [[nodiscard]] bool stops() const { return priority == 0; }

  Origin origin;
  std::uint8_t version = 0;  // 2 or 3
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;
  // Centiseconds in both versions; version 2 sends whole seconds.
  std::uint16_t interval_cs = 0;
  // Version 2 only.
  std::optional<std::uint8_t> auth_type;
  AuthData auth_data;
  AddressList addresses;
  // Bytes after the last field, within the IP packet.
  std::uint16_t excess_bytes = 0;
  // The excess is the 28-byte authentication trailer of keepalived 2.4 and later (`auth_hmac`).
  bool hmac_trailer = false;
  // The capture kept less than the packet had; the list may be cut and the checksum unverified for that reason.
  bool cut_by_capture = false;
  ChecksumHabit checksum = ChecksumHabit::kUnverified;
  DefectSet defects;
};

// Stable names, as text and JSON show them: "message-only", "pseudo-header", "legacy-unicast-pseudo-header", "wrong",
// "unverified"; "ttl", "ip-checksum", "checksum", "short", "long", "no-addresses", "vrid", "source".
absl::string_view NameOf(ChecksumHabit habit);
absl::string_view NameOf(Defect defect);

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_ADVERTISEMENT_H_
