// An IPv4 or IPv6 address as a value: what a VIP, a source and a reference host are named by on every side of the
// contract.
#ifndef PROTO_VALUE_IP_ADDRESS_H_
#define PROTO_VALUE_IP_ADDRESS_H_

#include <netinet/in.h>

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace arbiter {

class IpAddress {
 public:
  enum class Family : std::uint8_t { kV4, kV6 };

  // 0.0.0.0.
  IpAddress() = default;

  // Reads the text form of RFC 4291 / dotted quad. No prefix length, no zone. InvalidArgument names the text.
  static absl::StatusOr<IpAddress> Parse(absl::string_view text);

  // From 4 or 16 bytes in network order; InvalidArgument for any other length.
  static absl::StatusOr<IpAddress> FromBytes(absl::Span<const std::uint8_t> bytes);

  static IpAddress FromV4(const in_addr& address);
  static IpAddress FromV6(const in6_addr& address);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] bool is_v4() const { return family_ == Family::kV4; }
  [[nodiscard]] bool is_v6() const { return family_ == Family::kV6; }

  // 4 or 16 bytes in network order; lives as long as this object.
  [[nodiscard]] absl::Span<const std::uint8_t> bytes() const {
    return absl::MakeConstSpan(bytes_.data(), is_v4() ? 4U : 16U);
  }

  // RFC 5952 form.
  [[nodiscard]] std::string ToString() const;

  // Whether the first `prefix_length` bits equal those of `other`; false across families.
  [[nodiscard]] bool SamePrefix(const IpAddress& other, int prefix_length) const;

  [[nodiscard]] bool IsLoopback() const;
  [[nodiscard]] bool IsLinkLocal() const;
  [[nodiscard]] bool IsMulticast() const;
  [[nodiscard]] bool IsUnspecified() const;

  // IPv4 before IPv6, then by value: RFC 9568's "higher primary address" within one family.
  friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
    if (const std::strong_ordering family = a.family_ <=> b.family_; family != 0) return family;
    return a.Words() <=> b.Words();
  }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const IpAddress& a) {
    return H::combine(std::move(h), a.family_, a.bytes_);
  }

 private:
  // The bytes as two numbers that compare as the bytes do: addresses are the keys of every map, and a call to memcmp
  // for each step of a search was a quarter of the simulation's time.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> Words() const {
    const auto words = std::bit_cast<std::array<std::uint32_t, 4>>(bytes_);
    return {std::uint64_t{ntohl(words[0])} << 32 | ntohl(words[1]),
            std::uint64_t{ntohl(words[2])} << 32 | ntohl(words[3])};
  }

  Family family_ = Family::kV4;
  std::array<std::uint8_t, 16> bytes_{};  // an IPv4 address uses the first four, the rest stay zero
};

}  // namespace arbiter

#endif  // PROTO_VALUE_IP_ADDRESS_H_
