// How many may come at once, and how many a second after that.
#ifndef ARBITER_SERVER_PACE_H_
#define ARBITER_SERVER_PACE_H_

#include <algorithm>
#include <chrono>

#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

// A token bucket that is full at first. It reads no clock. Not thread-safe.
class Pace {
 public:
  // Both from 1.
  Pace(int at_once, int a_second)
      : interval_(core::Duration(std::chrono::seconds(1)) / a_second), ahead_((at_once - 1) * interval_) {}

  // Zero: one may be taken now. Else how long until one may.
  [[nodiscard]] core::Duration Wait(core::Instant now) const {
    return std::max(core::Duration::zero(), due_ - ahead_ - now);
  }

  // To be called when Wait is zero.
  void Take(core::Instant now) { due_ = std::max(due_, now) + interval_; }

 private:
  const core::Duration interval_;
  const core::Duration ahead_;  // of `due_`: how early one may be taken
  core::Instant due_{};         // of the next one, were all taken one by one
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PACE_H_
