#include "arbiter/store/writer.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "arbiter/store/notification_codec.h"
#include "arbiter/store/record_codec.h"
#include "arbiter/store/schema.h"

namespace arbiter::store {
namespace {

absl::string_view NameOf(core::IncidentState state) {
  switch (state) {
    case core::IncidentState::kSplit:
      return "split";
    case core::IncidentState::kHealing:
      return "healing";
    case core::IncidentState::kGuarded:
      return "guarded";
    case core::IncidentState::kClosed:
      return "closed";
  }
  return "";
}

absl::string_view NameOf(core::Mode mode) { return mode == core::Mode::kEnforce ? "enforce" : "observe"; }

// Runs `write` in a transaction.
template <typename Write>
absl::Status Transact(Database& database, Write write) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(database);
  if (!transaction.ok()) return transaction.status();
  if (absl::Status status = write(); !status.ok()) return status;
  return transaction->Commit();
}

absl::Status CheckIntegrity(Database& database) {
  const absl::StatusOr<std::string> verdict = database.Value("PRAGMA quick_check(1)");
  if (!verdict.ok() || *verdict == "ok") return verdict.status();
  return absl::DataLossError(absl::StrCat(database.path(), ": damaged: ", *verdict));
}

// Nothing but reads before the file is known to be ours: Migrate() sees to that.
absl::Status Configure(Database& database) {
  if (absl::Status status = CheckIntegrity(database); !status.ok()) return status;
  if (absl::Status status = Migrate(database, Migrations()); !status.ok()) return status;
  const absl::StatusOr<std::string> mode = database.Value("PRAGMA journal_mode = WAL");
  if (!mode.ok()) return mode.status();
  if (*mode != "wal") {
    return absl::InternalError(absl::StrCat(
        database.path(), ": no write-ahead log on this file system: use a local one for the state directory"));
  }
  return database.Execute("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 8388608");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(const std::string& path) {
  absl::StatusOr<Database> database = Database::Open(path);
  if (!database.ok()) return database.status();
  if (absl::Status status = Configure(*database); !status.ok()) return status;
  std::unique_ptr<Writer> writer(new Writer(*std::move(database)));
  if (absl::Status status = writer->PrepareAll(); !status.ok()) return status;
  return writer;
}

absl::Status Writer::PrepareAll() {
  const std::pair<Statement*, absl::string_view> all[] = {
      {&term_, "UPDATE counters SET value = max(value, ?1) + 1 WHERE name = 'term' RETURNING value"},
      {&incident_,
       "INSERT INTO incidents (id, cluster, vip, state, opened_us, closed_us, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
       "?7)"
       " ON CONFLICT (id) DO UPDATE SET state = ?4, closed_us = ?6, record = ?7"},
      {&mode_, "INSERT OR REPLACE INTO modes (cluster, mode, until_us, after) VALUES (?1, ?2, ?3, ?4)"},
      {&audit_,
       "INSERT INTO audit (at_us, who, what, cluster, node, vip, incident, term, sequence)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
      {&outbox_, "INSERT INTO outbox (target, id, record) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"},
      {&delivered_, "DELETE FROM outbox WHERE target = ?1 AND id = ?2"},
      {&told_, "INSERT OR REPLACE INTO told (thing, id, at_us, record) VALUES (?1, ?2, ?3, ?4)"},
      {&told_over_, "DELETE FROM told WHERE thing = ?1"},
      {&key_, "INSERT OR IGNORE INTO fingerprint_keys VALUES (?1, ?2)"},
      {&pin_, "INSERT OR IGNORE INTO pins VALUES (?1, ?2)"},
      {&old_incidents_, "DELETE FROM incidents WHERE closed_us < ?1"},
      {&surplus_incidents_,
       "DELETE FROM incidents WHERE closed_us IS NOT NULL AND number <= (SELECT number FROM incidents"
       " WHERE closed_us IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?1)"},
      {&old_told_, "DELETE FROM told WHERE at_us < ?1"},
      {&old_audit_, "DELETE FROM audit WHERE at_us < ?1"},
      {&surplus_audit_, "DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?1"},
  };
  for (const auto& [statement, sql] : all) {
    absl::StatusOr<Statement> prepared = database_.Prepare(sql);
    if (!prepared.ok()) return prepared.status();
    *statement = *std::move(prepared);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> Writer::NewTerm(std::uint64_t than) {
  std::uint64_t term = 0;
  const absl::Status status = Transact(database_, [&]() -> absl::Status {
    absl::StatusOr<Rows> rows = term_.Query(static_cast<std::int64_t>(than));
    if (!rows.ok()) return rows.status();
    const absl::StatusOr<bool> row = rows->Next();
    if (!row.ok()) return row.status();
    if (!*row) return absl::DataLossError(absl::StrCat(database_.path(), ": the term is missing"));
    term = static_cast<std::uint64_t>(rows->Int(0));
    return rows->Next().status();
  });
  if (!status.ok()) return status;
  return term;
}

absl::Status Writer::Put(const core::IncidentRecord& incident, const ClockReading& now) {
  std::optional<std::int64_t> closed_us;
  if (incident.state == core::IncidentState::kClosed) {
    closed_us = absl::ToUnixMicros(WallOf(incident.closed.value_or(now.steady), now));
  }
  return incident_.Run(incident.id, incident.cluster, incident.vips.front().ToString(), NameOf(incident.state),
                       absl::ToUnixMicros(WallOf(incident.opened, now)), closed_us,
                       Blob{EncodeIncident(incident, now)});
}

absl::Status Writer::Append(const AuditEntry& entry) {
  return audit_.Run(absl::ToUnixMicros(entry.at), entry.who, entry.what, entry.cluster, entry.node, entry.vip,
                    entry.incident, static_cast<std::int64_t>(entry.term), static_cast<std::int64_t>(entry.sequence));
}

absl::Status Writer::PutTold(const Notification& notification) {
  const std::string thing = ThingOf(notification);
  if (notification.resolved) return told_over_.Run(Blob{thing});
  return told_.Run(Blob{thing}, notification.id, absl::ToUnixMicros(notification.at),
                   Blob{EncodeNotification(notification)});
}

absl::Status Writer::Write(const Batch& batch, const ClockReading& now) {
  return Transact(database_, [&] {
    absl::Status status;
    for (const core::IncidentRecord& incident : batch.incidents) status.Update(Put(incident, now));
    for (const core::ModeRecord& record : batch.modes) {
      const std::int64_t until_us =
          record.until.has_value() ? absl::ToUnixMicros(WallOfDeadline(*record.until, now)) : 0;
      status.Update(mode_.Run(record.cluster, NameOf(record.mode), until_us, NameOf(record.after)));
    }
    for (const AuditEntry& entry : batch.audit) status.Update(Append(entry));
    for (const OutboxEntry& entry : batch.outbox) {
      status.Update(outbox_.Run(entry.target, entry.notification.id, Blob{EncodeNotification(entry.notification)}));
    }
    for (const auto& [target, id] : batch.delivered) status.Update(delivered_.Run(target, id));
    for (const Notification& notification : batch.told) status.Update(PutTold(notification));
    return status;
  });
}

absl::Status Writer::AddKey(absl::string_view cluster, const FingerprintKeyBytes& key) {
  const absl::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
  return Transact(database_, [&] { return key_.Run(cluster, Blob{bytes}); });
}

absl::Status Writer::AddPin(absl::string_view certificate, absl::string_view cluster) {
  return Transact(database_, [&] { return pin_.Run(certificate, cluster); });
}

absl::Status Writer::Prune(const Retention& retention, absl::Time now) {
  const std::int64_t cutoff = absl::ToUnixMicros(now - retention.age);
  return Transact(database_, [&] {
    absl::Status status = old_incidents_.Run(cutoff);
    status.Update(surplus_incidents_.Run(static_cast<std::int64_t>(retention.closed_incidents)));
    status.Update(old_told_.Run(cutoff));
    status.Update(old_audit_.Run(cutoff));
    status.Update(surplus_audit_.Run(static_cast<std::int64_t>(retention.audit_entries)));
    return status;
  });
}

}  // namespace arbiter::store
