// How often something may happen: so many times at once, and so many a second after that.
#ifndef PROBE_OBSERVE_TOKEN_BUCKET_H_
#define PROBE_OBSERVE_TOKEN_BUCKET_H_

#include <algorithm>
#include <chrono>

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;

struct Rate {
  double a_second = 0;
  double at_once = 0;
};

// A value. Full at first; `now` never goes back.
class TokenBucket {
 public:
  TokenBucket(const Rate& rate, Instant now) : rate_(rate), tokens_(rate.at_once), filled_(now) {}

  // Whether it may happen now; counts it if so.
  bool Take(Instant now) {
    const std::chrono::duration<double> passed = now - filled_;
    filled_ = now;
    tokens_ = std::min(rate_.at_once, tokens_ + rate_.a_second * passed.count());
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  Rate rate_;
  double tokens_;
  Instant filled_;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_TOKEN_BUCKET_H_
