// Tells a process that wants to run and is not let from one that sleeps until something happens. Pure; not thread-safe.
#ifndef PROBE_KEEPALIVED_RUN_WATCH_H_
#define PROBE_KEEPALIVED_RUN_WATCH_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace probe::keepalived {

// One look at a process.
struct RunSample {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;
  char state = '?';               // as /proc has it
  std::uint64_t time_slices = 0;  // how often it was given a processor
  bool frozen_by_cgroup = false;  // it is shown as sleeping then

  // Uninterruptible, waiting for a processor, stopped, or in a frozen control group: not asleep by its own choice.
  [[nodiscard]] bool WantsToRun() const {
    return frozen_by_cgroup || state == 'D' || state == 'R' || state == 'T' || state == 't';
  }
};

class RunWatch {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  void See(const RunSample& sample, Instant now);
  // The process cannot be looked at.
  void Forget() { *this = RunWatch(); }

  // Since when every look found the process wanting to run, without a time slice between them; 0 where that is not so.
  [[nodiscard]] std::chrono::nanoseconds StandsStillFor(Instant now) const;

 private:
  std::optional<RunSample> last_;
  std::optional<Instant> since_;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_RUN_WATCH_H_
