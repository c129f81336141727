#include "probe/daemon/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

#include "arbiter/process/metric_values.h"

namespace probe::daemon {
namespace {

using arbiter::process::Counter;
using arbiter::process::Gauge;
using arbiter::process::MetricValues;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Adverts(const MetricsView& view) {
  MetricValues family(
      MetricType::Counter, "arbiter_probe_adverts_total",
      "Adverts, by where they were seen: sent by this node, heard on the wire, delivered by its packet filter.");
  family.Add({{"seen", "sent"}}, static_cast<double>(view.adverts_sent));
  family.Add({{"seen", "heard"}}, static_cast<double>(view.adverts_heard));
  family.Add({{"seen", "delivered"}}, static_cast<double>(view.adverts_delivered));
  return family.Take();
}

MetricFamily Dropped(const MetricsView& view) {
  MetricValues family(MetricType::Counter, "arbiter_probe_adverts_dropped_total",
                      "Adverts heard that a VRRP daemon drops, by reason; over-budget: not read, there were too many.");
  for (const auto& [reason, count] : view.adverts_dropped) {
    family.Add({{"reason", reason}}, static_cast<double>(count));
  }
  return family.Take();
}

}  // namespace

void Metrics::Show(const MetricsView& view) {
  const absl::MutexLock lock(&mutex_);
  view_ = view;
}

std::string Metrics::Render() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<MetricFamily> families;
  families.push_back(
      MetricValues(MetricType::Gauge, "arbiter_probe_info", "Always 1; the labels say which probe this is.")
          .Add({{"cluster", origin_.cluster}, {"node", origin_.node}, {"version", origin_.version}}, 1)
          .Take());
  families.push_back(
      Gauge("arbiter_probe_attached", "1 while the session with an arbiter is connected.", view_.attached ? 1 : 0));
  families.push_back(Gauge("arbiter_probe_newest_term", "The newest term seen of an arbiter.", view_.newest_term));
  families.push_back(Gauge("arbiter_probe_holds", "VIPs that this node must not hold until released.", view_.holds));
  families.push_back(Gauge("arbiter_probe_gates_shut", "VIPs whose gate is shut on this node.", view_.gates_shut));
  families.push_back(Gauge("arbiter_probe_interfaces", "Interfaces that are listened on.", view_.interfaces));
  families.push_back(
      Gauge("arbiter_probe_vrrp_daemon_running", "1 while the VRRP daemon runs.", view_.daemon_running ? 1 : 0));
  families.push_back(Adverts(view_));
  families.push_back(Dropped(view_));
  families.push_back(Counter("arbiter_probe_claims_passed_over_total",
                             "ARP and neighbour discovery packets that were not read, there were too many.",
                             view_.claims_passed_over));
  families.push_back(Counter("arbiter_probe_packets_dropped_total", "Captured packets lost before the probe read them.",
                             view_.packets_dropped));
  families.push_back(Counter("arbiter_probe_netlink_overruns_total",
                             "Times that address changes were lost and all was read anew.", view_.netlink_overruns));
  families.push_back(Counter("arbiter_probe_gate_restores_total",
                             "Times that somebody else removed a shut gate and it was put back.", view_.gate_restores));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace probe::daemon
