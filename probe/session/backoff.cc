#include "probe/session/backoff.h"

#include <algorithm>

namespace probe::session {

Duration Backoff::Next() {
  const Duration wait = Around(next_);
  next_ = std::min(next_ * 2, kLongest);
  return wait;
}

Duration Backoff::Around(Duration about) {
  return Duration(std::uniform_int_distribution<Duration::rep>(about.count() / 2, about.count())(random_));
}

}  // namespace probe::session
