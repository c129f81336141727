// Time as the core knows it: it never reads a clock, `now` comes in with every event.
#ifndef ARBITER_CORE_INSTANT_H_
#define ARBITER_CORE_INSTANT_H_

#include <chrono>

namespace arbiter::core {

// A point of monotonic time; only differences mean something.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_INSTANT_H_
