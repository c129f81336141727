// How deliveries of notifications go, for Prometheus.
#ifndef ARBITER_SERVER_NOTIFICATION_METRICS_H_
#define ARBITER_SERVER_NOTIFICATION_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "arbiter/notify/courier.h"

namespace arbiter::server {

// Adds nothing when there are no targets.
void AddNotificationFamilies(const std::vector<notify::TargetStatus>& targets,
                             std::vector<prometheus::MetricFamily>* families);

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_NOTIFICATION_METRICS_H_
