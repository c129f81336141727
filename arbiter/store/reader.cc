#include "arbiter/store/reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "arbiter/store/notification_codec.h"
#include "arbiter/store/page.h"
#include "arbiter/store/record_codec.h"

namespace arbiter::store {
namespace {

// A mode of a later version demotes nobody here.
core::Mode ModeNamed(absl::string_view name) { return name == "enforce" ? core::Mode::kEnforce : core::Mode::kObserve; }

AuditEntry AuditOf(const Rows& rows) {
  AuditEntry entry;
  entry.at = absl::FromUnixMicros(rows.Int(0));
  entry.who = std::string(rows.Text(1));
  entry.what = std::string(rows.Text(2));
  entry.cluster = std::string(rows.Text(3));
  entry.node = std::string(rows.Text(4));
  entry.vip = std::string(rows.Text(5));
  entry.incident = std::string(rows.Text(6));
  entry.term = static_cast<std::uint64_t>(rows.Int(7));
  entry.sequence = static_cast<std::uint64_t>(rows.Int(8));
  return entry;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> Reader::Open(const std::string& path) {
  absl::StatusOr<Database> database = Database::Open(path);
  if (!database.ok()) return database.status();
  std::unique_ptr<Reader> reader(new Reader(*std::move(database)));
  if (absl::Status status = reader->PrepareAll(); !status.ok()) return status;
  return reader;
}

absl::Status Reader::PrepareAll() {
  const std::pair<Statement*, absl::string_view> all[] = {
      {&open_incidents_, "SELECT record FROM incidents WHERE closed_us IS NULL ORDER BY number"},
      {&modes_, "SELECT cluster, mode, until_us, after FROM modes ORDER BY cluster"},
      {&outbox_, "SELECT target, id, record FROM outbox ORDER BY number"},
      {&told_, "SELECT id, record FROM told ORDER BY at_us, thing"},
      {&page_,
       "SELECT number, record FROM incidents WHERE number < ?1 AND (?2 = '' OR cluster = ?2)"
       " AND (?3 = 0 OR closed_us IS NULL) ORDER BY number DESC LIMIT ?4"},
      {&find_, "SELECT record FROM incidents WHERE id = ?1"},
      {&audit_,
       "SELECT at_us, who, what, cluster, node, vip, incident, term, sequence, number FROM audit"
       " WHERE number < ?1 AND (?2 = '' OR cluster = ?2 OR cluster = '') AND at_us >= ?3"
       " ORDER BY number DESC LIMIT ?4"},
      {&key_, "SELECT key FROM fingerprint_keys WHERE cluster = ?1"},
      {&pin_, "SELECT cluster FROM pins WHERE certificate = ?1"},
  };
  for (const auto& [statement, sql] : all) {
    absl::StatusOr<Statement> prepared = database_.Prepare(sql);
    if (!prepared.ok()) return prepared.status();
    *statement = *std::move(prepared);
  }
  return database_.Execute("PRAGMA query_only = ON");
}

absl::StatusOr<std::vector<core::IncidentRecord>> Reader::OpenIncidents(const ClockReading& now) {
  std::vector<core::IncidentRecord> out;
  absl::StatusOr<Rows> rows = open_incidents_.Query();
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row; row = rows->Next()) {
    absl::StatusOr<StoredIncident> incident = DecodeIncident(rows->Text(0), now);
    if (!incident.ok()) return incident.status();
    out.push_back(std::move(incident->record));
  }
  if (!row.ok()) return row.status();
  return out;
}

absl::StatusOr<std::vector<core::ModeRecord>> Reader::Modes(const ClockReading& now) {
  std::vector<core::ModeRecord> out;
  absl::StatusOr<Rows> rows = modes_.Query();
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row; row = rows->Next()) {
    core::ModeRecord record;
    record.cluster = std::string(rows->Text(0));
    record.mode = ModeNamed(rows->Text(1));
    if (const std::int64_t until_us = rows->Int(2); until_us != 0) {
      record.until = DeadlineOf(absl::FromUnixMicros(until_us), now);
    }
    record.after = ModeNamed(rows->Text(3));
    out.push_back(std::move(record));
  }
  if (!row.ok()) return row.status();
  return out;
}

absl::StatusOr<IncidentPage> Reader::Page(const IncidentQuery& query, const ClockReading& now) {
  const absl::StatusOr<std::int64_t> before = PageBefore(query.page_token);
  if (!before.ok()) return before.status();
  const std::size_t size = PageSize(query.page_size);
  absl::StatusOr<Rows> rows = page_.Query(*before, query.cluster, std::int64_t{query.open_only},
                                          static_cast<std::int64_t>(size) + 1);  // one more: is there a next page?
  if (!rows.ok()) return rows.status();
  IncidentPage page;
  std::int64_t last = 0;
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row && page.incidents.size() < size; row = rows->Next()) {
    absl::StatusOr<StoredIncident> incident = DecodeIncident(rows->Text(1), now);
    if (!incident.ok()) return incident.status();
    page.incidents.push_back(*std::move(incident));
    last = rows->Int(0);
  }
  if (!row.ok()) return row.status();
  if (*row) page.next_page_token = PageToken(last);
  return page;
}

absl::StatusOr<std::vector<OutboxEntry>> Reader::Outbox() {
  std::vector<OutboxEntry> out;
  absl::StatusOr<Rows> rows = outbox_.Query();
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row; row = rows->Next()) {
    absl::StatusOr<Notification> notification = DecodeNotification(rows->Text(2));
    if (!notification.ok()) continue;
    notification->id = std::string(rows->Text(1));
    out.push_back({std::string(rows->Text(0)), *std::move(notification)});
  }
  if (!row.ok()) return row.status();
  return out;
}

absl::StatusOr<std::vector<Notification>> Reader::Told() {
  std::vector<Notification> out;
  absl::StatusOr<Rows> rows = told_.Query();
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row; row = rows->Next()) {
    absl::StatusOr<Notification> notification = DecodeNotification(rows->Text(1));
    if (!notification.ok()) continue;
    notification->id = std::string(rows->Text(0));
    out.push_back(*std::move(notification));
  }
  if (!row.ok()) return row.status();
  return out;
}

absl::StatusOr<StoredIncident> Reader::Find(absl::string_view id, const ClockReading& now) {
  absl::StatusOr<Rows> rows = find_.Query(id);
  if (!rows.ok()) return rows.status();
  const absl::StatusOr<bool> row = rows->Next();
  if (!row.ok()) return row.status();
  if (!*row) return absl::NotFoundError(absl::StrCat("there is no incident '", id, "'"));
  return DecodeIncident(rows->Text(0), now);
}

absl::StatusOr<AuditPage> Reader::Audit(const AuditQuery& query) {
  const absl::StatusOr<std::int64_t> before = PageBefore(query.page_token);
  if (!before.ok()) return before.status();
  const std::size_t size = PageSize(query.page_size);
  absl::StatusOr<Rows> rows =
      audit_.Query(*before, query.cluster, absl::ToUnixMicros(query.since), static_cast<std::int64_t>(size) + 1);
  if (!rows.ok()) return rows.status();
  AuditPage page;
  std::int64_t last = 0;
  absl::StatusOr<bool> row = rows->Next();
  for (; row.ok() && *row && page.entries.size() < size; row = rows->Next()) {
    page.entries.push_back(AuditOf(*rows));
    last = rows->Int(9);
  }
  if (!row.ok()) return row.status();
  if (*row) page.next_page_token = PageToken(last);
  return page;
}

absl::StatusOr<std::optional<FingerprintKeyBytes>> Reader::Key(absl::string_view cluster) {
  absl::StatusOr<Rows> rows = key_.Query(cluster);
  if (!rows.ok()) return rows.status();
  const absl::StatusOr<bool> row = rows->Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<FingerprintKeyBytes>();
  FingerprintKeyBytes key{};
  const absl::string_view bytes = rows->Text(0);
  if (bytes.size() != key.size()) {
    return absl::DataLossError(absl::StrCat(database_.path(), ": the fingerprint key of cluster '", cluster, "' has ",
                                            bytes.size(), " bytes"));
  }
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return std::optional<FingerprintKeyBytes>(key);
}

absl::StatusOr<std::optional<std::string>> Reader::Pin(absl::string_view certificate) {
  absl::StatusOr<Rows> rows = pin_.Query(certificate);
  if (!rows.ok()) return rows.status();
  const absl::StatusOr<bool> row = rows->Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<std::string>();
  return std::optional<std::string>(rows->Text(0));
}

}  // namespace arbiter::store
