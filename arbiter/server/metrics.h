// What the arbiter counts, for Prometheus. Gauges of the cluster view are made when somebody scrapes.
#ifndef ARBITER_SERVER_METRICS_H_
#define ARBITER_SERVER_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/notify/courier.h"

namespace arbiter::server {

// The state of the moment of a scrape.
struct MetricsView {
  std::vector<core::ClusterView> clusters;
  std::size_t streams = 0;
  std::uint64_t term = 0;
  std::uint64_t log_lines_lost = 0;
  std::uint64_t audit_entries_lost = 0;
  bool store_writable = true;
  std::vector<notify::TargetStatus> notifications{};
};

// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // One event through the engine, its effects not included.
  void Step(core::Duration took);
  // How long an event waited for the engine's thread.
  void Waited(core::Duration waited);
  void Event(const std::string& kind);
  // outcome: "done", "refused", "failed", "undeliverable" or "limited".
  void Directive(absl::string_view kind, absl::string_view outcome);
  void DirectiveTook(absl::string_view kind, core::Duration took);
  // From a question to a node's answer.
  void AffirmationTook(core::Duration took);
  // A stream that was refused or cut off; reason: the name of its status code.
  void StreamEnded(const std::string& reason);

  // The text format of Prometheus.
  [[nodiscard]] std::string Render(const MetricsView& view) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_METRICS_H_
