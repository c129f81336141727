#include "arbiter/store/memory_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/store/page.h"
#include "arbiter/store/record_codec.h"

namespace arbiter::store {

MemoryStore::MemoryStore(ClockSource clock) : clock_(std::move(clock)) {}

absl::Status MemoryStore::CheckWrite() {
  newest_write_ =
      term_ == 0 ? absl::FailedPreconditionError("write to the store in memory: it is not open") : fail_with_;
  return newest_write_;
}

absl::StatusOr<Remembered> MemoryStore::Open() {
  const ClockReading now = clock_();
  const absl::MutexLock lock(&mutex_);
  if (!fail_with_.ok()) return fail_with_;
  Remembered out;
  out.term = ++term_;
  for (const Row& row : rows_) {
    if (!row.open) continue;
    absl::StatusOr<StoredIncident> incident = DecodeIncident(row.record, now);
    if (!incident.ok()) return incident.status();
    out.open_incidents.push_back(std::move(incident->record));
  }
  for (const auto& [cluster, mode] : modes_) {
    out.modes.push_back(mode.record);
    if (mode.until.has_value()) out.modes.back().until = DeadlineOf(*mode.until, now);
  }
  out.outbox = outbox_;
  for (const auto& [thing, notification] : told_) out.told.push_back(notification);
  return out;
}

absl::StatusOr<std::uint64_t> MemoryStore::RaiseTerm(std::uint64_t than) {
  const absl::MutexLock lock(&mutex_);
  if (than > kMaxTerm) return absl::InvalidArgumentError(absl::StrCat("term ", than, " is too high to be true"));
  if (absl::Status status = CheckWrite(); !status.ok()) return status;
  term_ = std::max(term_, than) + 1;
  return term_;
}

void MemoryStore::Put(const core::IncidentRecord& incident, const ClockReading& now) {
  auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.id == incident.id; });
  if (row == rows_.end()) row = rows_.insert(rows_.end(), {incident.id, incident.cluster, true, ""});
  row->open = incident.state != core::IncidentState::kClosed;
  row->record = EncodeIncident(incident, now);
}

absl::Status MemoryStore::Write(const Batch& batch) {
  const ClockReading now = clock_();
  const absl::MutexLock lock(&mutex_);
  if (absl::Status status = CheckWrite(); !status.ok()) return status;
  for (const core::IncidentRecord& incident : batch.incidents) Put(incident, now);
  for (const core::ModeRecord& record : batch.modes) {
    StoredMode& stored = modes_[record.cluster] = {record, std::nullopt};
    if (record.until.has_value()) stored.until = WallOfDeadline(*record.until, now);
  }
  audit_.insert(audit_.end(), batch.audit.begin(), batch.audit.end());
  outbox_.insert(outbox_.end(), batch.outbox.begin(), batch.outbox.end());
  for (const auto& delivered : batch.delivered) {
    std::erase_if(outbox_, [&delivered](const OutboxEntry& e) {
      return e.target == delivered.first && e.notification.id == delivered.second;
    });
  }
  for (const Notification& notification : batch.told) {
    told_.erase(ThingOf(notification));
    if (!notification.resolved) told_.emplace(ThingOf(notification), notification);
  }
  return absl::OkStatus();
}

absl::StatusOr<IncidentPage> MemoryStore::ListIncidents(const IncidentQuery& query) {
  const absl::StatusOr<std::int64_t> before = PageBefore(query.page_token);
  if (!before.ok()) return before.status();
  const std::size_t size = PageSize(query.page_size);
  const ClockReading now = clock_();
  const absl::MutexLock lock(&mutex_);
  IncidentPage page;
  std::int64_t last = 0;
  for (std::int64_t number = std::min<std::int64_t>(*before - 1, std::ssize(rows_)); number >= 1; --number) {
    const Row& row = rows_[static_cast<std::size_t>(number - 1)];
    if ((!query.cluster.empty() && row.cluster != query.cluster) || (query.open_only && !row.open)) continue;
    if (page.incidents.size() == size) {
      page.next_page_token = PageToken(last);
      break;
    }
    absl::StatusOr<StoredIncident> incident = DecodeIncident(row.record, now);
    if (!incident.ok()) return incident.status();
    page.incidents.push_back(*std::move(incident));
    last = number;
  }
  return page;
}

absl::StatusOr<StoredIncident> MemoryStore::FindIncident(absl::string_view id) {
  const ClockReading now = clock_();
  const absl::MutexLock lock(&mutex_);
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.id == id; });
  if (row == rows_.end()) return absl::NotFoundError(absl::StrCat("there is no incident '", id, "'"));
  return DecodeIncident(row->record, now);
}

absl::StatusOr<AuditPage> MemoryStore::ListAudit(const AuditQuery& query) {
  const absl::StatusOr<std::int64_t> before = PageBefore(query.page_token);
  if (!before.ok()) return before.status();
  const std::size_t size = PageSize(query.page_size);
  const absl::MutexLock lock(&mutex_);
  AuditPage page;
  std::int64_t last = 0;
  for (std::int64_t number = std::min<std::int64_t>(*before - 1, std::ssize(audit_)); number >= 1; --number) {
    const AuditEntry& entry = audit_[static_cast<std::size_t>(number - 1)];
    const bool wanted = query.cluster.empty() || entry.cluster.empty() || entry.cluster == query.cluster;
    if (!wanted || entry.at < query.since) continue;
    if (page.entries.size() == size) {
      page.next_page_token = PageToken(last);
      break;
    }
    page.entries.push_back(entry);
    last = number;
  }
  return page;
}

absl::StatusOr<FingerprintKeyBytes> MemoryStore::FingerprintKey(absl::string_view cluster) {
  FingerprintKeyBytes key{};
  std::copy_n(cluster.begin(), std::min(cluster.size(), key.size()), key.begin());
  return key;
}

absl::StatusOr<std::string> MemoryStore::PinnedCluster(absl::string_view certificate, absl::string_view cluster) {
  const absl::MutexLock lock(&mutex_);
  return pins_.try_emplace(std::string(certificate), cluster).first->second;
}

absl::Status MemoryStore::Healthy() const {
  const absl::MutexLock lock(&mutex_);
  return newest_write_;
}

void MemoryStore::FailWrites(absl::Status status) {
  const absl::MutexLock lock(&mutex_);
  fail_with_ = std::move(status);
}

}  // namespace arbiter::store
