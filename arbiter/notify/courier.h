// Brings notifications to one target, on a thread of its own.
#ifndef ARBITER_NOTIFY_COURIER_H_
#define ARBITER_NOTIFY_COURIER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "arbiter/notify/backoff.h"
#include "arbiter/notify/body.h"
#include "arbiter/notify/delivery.h"
#include "arbiter/notify/target.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

// How things stand with a target, for metrics.
struct TargetStatus {
  std::string target;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;   // attempts
  std::uint64_t dropped = 0;  // given up: too many, too old, or refused by the receiver
  std::size_t waiting = 0;
  double oldest_seconds = 0;  // how long the first of those that wait has done so
};

// Thread-safe. Push never waits for the receiver. In order, each until it is acknowledged; of more than `most` that
// wait the oldest is dropped, as is one older than `oldest`. Alerts that fire are sent again every `repeat` while
// nothing else is to be sent.
class Courier {
 public:
  struct Limits {
    std::size_t most = 1'000;
    absl::Duration oldest = absl::Hours(24);
    absl::Duration repeat = kAlertRepeat;
    Backoff::Waits waits{};
  };
  struct Hooks {
    // It waits no longer: delivered or dropped.
    std::function<void(const std::string& target, const std::string& id)> forget;
    // Something to log; `trouble`: as a warning.
    std::function<void(bool trouble, const std::string& target, const std::string& text)> say;
  };

  Courier(const Target& target, std::unique_ptr<Delivery> delivery, const Limits& limits, Hooks hooks,
          std::uint64_t seed);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void Push(store::Notification notification);
  // The receiver knows of it already; its alert goes on firing.
  void KeepFiring(const store::Notification& notification);
  // Gives up what is under way, and leaves what waits where it is.
  void Stop();

  [[nodiscard]] TargetStatus Status() const;
  [[nodiscard]] const Target& target() const { return target_; }

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  // Until something is due, or Stop.
  void WaitForWork() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] absl::Duration UntilDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || news_; }
  void DeliverFirst();
  void RepeatAlerts();
  void Settle(const store::Notification& notification, const absl::Status& status);
  void NoteAlerts(const store::Notification& notification) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Dropped(const std::string& id, const std::string& why);

  const Target target_;
  const std::unique_ptr<Delivery> delivery_;
  const Limits limits_;
  const Hooks hooks_;
  std::atomic<bool> stopping_{false};
  mutable absl::Mutex mutex_;
  std::deque<store::Notification> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<AlertLabels, store::Notification> firing_ ABSL_GUARDED_BY(mutex_);
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool under_way_ ABSL_GUARDED_BY(mutex_) = false;  // the first one
  Clock::time_point try_at_ ABSL_GUARDED_BY(mutex_){};
  Clock::time_point repeat_at_ ABSL_GUARDED_BY(mutex_){};
  std::uint64_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  Backoff backoff_;       // of the thread
  bool failing_ = false;  // of the thread: so that a failure is logged once, and its end
  std::thread thread_;    // last: it uses the rest
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_COURIER_H_
