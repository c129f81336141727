#include "probe/keepalived/run_watch.h"

namespace probe::keepalived {

void RunWatch::See(const RunSample& sample, Instant now) {
  const bool same = last_.has_value() && last_->pid == sample.pid && last_->start_ticks == sample.start_ticks &&
                    last_->time_slices == sample.time_slices;
  if (!sample.WantsToRun()) {
    since_.reset();
  } else if (!same || !since_.has_value()) {
    since_ = now;
  }
  last_ = sample;
}

std::chrono::nanoseconds RunWatch::StandsStillFor(Instant now) const {
  return since_.has_value() ? now - *since_ : std::chrono::nanoseconds(0);
}

}  // namespace probe::keepalived
