#include "probe/daemon/concern.h"

#include <algorithm>
#include <utility>

namespace probe::daemon {

void Concern::Merge(Concern other) {
  all = all || other.all;
  vips.merge(other.vips);
}

std::optional<Concern> ConcernPace::Add(Concern concern, Instant now) {
  if (!waiting_) waiting_.emplace();
  waiting_->Merge(std::move(concern));
  if (waiting_->vips.size() > kMostVips) waiting_ = Concern{true, {}};
  return TakeDue(now);
}

std::optional<Concern> ConcernPace::TakeDue(Instant now) {
  if (now < due_) return std::nullopt;
  return TakeAll(now);
}

std::optional<Concern> ConcernPace::TakeFor(const std::vector<arbiter::IpAddress>& vips, Instant now) {
  if (!waiting_) return std::nullopt;
  const bool concerned = std::any_of(vips.begin(), vips.end(),
                                     [this](const arbiter::IpAddress& vip) { return waiting_->vips.contains(vip); });
  if (!waiting_->all && !concerned) return std::nullopt;
  return TakeAll(now);
}

std::optional<Concern> ConcernPace::TakeAll(Instant now) {
  if (waiting_) due_ = now + kPause;
  return std::exchange(waiting_, std::nullopt);
}

}  // namespace probe::daemon
