#include "arbiter/notify/backoff.h"

#include <algorithm>

namespace arbiter::notify {

absl::Duration Backoff::Failed() {
  const absl::Duration wait = next_ * std::uniform_real_distribution<double>(0.5, 1)(random_);
  next_ = std::min(next_ * 2, waits_.longest);
  return wait;
}

}  // namespace arbiter::notify
