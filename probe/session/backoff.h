// How long to wait before the next attempt to reach an arbiter.
#ifndef PROBE_SESSION_BACKOFF_H_
#define PROBE_SESSION_BACKOFF_H_

#include <chrono>
#include <cstdint>
#include <random>

namespace probe::session {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// Doubles from kFirst to kLongest, each shortened by a random part of up to a half, so that the probes of a whole
// installation do not come back in the same moment. kLongest is what an operator waits for after an arbiter's return.
class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::milliseconds(200);
  static constexpr Duration kLongest = std::chrono::milliseconds(2500);

  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  // The wait before the next attempt.
  Duration Next();
  // A wait around `about`, with the same jitter, for what will not get better by itself soon. Does not double anything.
  Duration Around(Duration about);
  // It went well: begin anew.
  void Reset() { next_ = kFirst; }

 private:
  Duration next_ = kFirst;
  std::mt19937_64 random_;
};

}  // namespace probe::session

#endif  // PROBE_SESSION_BACKOFF_H_
