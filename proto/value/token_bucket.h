// How often something may happen: so many times at once, and so many a second after that.
#ifndef PROTO_VALUE_TOKEN_BUCKET_H_
#define PROTO_VALUE_TOKEN_BUCKET_H_

#include <algorithm>
#include <chrono>

namespace arbiter {

struct Rate {
  double a_second = 0;
  double at_once = 0;  // from 1
};

// A value; it reads no clock. Full at first; `now` never goes back.
class TokenBucket {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;

  explicit TokenBucket(const Rate& rate)
      : interval_(In(1 / rate.a_second)), ahead_(In((rate.at_once - 1) / rate.a_second)) {}

  // Zero: it may happen now. Else how long until it may.
  [[nodiscard]] Duration Wait(Instant now) const { return std::max(Duration::zero(), due_ - ahead_ - now); }

  // Whether it may happen now; counts it if so.
  bool Take(Instant now) {
    if (Wait(now) > Duration::zero()) return false;
    due_ = std::max(due_, now) + interval_;
    return true;
  }

 private:
  static Duration In(double seconds) { return std::chrono::round<Duration>(std::chrono::duration<double>(seconds)); }

  Duration interval_;
  Duration ahead_;  // of `due_`: how early one may be taken
  Instant due_{};   // of the next one, were all taken one by one
};

}  // namespace arbiter

#endif  // PROTO_VALUE_TOKEN_BUCKET_H_
