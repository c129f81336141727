#include "proto/value/mac_address.h"

#include <cctype>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace arbiter {

absl::StatusOr<MacAddress> MacAddress::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  std::array<std::uint8_t, 6> bytes{};
  bool good = parts.size() == bytes.size();
  for (std::size_t i = 0; good && i < bytes.size(); ++i) {
    std::uint32_t value = 0;
    good = parts[i].size() == 2 && absl::SimpleHexAtoi(parts[i], &value);
    bytes[i] = static_cast<std::uint8_t>(value);
  }
  if (!good)
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not a MAC address (write 00:00:5e:00:01:42)"));
  return MacAddress(bytes);
}

MacAddress MacAddress::VirtualRouter(std::uint8_t vrid, bool v6) {
  return MacAddress({0x00, 0x00, 0x5e, 0x00, static_cast<std::uint8_t>(v6 ? 2 : 1), vrid});
}

std::string MacAddress::ToString() const {
  return absl::StrFormat("%02x:%02x:%02x:%02x:%02x:%02x", bytes_[0], bytes_[1], bytes_[2], bytes_[3], bytes_[4],
                         bytes_[5]);
}

}  // namespace arbiter
