#include "probe/session/liveness.h"

#include <algorithm>

namespace probe::session {

void Liveness::Begin(Duration absent_after, Instant now) {
  absent_after_ = absent_after > Duration::zero() ? std::max(absent_after, kShortest) : Duration::zero();
  heard_ = now;
  checked_ = now;
}

bool Liveness::Check(Instant now) {
  const Duration passed = now - checked_;
  checked_ = now;
  if (passed > kCheckedWithin) heard_ = std::min(now, heard_ + passed);
  return absent_after_ > Duration::zero() && now - heard_ >= absent_after_;
}

std::optional<Instant> Liveness::Deadline() const {
  if (absent_after_ == Duration::zero()) return std::nullopt;
  return heard_ + absent_after_;
}

}  // namespace probe::session
