// Tells every target what it wants to know.
#ifndef ARBITER_NOTIFY_NOTIFIER_H_
#define ARBITER_NOTIFY_NOTIFIER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/notify/courier.h"
#include "arbiter/notify/limiter.h"
#include "arbiter/notify/mapping.h"
#include "arbiter/notify/target.h"
#include "arbiter/store/store.h"

namespace arbiter::notify {

// Thread-safe. Nothing here waits for a receiver or for the disk: what is new goes to the couriers' queues in memory
// and to `keep`, which makes it durable when the disk allows. What was kept and not forgotten is delivered by the next
// life: a receiver may get a notification twice, with the same id, and does not miss one.
class Notifier {
 public:
  struct Hooks {
    std::function<void(store::OutboxEntry entry)> keep;
    // Receivers are told of something that lasts, or that it is over.
    std::function<void(const store::Notification& notification)> told;
    std::function<void(const std::string& target, const std::string& id)> forget;
    std::function<void(bool trouble, const std::string& target, const std::string& text)> say;
  };

  Notifier(std::string arbiter, std::vector<Target> targets, const Courier::Limits& limits = {});
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Takes up what earlier lives left. Once, before all else.
  void Start(const store::Remembered& remembered, const Hooks& hooks);
  // Afterwards what comes is kept for the next life.
  void Stop();

  void OnEffects(const std::vector<core::Effect>& effects);
  // The clusters as they are now: mismatches of their configurations are looked for.
  void OnClusters(const std::vector<core::ClusterView>& clusters);
  // Once a second or so: sends what was held because it flapped, and what has lasted long enough to be told.
  void Tick(core::Instant now);

  [[nodiscard]] bool has_targets() const { return !targets_.empty(); }
  [[nodiscard]] std::vector<TargetStatus> Status() const;

 private:
  void Send(std::vector<store::Notification> notifications, core::Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Hand(store::Notification notification) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] bool AnybodyWants(const std::string& event) const;
  void KeepFiring(const store::Notification& notification) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeUp(const store::Remembered& remembered) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string arbiter_;
  const std::vector<Target> targets_;
  const Courier::Limits limits_;
  Hooks hooks_;  // set by Start
  mutable absl::Mutex mutex_;
  Mapping mapping_ ABSL_GUARDED_BY(mutex_);
  Limiter limiter_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t term_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Courier>> couriers_;  // set by Start
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_NOTIFIER_H_
