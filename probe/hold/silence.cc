#include "probe/hold/silence.h"

#include <algorithm>

namespace probe::hold {

bool Silence::AskNow(Instant now, Duration limit) const { return SilentFor(now) >= limit && now >= not_before_; }

void Silence::Asked(Instant now, Duration again_after) {
  asking_ = true;
  not_before_ = now + again_after;
}

void Silence::AskLater(Instant now, Duration again_after) {
  asking_ = false;
  not_before_ = now + again_after;
}

Instant Silence::NextDeadline(Instant now, Duration limit) const {
  if (!Uneasy(now, limit)) return heard_ + (limit + Duration(1)) / 2;
  return std::max(heard_ + limit, not_before_);
}

}  // namespace probe::hold
