// JSON as the bodies of notifications need it.
#ifndef ARBITER_NOTIFY_JSON_TEXT_H_
#define ARBITER_NOTIFY_JSON_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace arbiter::notify {

// In quotes. Bytes that are no UTF-8 become U+FFFD: what a node reported must not make a body unreadable.
std::string JsonString(absl::string_view text);

// An object of texts, in the order given; empty ones are left out.
std::string JsonObject(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_JSON_TEXT_H_
