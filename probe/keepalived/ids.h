// The two small numbers of a virtual router, checked once where they are made.
#ifndef PROBE_KEEPALIVED_IDS_H_
#define PROBE_KEEPALIVED_IDS_H_

#include <compare>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {

// A virtual router identifier, 1 to 255 (RFC 9568, section 5.2.3).
class Vrid {
 public:
  static absl::StatusOr<Vrid> Make(std::int64_t number) {
    if (number < 1 || number > 255) {
      return absl::InvalidArgumentError(absl::StrCat("virtual router id ", number, " is outside 1 to 255"));
    }
    return Vrid(static_cast<std::uint8_t>(number));
  }

  [[nodiscard]] std::uint8_t value() const { return number_; }
  friend auto operator<=>(const Vrid&, const Vrid&) = default;

 private:
  explicit Vrid(std::uint8_t number) : number_(number) {}
  std::uint8_t number_;
};

// A configured priority, 1 to 255 (RFC 9568, section 5.2.4); 255 claims to be the address owner.
class Priority {
 public:
  static constexpr std::uint8_t kDefault = 100;
  static constexpr std::uint8_t kAddressOwner = 255;

  // The default.
  Priority() = default;

  static absl::StatusOr<Priority> Make(std::int64_t number) {
    if (number < 1 || number > 255) {
      return absl::InvalidArgumentError(absl::StrCat("priority ", number, " is outside 1 to 255"));
    }
    return Priority(static_cast<std::uint8_t>(number));
  }
  static Priority AddressOwner() { return Priority(kAddressOwner); }

  [[nodiscard]] std::uint8_t value() const { return number_; }
  [[nodiscard]] bool is_address_owner() const { return number_ == kAddressOwner; }
  friend auto operator<=>(const Priority&, const Priority&) = default;

 private:
  explicit Priority(std::uint8_t number) : number_(number) {}
  std::uint8_t number_ = kDefault;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_IDS_H_
