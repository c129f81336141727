// Numbers that depend on the seed alone, on every platform.
#ifndef TESTS_SIM_RANDOM_H_
#define TESTS_SIM_RANDOM_H_

#include <chrono>
#include <cstdint>

namespace sim {

using Duration = std::chrono::nanoseconds;

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  // In [0, bound); bound > 0.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }
  // In [low, high].
  Duration Between(Duration low, Duration high) {
    return low + Duration(static_cast<std::int64_t>(Below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
  bool Chance(double p) { return static_cast<double>(Next() >> 11) * 0x1.0p-53 < p; }

 private:
  std::uint64_t state_;
};

}  // namespace sim

#endif  // TESTS_SIM_RANDOM_H_
