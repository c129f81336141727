// What a node says of a password: enough to see whether two nodes use the same one, and nothing else.
#ifndef PROBE_KEEPALIVED_FINGERPRINT_H_
#define PROBE_KEEPALIVED_FINGERPRINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/keepalived/config.h"

namespace probe::keepalived {

// HMAC-SHA-256 (RFC 2104) of the authentication type and the password under `key`, cut to 8 bytes, as 16 hexadecimal
// digits. Two nodes that share the key get the same text when, and but for chance only when, their daemons accept each
// other's authentication. "none" when there is no authentication. The key must be secret: eight characters can be
// guessed by whoever has it. InvalidArgument for an empty key, Internal when libcrypto fails.
absl::StatusOr<std::string> Fingerprint(absl::Span<const std::uint8_t> key, const Authentication& authentication);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_FINGERPRINT_H_
