#include "arbiter/server/repeat_limit.h"

#include <algorithm>
#include <utility>

namespace arbiter::server {

RateLimit::Verdict RepeatLimit::Ask(const std::string& what, core::Instant now) {
  const absl::MutexLock lock(&mutex_);
  const auto [found, fresh] = entries_.try_emplace(what, Entry{now});
  if (fresh) {
    MakeRoom();
    return {.show = true};
  }
  Entry& entry = found->second;
  if (now - entry.shown < period_) {
    ++entry.not_shown;
    return {};
  }
  entry.shown = now;
  return {.show = true, .not_shown = std::exchange(entry.not_shown, 0)};
}

void RepeatLimit::MakeRoom() {
  if (entries_.size() <= capacity_) {
    return;
  }
  entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                  [](const auto& a, const auto& b) { return a.second.shown < b.second.shown; }));
}

}  // namespace arbiter::server
