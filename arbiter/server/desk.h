// The threads that serve operators: they may wait, and what they wait for delays no probe.
#ifndef ARBITER_SERVER_DESK_H_
#define ARBITER_SERVER_DESK_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace arbiter::server {

// Thread-safe.
class Desk {
 public:
  // At most `capacity` requests wait.
  Desk(std::size_t threads, std::size_t capacity);
  // Serves what waits, then ends.
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // False when too many wait already, or the desk is closing.
  [[nodiscard]] bool Serve(std::function<void()> request);

 private:
  void Run();
  [[nodiscard]] bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closing_ || !waiting_.empty(); }

  const std::size_t capacity_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // last: they use the rest
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_DESK_H_
