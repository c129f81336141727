// The one clock of the lab: CLOCK_MONOTONIC, which every namespace and every thread shares.
#ifndef TESTS_LAB_INSTANT_H_
#define TESTS_LAB_INSTANT_H_

#include <chrono>

namespace lab {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

inline Instant Now() { return std::chrono::steady_clock::now(); }

// For figures and messages.
inline double Milliseconds(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

}  // namespace lab

#endif  // TESTS_LAB_INSTANT_H_
