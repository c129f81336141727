#include "arbiter/server/notification_metrics.h"

#include "arbiter/process/metric_values.h"

namespace arbiter::server {

using process::MetricValues;
using prometheus::MetricType;

void AddNotificationFamilies(const std::vector<notify::TargetStatus>& targets,
                             std::vector<prometheus::MetricFamily>* families) {
  if (targets.empty()) return;
  MetricValues total(MetricType::Counter, "arbiter_notifications_total",
                     "Notifications sent and dropped, and attempts that failed, by target.");
  MetricValues waiting(MetricType::Gauge, "arbiter_notifications_waiting",
                       "Notifications that a target has not acknowledged.");
  MetricValues oldest(MetricType::Gauge, "arbiter_notification_oldest_seconds",
                      "How long the oldest notification has waited for its target; 0: none waits.");
  for (const notify::TargetStatus& target : targets) {
    total.Add({{"target", target.target}, {"outcome", "sent"}}, static_cast<double>(target.sent));
    total.Add({{"target", target.target}, {"outcome", "failed"}}, static_cast<double>(target.failed));
    total.Add({{"target", target.target}, {"outcome", "dropped"}}, static_cast<double>(target.dropped));
    waiting.Add({{"target", target.target}}, static_cast<double>(target.waiting));
    oldest.Add({{"target", target.target}}, target.oldest_seconds);
  }
  for (MetricValues* family : {&total, &waiting, &oldest}) families->push_back(family->Take());
}

}  // namespace arbiter::server
