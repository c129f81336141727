// What the probe shows to Prometheus.
#ifndef PROBE_DAEMON_METRICS_H_
#define PROBE_DAEMON_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "arbiter/client/endpoint.h"

namespace prometheus {
class Exposer;
}

namespace probe::daemon {

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

// Answers GET /metrics from threads of its own, with the view that was shown last.
class Metrics {
 public:
  // nullopt: listens nowhere. The status says why the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Metrics>> Open(const std::optional<arbiter::client::Endpoint>& listen,
                                                       const MetricsOrigin& origin);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void Show(const MetricsView& view);

 private:
  class Page;
  explicit Metrics(const MetricsOrigin& origin);

  const std::shared_ptr<Page> page_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_METRICS_H_
