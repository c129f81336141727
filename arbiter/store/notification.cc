#include "arbiter/store/notification.h"

#include "absl/strings/str_join.h"

namespace arbiter::store {

std::string ThingOf(const Notification& notification) {
  return absl::StrJoin({notification.event, notification.cluster, notification.node, notification.subject}, "\n");
}

}  // namespace arbiter::store
