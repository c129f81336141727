#include "probe/session/homeward.h"

namespace probe::session {

void Homeward::Attached(std::size_t place, Instant now) {
  place_ = place;
  sought_ = 0;
  answers_ = 0;
  looking_ = false;
  next_ = now + pace_.Around(kLookEvery);
}

std::optional<std::size_t> Homeward::LookFor(Instant now) {
  if (place_ == 0 || looking_ || now < next_) return std::nullopt;
  looking_ = true;
  return sought_;
}

bool Homeward::Answered(Instant now) {
  looking_ = false;
  next_ = now + pace_.Around(kLookEvery);
  return ++answers_ >= kAnswers;
}

void Homeward::Silent(Instant now) {
  looking_ = false;
  answers_ = 0;
  if (place_ > 0) sought_ = (sought_ + 1) % place_;
  next_ = now + pace_.Around(kLookEvery);
}

std::optional<Instant> Homeward::Deadline() const {
  if (place_ == 0 || looking_) return std::nullopt;
  return next_;
}

}  // namespace probe::session
