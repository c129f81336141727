// The newest events for operators: what the core noted, with calendar time, and who waits for more.
#ifndef ARBITER_SERVER_EVENT_LOG_H_
#define ARBITER_SERVER_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "arbiter/core/effect.h"

namespace arbiter::server {

struct LoggedEvent {
  std::uint64_t number = 0;  // grows by one with each event
  absl::Time at;
  core::Note note;
};

// Somebody who reads events. Wake is called without a lock, from the thread that appended.
class EventWatcher {
 public:
  EventWatcher() = default;
  EventWatcher(const EventWatcher&) = delete;
  EventWatcher& operator=(const EventWatcher&) = delete;
  virtual ~EventWatcher() = default;

  virtual void Wake() = 0;
};

// Thread-safe. Keeps the newest `capacity` events: who reads too slowly misses some, and can tell by their numbers.
class EventLog {
 public:
  explicit EventLog(std::size_t capacity = 2'000) : capacity_(capacity) {}

  void Append(const core::Note& note, absl::Time at);

  // The oldest event that is kept with at least this number; nullopt when there is none yet.
  [[nodiscard]] std::optional<LoggedEvent> At(std::uint64_t number) const;

  // The number of the first of the newest `backlog` events of a cluster (empty: of any), or of the next to come.
  [[nodiscard]] std::uint64_t StartOf(std::size_t backlog, const std::string& cluster) const;

  // The number that the next event will have.
  [[nodiscard]] std::uint64_t Next() const;

  // Has every watcher look again, also when nothing was appended.
  void WakeAll() const;

  // False when there are `limit` watchers already.
  bool Watch(const std::shared_ptr<EventWatcher>& watcher, std::size_t limit);
  void Unwatch(const EventWatcher* watcher);

 private:
  const std::size_t capacity_;
  mutable absl::Mutex mutex_;
  std::deque<LoggedEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<std::shared_ptr<EventWatcher>> watchers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_EVENT_LOG_H_
