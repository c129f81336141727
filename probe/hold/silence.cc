#include "probe/hold/silence.h"

#include <algorithm>

namespace probe::hold {
namespace {

Duration HalfOf(Duration limit) { return (limit + Duration(1)) / 2; }

}  // namespace

bool Silence::AskNow(Instant now, Duration limit) const {
  const bool is_time = Missed(now, limit) ? SilentFor(now) >= limit : now - answered_ >= limit / 2;
  return is_time && now >= not_before_;
}

void Silence::Asked(Instant now, Duration again_after) {
  asking_ = true;
  not_before_ = now + again_after;
}

void Silence::AskLater(Instant now, Duration again_after) {
  asking_ = false;
  not_before_ = now + again_after;
}

void Silence::Answered(Instant now) {
  answered_ = now;
  unanswered_ = 0;
}

void Silence::Vouched(Instant now) {
  if (unanswered_ == 0) answered_ = now;
}

Instant Silence::NextDeadline(Instant now, Duration limit) const {
  if (Missed(now, limit)) return std::max(heard_ + limit, not_before_);
  return std::min(heard_ + HalfOf(limit), std::max(answered_ + HalfOf(limit), not_before_));
}

}  // namespace probe::hold
