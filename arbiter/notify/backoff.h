// How long to wait before the next attempt.
#ifndef ARBITER_NOTIFY_BACKOFF_H_
#define ARBITER_NOTIFY_BACKOFF_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace arbiter::notify {

// Doubles with each failure up to `longest`; each wait is a random part of it, half of it at least, so that arbiters
// and targets that failed together do not try again together. Not thread-safe.
class Backoff {
 public:
  struct Waits {
    absl::Duration first = absl::Seconds(1);
    absl::Duration longest = absl::Minutes(5);
  };
  Backoff(const Waits& waits, std::uint64_t seed) : waits_(waits), next_(waits.first), random_(seed) {}

  // An attempt failed: the wait before the next one.
  [[nodiscard]] absl::Duration Failed();
  void Succeeded() { next_ = waits_.first; }

 private:
  Waits waits_;
  absl::Duration next_;
  std::mt19937_64 random_;
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_BACKOFF_H_
