// Keeps one fault of one peer from being logged again and again.
#ifndef ARBITER_SERVER_REPEAT_LIMIT_H_
#define ARBITER_SERVER_REPEAT_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/server/rate_limit.h"

namespace arbiter::server {

// Thread-safe. What is the same is shown once a period, with how often it came in between. Remembers at most `capacity`
// different ones: of more, the one that was shown longest ago is forgotten.
class RepeatLimit {
 public:
  RepeatLimit(core::Duration period, std::size_t capacity) : period_(period), capacity_(capacity) {}

  RateLimit::Verdict Ask(const std::string& what, core::Instant now);

 private:
  struct Entry {
    core::Instant shown{};
    std::uint64_t not_shown = 0;
  };
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const core::Duration period_;
  const std::size_t capacity_;
  absl::Mutex mutex_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_REPEAT_LIMIT_H_
