#include "arbiter/server/event_log.h"

#include <algorithm>

namespace arbiter::server {

void EventLog::Append(const core::Note& note, absl::Time at) {
  {
    const absl::MutexLock lock(&mutex_);
    events_.push_back({next_++, at, note});
    if (events_.size() > capacity_) {
      events_.pop_front();
    }
  }
  WakeAll();
}

void EventLog::WakeAll() const {
  std::vector<std::shared_ptr<EventWatcher>> watchers;
  {
    const absl::MutexLock lock(&mutex_);
    watchers = watchers_;
  }
  for (const std::shared_ptr<EventWatcher>& watcher : watchers) {
    watcher->Wake();
  }
}

std::optional<LoggedEvent> EventLog::At(std::uint64_t number) const {
  const absl::MutexLock lock(&mutex_);
  if (number >= next_ || events_.empty()) {
    return std::nullopt;
  }
  const std::uint64_t oldest = events_.front().number;
  return events_[static_cast<std::size_t>(std::max(number, oldest) - oldest)];
}

std::uint64_t EventLog::StartOf(std::size_t backlog, const std::string& cluster) const {
  const absl::MutexLock lock(&mutex_);
  std::uint64_t start = next_;
  for (auto event = events_.rbegin(); event != events_.rend() && backlog > 0; ++event) {
    if (cluster.empty() || event->note.cluster == cluster) {
      start = event->number;
      --backlog;
    }
  }
  return start;
}

std::uint64_t EventLog::Next() const {
  const absl::MutexLock lock(&mutex_);
  return next_;
}

bool EventLog::Watch(const std::shared_ptr<EventWatcher>& watcher, std::size_t limit) {
  const absl::MutexLock lock(&mutex_);
  if (watchers_.size() >= limit) {
    return false;
  }
  watchers_.push_back(watcher);
  return true;
}

void EventLog::Unwatch(const EventWatcher* watcher) {
  std::shared_ptr<EventWatcher> released;  // its destructor runs without the lock
  const absl::MutexLock lock(&mutex_);
  const auto found =
      std::find_if(watchers_.begin(), watchers_.end(), [watcher](const auto& entry) { return entry.get() == watcher; });
  if (found != watchers_.end()) {
    released = std::move(*found);
    watchers_.erase(found);
  }
}

}  // namespace arbiter::server
