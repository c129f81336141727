#include "probe/keepalived/fingerprint.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace probe::keepalived {
namespace {

constexpr std::size_t kKeptBytes = 8;

}  // namespace

absl::StatusOr<std::string> Fingerprint(absl::Span<const std::uint8_t> key, const Authentication& authentication) {
  if (authentication.type == AuthType::kNone) {
    return std::string("none");
  }
  if (key.empty()) {
    return absl::InvalidArgumentError("make the fingerprint of a VRRP password: the key is empty");
  }
  const absl::string_view type = NameOf(authentication.type);
  std::vector<std::uint8_t> message(type.begin(), type.end());
  message.push_back(0);  // no type is the beginning of another one and its password
  const absl::Span<const std::uint8_t> password = authentication.password.bytes();
  message.reserve(message.size() + password.size());
  message.insert(message.end(), password.begin(), password.end());
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(),
                                   message.size(), digest.data(), &length);
  OPENSSL_cleanse(message.data(), message.size());
  if (made == nullptr || length < kKeptBytes) {
    return absl::InternalError("make the fingerprint of a VRRP password: HMAC-SHA-256 failed");
  }
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), kKeptBytes));
}

}  // namespace probe::keepalived
