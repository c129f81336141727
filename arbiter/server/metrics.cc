#include "arbiter/server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "arbiter/core/note_kinds.h"
#include "arbiter/process/metric_values.h"
#include "arbiter/server/notification_metrics.h"
#include "arbiter/wire/arbiter_message.h"
#include "proto/codec/enums.h"

namespace arbiter::server {
namespace {

using process::Counter;
using process::Gauge;
using process::MetricValues;
using prometheus::MetricFamily;
using prometheus::MetricType;

double Seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

const prometheus::Histogram::BucketBoundaries& StepBuckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets{1e-6, 2e-6, 5e-6, 1e-5, 2e-5,
                                                                5e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  return kBuckets;
}

const prometheus::Histogram::BucketBoundaries& WaitBuckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets{1e-5, 1e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2,
                                                                5e-2, 0.1,  0.2,  0.5,  1,    5};
  return kBuckets;
}

// "VIP_STATE_HELD" -> "held".
std::string StateLabel(const std::string& proto_name, std::size_t prefix) {
  return absl::AsciiStrToLower(proto_name.substr(prefix));
}

constexpr std::size_t kNodeStatePrefix = sizeof("NODE_STATE_") - 1;
constexpr std::size_t kVipStatePrefix = sizeof("VIP_STATE_") - 1;

MetricFamily Nodes(const MetricsView& view) {
  MetricValues family(MetricType::Gauge, "arbiter_nodes", "Nodes of a cluster, by the state of their probes.");
  for (const core::ClusterView& cluster : view.clusters) {
    for (const model::NodeState state : model::kNodeStates) {
      std::size_t count = 0;
      for (const core::NodeView& node : cluster.nodes) {
        count += node.state == state ? 1U : 0U;
      }
      family.Add({{"cluster", cluster.name},
                  {"state", StateLabel(v1::NodeState_Name(codec::ToProto(state)), kNodeStatePrefix)}},
                 static_cast<double>(count));
    }
  }
  return family.Take();
}

MetricFamily Vips(const MetricsView& view) {
  MetricValues family(MetricType::Gauge, "arbiter_vips", "VIPs of a cluster, by state.");
  for (const core::ClusterView& cluster : view.clusters) {
    for (const model::VipState state : model::kVipStates) {
      std::size_t count = 0;
      for (const core::VipView& vip : cluster.vips) {
        count += vip.state == state ? 1U : 0U;
      }
      family.Add(
          {{"cluster", cluster.name}, {"state", StateLabel(v1::VipState_Name(codec::ToProto(state)), kVipStatePrefix)}},
          static_cast<double>(count));
    }
  }
  return family.Take();
}

// One value a cluster.
template <typename Value>
MetricFamily PerCluster(const MetricsView& view, MetricType type, const char* name, const char* help, Value value) {
  MetricValues family(type, name, help);
  for (const core::ClusterView& cluster : view.clusters) {
    family.Add({{"cluster", cluster.name}}, static_cast<double>(value(cluster)));
  }
  return family.Take();
}

std::size_t OpenIncidents(const core::ClusterView& cluster) {
  std::size_t count = 0;
  for (const core::VipView& vip : cluster.vips) {
    count += vip.incident.empty() ? 0U : 1U;
  }
  return count;
}

std::size_t HeldBack(const core::ClusterView& cluster) {
  std::size_t count = 0;
  for (const core::VipView& vip : cluster.vips) {
    count += vip.held_back.size();
  }
  return count;
}

std::size_t WithoutStandby(const core::ClusterView& cluster) {
  return static_cast<std::size_t>(
      std::count_if(cluster.vips.begin(), cluster.vips.end(), [](const core::VipView& vip) { return vip.no_standby; }));
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Histogram& step = prometheus::BuildHistogram()
                                    .Name("arbiter_step_seconds")
                                    .Help("Time that one event took in the engine.")
                                    .Register(registry)
                                    .Add({}, StepBuckets());
  prometheus::Histogram& waited = prometheus::BuildHistogram()
                                      .Name("arbiter_event_wait_seconds")
                                      .Help("Time that events waited for the engine's thread, heartbeats not counted.")
                                      .Register(registry)
                                      .Add({}, WaitBuckets());
  prometheus::Family<prometheus::Counter>& events = prometheus::BuildCounter()
                                                        .Name("arbiter_events_total")
                                                        .Help("What the engine noted, by kind.")
                                                        .Register(registry);
  prometheus::Family<prometheus::Counter>& directives =
      prometheus::BuildCounter()
          .Name("arbiter_directives_total")
          .Help("Results of directives, and those that were not sent, by kind and outcome.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& directive_took = prometheus::BuildHistogram()
                                                                  .Name("arbiter_directive_seconds")
                                                                  .Help("Time from a directive to its result, by kind.")
                                                                  .Register(registry);
  prometheus::Histogram& affirmation_took =
      prometheus::BuildHistogram()
          .Name("arbiter_affirmation_seconds")
          .Help("Time from the question whether a node holds a VIP to its answer, reference hosts asked.")
          .Register(registry)
          .Add({}, WaitBuckets());
  prometheus::Family<prometheus::Counter>& streams_ended =
      prometheus::BuildCounter()
          .Name("arbiter_streams_ended_total")
          .Help("Streams of probes that were refused or cut off, by status code.")
          .Register(registry);
};

// Every series is there from the start, at 0: increase() and rate() do not see the first of a series that appears with
// it.
Metrics::Metrics() : families_(std::make_unique<Families>()) {
  std::vector<absl::string_view> outcomes = model::OutcomeNames();
  outcomes.insert(outcomes.end(), {"undeliverable", "limited"});
  for (const absl::string_view kind : model::ActionNames()) {
    for (const absl::string_view outcome : outcomes) {
      families_->directives.Add({{"kind", std::string(kind)}, {"outcome", std::string(outcome)}});
    }
    families_->directive_took.Add({{"kind", std::string(kind)}}, WaitBuckets());
  }
  for (const absl::string_view kind : core::kNoteKinds) families_->events.Add({{"kind", std::string(kind)}});
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    families_->streams_ended.Add({{"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
  }
}
Metrics::~Metrics() = default;

void Metrics::Step(core::Duration took) { families_->step.Observe(Seconds(took)); }

void Metrics::Waited(core::Duration waited) { families_->waited.Observe(Seconds(waited)); }

void Metrics::Event(const std::string& kind) { families_->events.Add({{"kind", kind}}).Increment(); }

void Metrics::Directive(absl::string_view kind, absl::string_view outcome) {
  families_->directives.Add({{"kind", std::string(kind)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::DirectiveTook(absl::string_view kind, core::Duration took) {
  families_->directive_took.Add({{"kind", std::string(kind)}}, WaitBuckets()).Observe(Seconds(took));
}

void Metrics::AffirmationTook(core::Duration took) { families_->affirmation_took.Observe(Seconds(took)); }

void Metrics::StreamEnded(const std::string& reason) { families_->streams_ended.Add({{"code", reason}}).Increment(); }

std::string Metrics::Render(const MetricsView& view) const {
  std::vector<MetricFamily> families = families_->registry.Collect();
  families.push_back(Nodes(view));
  families.push_back(Vips(view));
  families.push_back(
      PerCluster(view, MetricType::Gauge, "arbiter_incidents_open", "Incidents that are not closed.", OpenIncidents));
  families.push_back(PerCluster(view, MetricType::Gauge, "arbiter_held_back",
                                "Nodes under a hold, counted once for each VIP.", HeldBack));
  families.push_back(PerCluster(view, MetricType::Gauge, "arbiter_vips_without_standby",
                                "VIPs that are held and that no other node could take over.", WithoutStandby));
  families.push_back(PerCluster(view, MetricType::Gauge, "arbiter_enforcing", "1 in enforce mode, 0 in observe mode.",
                                [](const core::ClusterView& c) { return c.mode == core::Mode::kEnforce ? 1 : 0; }));
  families.push_back(PerCluster(view, MetricType::Counter, "arbiter_healthy_contests_total",
                                "Contests since the start that ended before they were a split.",
                                [](const core::ClusterView& c) { return c.healthy_contests; }));
  families.push_back(
      Gauge("arbiter_probe_streams", "Streams of probes that are open.", static_cast<double>(view.streams)));
  families.push_back(Gauge("arbiter_term", "The arbiter's term.", view.term));
  families.push_back(
      Gauge("arbiter_store_writable", "1 while the newest write to the store succeeded.", view.store_writable ? 1 : 0));
  families.push_back(
      Counter("arbiter_log_lines_lost_total", "Log lines lost because nobody took them.", view.log_lines_lost));
  families.push_back(Counter("arbiter_audit_entries_lost_total", "Audit entries given up because the store takes none.",
                             static_cast<double>(view.audit_entries_lost)));
  AddNotificationFamilies(view.notifications, &families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace arbiter::server
