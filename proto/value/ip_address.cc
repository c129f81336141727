#include "proto/value/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace arbiter {

absl::StatusOr<IpAddress> IpAddress::Parse(absl::string_view text) {
  const std::string copy(text);  // inet_pton wants a terminated string
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) return FromV4(v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, copy.c_str(), &v6) == 1) return FromV6(v6);
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not an IP address (write 192.0.2.1 or 2001:db8::1, with no prefix length)"));
}

absl::StatusOr<IpAddress> IpAddress::FromBytes(absl::Span<const std::uint8_t> bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) {
    return absl::InvalidArgumentError(absl::StrCat("an IP address has 4 or 16 bytes, not ", bytes.size()));
  }
  IpAddress result;
  result.family_ = bytes.size() == 4 ? Family::kV4 : Family::kV6;
  std::copy(bytes.begin(), bytes.end(), result.bytes_.begin());
  return result;
}

IpAddress IpAddress::FromV4(const in_addr& address) {
  IpAddress result;
  std::memcpy(result.bytes_.data(), &address, sizeof address);
  return result;
}

IpAddress IpAddress::FromV6(const in6_addr& address) {
  IpAddress result;
  result.family_ = Family::kV6;
  std::memcpy(result.bytes_.data(), &address, sizeof address);
  return result;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

bool IpAddress::SamePrefix(const IpAddress& other, int prefix_length) const {
  if (family_ != other.family_) return false;
  int left = prefix_length;
  for (std::size_t i = 0; i < bytes().size() && left > 0; ++i, left -= 8) {
    const unsigned mask = left >= 8 ? 0xffU : (0xff00U >> static_cast<unsigned>(left)) & 0xffU;
    if (((static_cast<unsigned>(bytes_[i]) ^ static_cast<unsigned>(other.bytes_[i])) & mask) != 0U) return false;
  }
  return true;
}

bool IpAddress::IsLoopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t b) { return b == 0; }) && bytes_[15] == 1;
}

bool IpAddress::IsLinkLocal() const {
  if (is_v4()) return bytes_[0] == 169 && bytes_[1] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;
}

bool IpAddress::IsMulticast() const { return is_v4() ? (bytes_[0] & 0xf0U) == 0xe0 : bytes_[0] == 0xff; }

bool IpAddress::IsUnspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace arbiter
