// Whether the probe lives and does its work, for those who ask over HTTP.
#ifndef PROBE_DAEMON_HEALTH_H_
#define PROBE_DAEMON_HEALTH_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/process/http_endpoint.h"

namespace probe::daemon {

// The probe's work at one moment.
struct HealthView {
  std::vector<std::string> interfaces;  // that are listened on
  std::vector<std::string> problems;    // of others
  absl::Status addresses;               // of the watch over links and addresses
  bool attached = false;                // to an arbiter
};

// The loop shows what is; others ask from their own threads.
class Health {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // The loop shows something every second; it has stopped when it does not for so long.
  static constexpr std::chrono::seconds kAliveWithin{10};

  explicit Health(Instant now) : shown_at_(now) {}

  void Show(HealthView view, Instant now);

  using Answer = arbiter::process::HealthAnswer;
  // The loop runs.
  [[nodiscard]] Answer Alive(Instant now) const;
  // It listens somewhere and sees addresses change. That no arbiter is there is said and does not count: a dead arbiter
  // must not take the probes with it.
  [[nodiscard]] Answer Ready(Instant now) const;

 private:
  mutable absl::Mutex mutex_;
  Instant shown_at_ ABSL_GUARDED_BY(mutex_);
  std::optional<HealthView> view_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HEALTH_H_
