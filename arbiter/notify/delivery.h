// One attempt to hand a notification to its receiver.
#ifndef ARBITER_NOTIFY_DELIVERY_H_
#define ARBITER_NOTIFY_DELIVERY_H_

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "arbiter/notify/target.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

// Not thread-safe. Deliver waits for the receiver, no longer than the target's timeout, and gives up soon after
// `stopping` has become true. OK: the receiver has it. InvalidArgument: it never will (it understands and refuses).
// Everything else: try again. A status names no secret.
class Delivery {
 public:
  Delivery() = default;
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  virtual ~Delivery() = default;

  virtual absl::Status Deliver(const store::Notification& notification, const std::atomic<bool>& stopping) = 0;
};

// By HTTP POST: redirects are not followed, what the receiver answers is not kept, TLS is verified.
std::unique_ptr<Delivery> MakeWebhook(const Target& target);

// By a process without a shell: the notification as JSON on its stdin and as ARBITER_<FIELD> in its environment, PATH
// besides. Exit status 0 is the acknowledgement. Its group is killed at the timeout.
std::unique_ptr<Delivery> MakeCommand(const Target& target);

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_DELIVERY_H_
