#include "probe/observe/flood_watch.h"

#include <utility>

namespace probe::observe {

std::optional<FloodWatch::News> FloodWatch::Look(std::uint64_t passed_over, Instant now) {
  const bool flooded = std::exchange(passed_over_before_, passed_over) != passed_over;
  if (flooded) newest_ = now;
  const bool over = told_at_ && now - newest_ >= kIsOverAfter;
  const bool due = !told_at_ || now - *told_at_ >= kTellEvery;
  if (!over && !(flooded && due)) return std::nullopt;
  told_at_ = over ? std::nullopt : std::optional(now);
  return News{over, passed_over - std::exchange(passed_over_then_, passed_over)};
}

}  // namespace probe::observe
