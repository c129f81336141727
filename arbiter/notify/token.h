// The bearer token that a webhook shows its receiver.
#ifndef ARBITER_NOTIFY_TOKEN_H_
#define ARBITER_NOTIFY_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"

namespace arbiter::notify {

// The one line of the file, without the space around it. Unavailable says what is wrong with the file; nothing of what
// is in it.
absl::StatusOr<std::string> ReadToken(const std::string& path);

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_TOKEN_H_
