// Connects notifications with the engine, the store and the log.
#ifndef ARBITER_SERVER_NOTIFICATION_WATCH_H_
#define ARBITER_SERVER_NOTIFICATION_WATCH_H_

#include "arbiter/core/vocabulary.h"
#include "arbiter/notify/notifier.h"
#include "arbiter/process/log.h"
#include "arbiter/server/engine_loop.h"

namespace arbiter::server {

// Not thread-safe. All parts outlive it; the notifier is stopped when it goes, which has to be before the loop is.
class NotificationWatch {
 public:
  NotificationWatch(notify::Notifier* notifier, EngineLoop* loop, const process::Log* log,
                    const store::Remembered& remembered);
  ~NotificationWatch();
  NotificationWatch(const NotificationWatch&) = delete;
  NotificationWatch& operator=(const NotificationWatch&) = delete;

  // How often configurations are compared: they change seldom, and the comparison looks at all nodes.
  static constexpr core::Duration kCompareEvery = std::chrono::seconds(15);

  // Once a second or so.
  void Tick(core::Instant now);

 private:
  notify::Notifier* const notifier_;
  EngineLoop* const loop_;
  core::Instant compare_at_{};
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_NOTIFICATION_WATCH_H_
