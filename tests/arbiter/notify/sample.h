// A notification with all that a split has.
#ifndef TESTS_ARBITER_NOTIFY_SAMPLE_H_
#define TESTS_ARBITER_NOTIFY_SAMPLE_H_

#include <string>

#include "absl/time/clock.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

inline store::Notification SampleSplit(const std::string& id = "w1-8-1", absl::Time at = absl::Now()) {
  store::Notification n;
  n.id = id;
  n.event = "split";
  n.arbiter = "w1";
  n.cluster = "prod";
  n.vip = "192.0.2.10";
  n.incident = "8-1";
  n.summary = "More than one node answers for 192.0.2.10 in cluster prod";
  n.description = "192.0.2.10 is on a and b";
  n.cause = "VRID_MISMATCH";
  n.advice = "give both \"virtual_router_id 66\"";
  n.at = at;
  return n;
}

inline store::Notification SampleHealed(const std::string& id = "w1-8-2", absl::Time at = absl::Now()) {
  store::Notification n = SampleSplit(id, at);
  n.event = "healed";
  n.resolved = true;
  n.summary = "The split of 192.0.2.10 is healed";
  return n;
}

}  // namespace arbiter::notify

#endif  // TESTS_ARBITER_NOTIFY_SAMPLE_H_
