// The simulated time and what is to happen in it. Equal times run in the order in which they were asked for.
#ifndef TESTS_SIM_SCHEDULE_H_
#define TESTS_SIM_SCHEDULE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace sim {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

class Schedule {
 public:
  [[nodiscard]] Instant now() const { return now_; }

  void At(Instant when, std::function<void()> what) {
    queue_.emplace(std::make_pair(when < now_ ? now_ : when, ++order_), std::move(what));
  }
  void After(Duration delay, std::function<void()> what) { At(now_ + delay, std::move(what)); }

  // Runs the next thing if it is due by `end`; else sets the time to `end` and returns false.
  bool RunNext(Instant end) {
    if (queue_.empty() || queue_.begin()->first.first > end) {
      now_ = end;
      return false;
    }
    auto next = queue_.extract(queue_.begin());
    now_ = next.key().first;
    next.mapped()();
    return true;
  }

 private:
  Instant now_{std::chrono::hours(1)};
  std::uint64_t order_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> queue_;
};

}  // namespace sim

#endif  // TESTS_SIM_SCHEDULE_H_
