#include "arbiter/store/store.h"

#include <chrono>

#include "absl/time/clock.h"
#include "arbiter/store/record_codec.h"

namespace arbiter::store {

ClockReading ReadClocks() { return {std::chrono::steady_clock::now(), absl::Now()}; }

StoredIncident WithWallTimes(const core::IncidentRecord& record, const ClockReading& now) {
  StoredIncident out;
  out.record = record;
  out.opened = WallOf(record.opened, now);
  if (record.confirmed) out.confirmed = WallOf(*record.confirmed, now);
  if (record.healed) out.healed = WallOf(*record.healed, now);
  if (record.closed) out.closed = WallOf(*record.closed, now);
  out.timeline.reserve(record.timeline.size());
  for (const core::TimelineEntry& entry : record.timeline) out.timeline.push_back(WallOf(entry.at, now));
  for (const core::CauseEvidence& cause : record.causes) {
    out.ended.push_back(cause.ended ? std::optional(WallOf(*cause.ended, now)) : std::nullopt);
  }
  return out;
}

absl::Status Store::WriteIncident(const core::IncidentRecord& incident) {
  return WriteIncidents(absl::MakeConstSpan(&incident, 1));
}

absl::Status Store::WriteIncidents(absl::Span<const core::IncidentRecord> incidents) {
  Batch batch;
  batch.incidents.assign(incidents.begin(), incidents.end());
  return Write(batch);
}

absl::Status Store::WriteMode(const core::ModeRecord& record) {
  Batch batch;
  batch.modes.push_back(record);
  return Write(batch);
}

absl::Status Store::Audit(absl::Span<const AuditEntry> entries) {
  Batch batch;
  batch.audit.assign(entries.begin(), entries.end());
  return Write(batch);
}

}  // namespace arbiter::store
