#include "probe/daemon/health.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/value/duration.h"

namespace probe::daemon {

void Health::Show(HealthView view, Instant now) {
  const absl::MutexLock lock(&mutex_);
  view_ = std::move(view);
  shown_at_ = now;
}

Health::Answer Health::Alive(Instant now) const {
  const absl::MutexLock lock(&mutex_);
  const auto silent_for = std::chrono::duration_cast<std::chrono::seconds>(now - shown_at_);
  if (silent_for < kAliveWithin) return {true, "ok"};
  return {false, absl::StrCat("the probe's loop has stood still for ", arbiter::FormatDuration(silent_for))};
}

Health::Answer Health::Ready(Instant now) const {
  Answer alive = Alive(now);
  if (!alive.good) return alive;
  const absl::MutexLock lock(&mutex_);
  if (!view_) return {false, "starting"};
  if (!view_->addresses.ok()) {
    return {false, absl::StrCat("addresses are not watched: ", std::string(view_->addresses.message()))};
  }
  const std::string problems = view_->problems.empty() ? "" : absl::StrCat("; ", absl::StrJoin(view_->problems, "; "));
  if (view_->interfaces.empty()) return {false, absl::StrCat("listens on no interface", problems)};
  return {true, absl::StrCat("ok: listens on ", absl::StrJoin(view_->interfaces, ", "), "; ",
                             view_->attached ? "attached to an arbiter" : "attached to no arbiter", problems)};
}

}  // namespace probe::daemon
