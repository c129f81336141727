// When a flood is told of: as it begins, once a minute, and when it is over.
#ifndef PROBE_OBSERVE_FLOOD_WATCH_H_
#define PROBE_OBSERVE_FLOOD_WATCH_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;

// Of one kind of packets at one place. A value.
class FloodWatch {
 public:
  static constexpr std::chrono::minutes kTellEvery{1};
  static constexpr std::chrono::seconds kIsOverAfter{10};

  struct News {
    bool over = false;
    std::uint64_t not_read = 0;  // since the last news
  };

  // `passed_over`: how many were not read so far. To be called about once a second.
  std::optional<News> Look(std::uint64_t passed_over, Instant now);
  // Told of, and not over yet.
  [[nodiscard]] bool lasts() const { return told_at_.has_value(); }

 private:
  std::optional<Instant> told_at_;
  std::uint64_t passed_over_then_ = 0;
  std::uint64_t passed_over_before_ = 0;
  Instant newest_{};
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_FLOOD_WATCH_H_
