// Keeps repeated faults from filling the log: some lines a period, then a count.
#ifndef ARBITER_SERVER_RATE_LIMIT_H_
#define ARBITER_SERVER_RATE_LIMIT_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

// Thread-safe.
class RateLimit {
 public:
  RateLimit(std::uint64_t lines, core::Duration period) : lines_(lines), period_(period) {}

  struct Verdict {
    bool show = false;
    std::uint64_t not_shown = 0;  // how many were swallowed in the period that is over; told once
  };
  Verdict Ask(core::Instant now) {
    const absl::MutexLock lock(&mutex_);
    Verdict verdict;
    if (now - began_ > period_) {
      verdict.not_shown = asked_ > lines_ ? asked_ - lines_ : 0;
      began_ = now;
      asked_ = 0;
    }
    verdict.show = ++asked_ <= lines_;
    return verdict;
  }

 private:
  const std::uint64_t lines_;
  const core::Duration period_;
  absl::Mutex mutex_;
  core::Instant began_ ABSL_GUARDED_BY(mutex_){};
  std::uint64_t asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_RATE_LIMIT_H_
