#include "arbiter/server/notification_metrics.h"

#include <string>
#include <utility>

namespace arbiter::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Family(MetricType type, const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

void Add(std::vector<prometheus::ClientMetric::Label> labels, double value, MetricFamily* family) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  (family->type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family->metric.push_back(std::move(metric));
}

}  // namespace

void AddNotificationFamilies(const std::vector<notify::TargetStatus>& targets, std::vector<MetricFamily>* families) {
  if (targets.empty()) return;
  MetricFamily total = Family(MetricType::Counter, "arbiter_notifications_total",
                              "Notifications sent and dropped, and attempts that failed, by target.");
  MetricFamily waiting =
      Family(MetricType::Gauge, "arbiter_notifications_waiting", "Notifications that a target has not acknowledged.");
  MetricFamily oldest = Family(MetricType::Gauge, "arbiter_notification_oldest_seconds",
                               "How long the oldest notification has waited for its target; 0: none waits.");
  for (const notify::TargetStatus& target : targets) {
    Add({{"target", target.target}, {"outcome", "sent"}}, static_cast<double>(target.sent), &total);
    Add({{"target", target.target}, {"outcome", "failed"}}, static_cast<double>(target.failed), &total);
    Add({{"target", target.target}, {"outcome", "dropped"}}, static_cast<double>(target.dropped), &total);
    Add({{"target", target.target}}, static_cast<double>(target.waiting), &waiting);
    Add({{"target", target.target}}, target.oldest_seconds, &oldest);
  }
  for (MetricFamily* family : {&total, &waiting, &oldest}) families->push_back(std::move(*family));
}

}  // namespace arbiter::server
