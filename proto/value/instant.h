// Time as pure code knows it: it never reads a clock, `now` comes in with every event.
#ifndef PROTO_VALUE_INSTANT_H_
#define PROTO_VALUE_INSTANT_H_

#include <chrono>

namespace arbiter {

// A point of monotonic time; only differences mean something.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;
// A node's CLOCK_BOOTTIME: goes on over a restart of the probe and begins anew with the node.
using BootTime = std::chrono::nanoseconds;

}  // namespace arbiter

#endif  // PROTO_VALUE_INSTANT_H_
