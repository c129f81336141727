#include "arbiter/notify/event_name.h"

#include <algorithm>

#include "absl/strings/str_join.h"

namespace arbiter::notify {

bool IsEventName(absl::string_view name) {
  return std::find(kEventNames.begin(), kEventNames.end(), name) != kEventNames.end();
}

std::string EventNames() { return absl::StrJoin(kEventNames, ", "); }

}  // namespace arbiter::notify
