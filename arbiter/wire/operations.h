// What operators are shown, out of the core's views and records.
#ifndef ARBITER_WIRE_OPERATIONS_H_
#define ARBITER_WIRE_OPERATIONS_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "arbiter/core/diff.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/status.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::wire {

// One moment on both clocks: gives calendar time to an Instant.
struct ClockPair {
  Instant steady{};
  absl::Time wall;

  [[nodiscard]] absl::Time WallOf(Instant instant) const { return wall + absl::FromChrono(instant - steady); }
};

// Ages count back from `now`.
v1::ClusterStatus ToProto(const core::ClusterView& view, Instant now);
v1::NodeDetail ToProto(const core::NodeView& view, const std::string& cluster, Instant now);

// The calendar times of an incident.
struct IncidentTimes {
  absl::Time opened;
  std::optional<absl::Time> confirmed;
  std::optional<absl::Time> healed;
  std::optional<absl::Time> closed;
  std::vector<absl::Time> timeline;                // one for each entry of the record's timeline
  std::vector<std::optional<absl::Time>> ended{};  // of the record's causes, in their order; shorter: the rest has not
};
IncidentTimes TimesOf(const core::IncidentRecord& record, const ClockPair& clocks);

enum class IncidentDetail { kSummary, kWhole };
// The summary is without evidence, advice and timeline.
v1::Incident ToProto(const core::IncidentRecord& record, const IncidentTimes& times, IncidentDetail detail);

v1::Event ToProto(const core::Note& note, absl::Time at);

v1::ConfigDifference ToProto(const core::ConfigDifference& difference, const std::string& cluster);

google::protobuf::Timestamp ToProto(absl::Time time);

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_OPERATIONS_H_
