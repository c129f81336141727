// A 48-bit link-layer address as a value.
#ifndef PROTO_VALUE_MAC_ADDRESS_H_
#define PROTO_VALUE_MAC_ADDRESS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter {

class MacAddress {
 public:
  // 00:00:00:00:00:00.
  MacAddress() = default;
  explicit MacAddress(const std::array<std::uint8_t, 6>& bytes) : bytes_(bytes) {}

  // Six pairs of hexadecimal digits with colons between; InvalidArgument names the text.
  static absl::StatusOr<MacAddress> Parse(absl::string_view text);

  // The virtual router MAC of RFC 9568, section 7.3: 00-00-5E-00-01-{VRID} for IPv4, 00-00-5E-00-02-{VRID} for IPv6.
  static MacAddress VirtualRouter(std::uint8_t vrid, bool v6);

  [[nodiscard]] const std::array<std::uint8_t, 6>& bytes() const { return bytes_; }
  [[nodiscard]] std::string ToString() const;

  friend auto operator<=>(const MacAddress&, const MacAddress&) = default;
  friend bool operator==(const MacAddress&, const MacAddress&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const MacAddress& a) {
    return H::combine(std::move(h), a.bytes_);
  }

 private:
  std::array<std::uint8_t, 6> bytes_{};
};

}  // namespace arbiter

#endif  // PROTO_VALUE_MAC_ADDRESS_H_
