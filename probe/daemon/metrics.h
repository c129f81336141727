// What the probe shows to Prometheus.
#ifndef PROBE_DAEMON_METRICS_H_
#define PROBE_DAEMON_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace probe::daemon {

// The reason for which an advert is dropped that was not read, for there were too many (observe::AdvertBudget).
inline constexpr char kOverBudget[] = "over-budget";

// The probe at one moment; counts are since its start.
struct MetricsView {
  bool attached = false;
  std::uint64_t newest_term = 0;
  std::size_t holds = 0;
  std::size_t gates_shut = 0;
  std::size_t interfaces = 0;
  bool daemon_running = false;
  std::uint64_t adverts_sent = 0;
  std::uint64_t adverts_heard = 0;
  std::uint64_t adverts_delivered = 0;
  std::map<std::string, std::uint64_t> adverts_dropped;  // by reason
  std::uint64_t claims_passed_over = 0;
  std::uint64_t packets_dropped = 0;
  std::uint64_t netlink_overruns = 0;
  std::uint64_t gate_restores = 0;
};

// Who shows them.
struct MetricsOrigin {
  std::string cluster;
  std::string node;
  std::string version;
};

// The view that was shown last, as Prometheus reads it. Thread-safe.
class Metrics {
 public:
  explicit Metrics(MetricsOrigin origin) : origin_(std::move(origin)) {}

  void Show(const MetricsView& view);
  [[nodiscard]] std::string Render() const;

 private:
  const MetricsOrigin origin_;
  mutable absl::Mutex mutex_;
  MetricsView view_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_METRICS_H_
