#include "arbiter/server/known_vips_pace.h"

#include <algorithm>
#include <cstdint>

namespace arbiter::server {

std::optional<core::Instant> KnownVipsPace::Due() const {
  std::optional<core::Instant> due;
  for (const auto& [cluster, round] : rounds_) {
    if (round.waiting && (!due.has_value() || round.due < *due)) {
      due = round.due;
    }
  }
  return due;
}

std::vector<std::string> KnownVipsPace::Take(core::Instant now) {
  // Only what is to be told, or was told just now, stays: this is looked through at every turn, and clusters are many.
  std::erase_if(rounds_, [now](const auto& entry) { return !entry.second.waiting && entry.second.due <= now; });
  std::vector<std::string> clusters;
  for (auto& [cluster, round] : rounds_) {
    if (round.waiting && round.due <= now) {
      clusters.push_back(cluster);
      round.waiting = false;
    }
  }
  return clusters;
}

void KnownVipsPace::Told(const std::string& cluster, core::Instant now, std::size_t probes, std::size_t vips) {
  const core::Duration pause = kForEach * static_cast<std::int64_t>(probes * vips);
  rounds_[cluster].due = now + std::max(kEvery, pause);
}

}  // namespace arbiter::server
