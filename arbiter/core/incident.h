// The record of a split, and of the holds that it led to: what is durable.
#ifndef ARBITER_CORE_INCIDENT_H_
#define ARBITER_CORE_INCIDENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/ids.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct CauseEvidence {
  Cause cause = Cause::kUnknown;
  std::string evidence;
  std::string advice;
  std::optional<Instant> ended{};  // since when it holds no longer; nullopt: as far as is known it does
  friend bool operator==(const CauseEvidence&, const CauseEvidence&) = default;
};

struct TimelineEntry {
  Instant at{};
  std::string text;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

// "This node must not hold these VIPs until released."
struct HoldRecord {
  std::string node;
  std::string survivor;
  std::string reason;
  Instant since{};
  std::uint32_t failed_trials = 0;  // the settling time doubles with each
  bool by_operator = false;         // ends only by an operator or with its survivor
  std::vector<IpAddress> vips{};    // by address; empty: all of the incident's
  friend bool operator==(const HoldRecord&, const HoldRecord&) = default;
};

struct IncidentRecord {
  IncidentId id;
  std::string cluster;
  std::vector<IpAddress> vips;  // that it is or was about, by address; never empty
  IncidentState state = IncidentState::kSplit;
  bool enforced = true;  // false: opened in observe mode
  std::string survivor;
  std::vector<std::string> demoted;
  Instant opened{};
  std::optional<Instant> confirmed;
  std::optional<Instant> healed;
  std::optional<Instant> closed;
  Duration dual_hold{};  // how long two nodes answered; grows until healed
  std::vector<CauseEvidence> causes;
  std::vector<TimelineEntry> timeline;  // at most kMaxTimeline entries
  std::vector<HoldRecord> holds;        // standing ones; a closed incident has none
  std::string note;                     // why nothing is done, where nothing is
};

inline constexpr std::size_t kMaxTimeline = 200;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_INCIDENT_H_
