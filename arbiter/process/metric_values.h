// Values for Prometheus that somebody else counts.
#ifndef ARBITER_PROCESS_METRIC_VALUES_H_
#define ARBITER_PROCESS_METRIC_VALUES_H_

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace arbiter::process {

// Those under one name, each with its labels: gauges or counters.
class MetricValues {
 public:
  MetricValues(prometheus::MetricType type, std::string name, std::string help) {
    family_.type = type;
    family_.name = std::move(name);
    family_.help = std::move(help);
  }

  MetricValues& Add(std::vector<prometheus::ClientMetric::Label> labels, double value) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

  [[nodiscard]] prometheus::MetricFamily Take() { return std::move(family_); }

 private:
  prometheus::MetricFamily family_;
};

// One without labels.
template <typename Number>
prometheus::MetricFamily Gauge(const char* name, const char* help, Number value) {
  return MetricValues(prometheus::MetricType::Gauge, name, help).Add({}, static_cast<double>(value)).Take();
}

template <typename Number>
prometheus::MetricFamily Counter(const char* name, const char* help, Number value) {
  return MetricValues(prometheus::MetricType::Counter, name, help).Add({}, static_cast<double>(value)).Take();
}

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_METRIC_VALUES_H_
