// An incident <-> the bytes it is stored as (record.proto).
#ifndef ARBITER_STORE_RECORD_CODEC_H_
#define ARBITER_STORE_RECORD_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "arbiter/core/incident.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// The calendar time of an Instant, and back. An Instant that would lie in the future (the calendar clock was set back)
// is now.
absl::Time WallOf(core::Instant instant, const ClockReading& now);
core::Instant InstantOf(absl::Time wall, const ClockReading& now);

// A deadline, which may lie ahead: where it is in calendar time. One that has passed is now.
absl::Time WallOfDeadline(core::Instant deadline, const ClockReading& now);
core::Instant DeadlineOf(absl::Time wall, const ClockReading& now);

std::string EncodeIncident(const core::IncidentRecord& incident, const ClockReading& now);

// DataLoss when the bytes are no incident of ours.
absl::StatusOr<StoredIncident> DecodeIncident(absl::string_view bytes, const ClockReading& now);

}  // namespace arbiter::store

#endif  // ARBITER_STORE_RECORD_CODEC_H_
