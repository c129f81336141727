#include "arbiter/store/schema.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace arbiter::store {
namespace {

// "VRRP": by this a file is known to be ours (PRAGMA application_id).
constexpr int kApplicationId = 0x56525250;

// Columns are what is queried; the rest of an incident is in `record` (record.proto). AUTOINCREMENT: a number is never
// given twice, so that pages stay stable. Times are microseconds since 1970.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES ('term', 0);

CREATE TABLE incidents (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  vip TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_us INTEGER NOT NULL,
  closed_us INTEGER,
  record BLOB NOT NULL);
CREATE INDEX incidents_open ON incidents (number) WHERE closed_us IS NULL;
CREATE INDEX incidents_closed ON incidents (closed_us) WHERE closed_us IS NOT NULL;

CREATE TABLE modes (cluster TEXT PRIMARY KEY, mode TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  cluster TEXT NOT NULL,
  node TEXT NOT NULL,
  vip TEXT NOT NULL,
  incident TEXT NOT NULL,
  term INTEGER NOT NULL,
  sequence INTEGER NOT NULL);
CREATE INDEX audit_at ON audit (at_us);

CREATE TABLE fingerprint_keys (cluster TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
)sql";

// What receivers of notifications have not acknowledged yet, a row for each receiver; the record is a
// NotificationRecord.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  id TEXT NOT NULL,
  record BLOB NOT NULL,
  UNIQUE (target, id));
)sql";

// A mode that was set for a while: when that is over (0: never), and what comes then. And what receivers were told of
// and not yet that it is over; the record is a NotificationRecord. What is older than the retention is forgotten: a
// node that was taken away for good.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE modes ADD COLUMN until_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE modes ADD COLUMN after TEXT NOT NULL DEFAULT 'enforce';

CREATE TABLE told (thing BLOB PRIMARY KEY, id TEXT NOT NULL, at_us INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
)sql";

// An incident may be about several VIPs (record.proto). An arbiter of before would take it for one of the first alone
// and forget the holds on the others, so it must not read this file.
constexpr const char* kVersion4 = "SELECT 1;";

// The clusters in which certificates attached first that name none.
constexpr const char* kVersion5 =
    "CREATE TABLE pins (certificate TEXT PRIMARY KEY, cluster TEXT NOT NULL) WITHOUT ROWID;";

constexpr std::array<Migration, 5> kMigrations = {
    {{1, kVersion1}, {2, kVersion2}, {3, kVersion3}, {4, kVersion4}, {5, kVersion5}}};

absl::StatusOr<int> IntValue(Database& database, absl::string_view sql) {
  const absl::StatusOr<std::string> text = database.Value(sql);
  if (!text.ok()) return text.status();
  int value = 0;
  if (!absl::SimpleAtoi(*text, &value)) return absl::InternalError(absl::StrCat(sql, " gave '", *text, "'"));
  return value;
}

// The file's version, once it is known to be a file of ours.
absl::StatusOr<int> KnownVersion(Database& database, int newest) {
  const absl::StatusOr<int> tables = IntValue(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  const absl::StatusOr<int> application = IntValue(database, "PRAGMA application_id");
  if (!application.ok()) return application.status();
  absl::StatusOr<int> version = IntValue(database, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*tables > 0 && *application != kApplicationId) {
    return absl::FailedPreconditionError(
        absl::StrCat(database.path(), ": belongs to another program: give the arbiter a state directory of its own"));
  }
  if (*version > newest) {
    return absl::FailedPreconditionError(
        absl::StrCat(database.path(), ": written by a newer arbiter (schema ", *version, ", this one reads up to ",
                     newest, "): start that version again, or move the state directory away and begin anew"));
  }
  return version;
}

}  // namespace

absl::Span<const Migration> Migrations() { return kMigrations; }

absl::Status Migrate(Database& database, absl::Span<const Migration> migrations) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(database);
  if (!transaction.ok()) return transaction.status();
  const absl::StatusOr<int> version = KnownVersion(database, migrations.back().to);
  if (!version.ok()) return version.status();
  if (*version == migrations.back().to) return absl::OkStatus();
  for (const Migration& step : migrations) {
    if (step.to <= *version) continue;
    if (absl::Status status = database.Execute(step.sql); !status.ok()) return status;
  }
  const absl::Status stamped = database.Execute(
      absl::StrCat("PRAGMA application_id = ", kApplicationId, "; PRAGMA user_version = ", migrations.back().to));
  return stamped.ok() ? transaction->Commit() : stamped;
}

}  // namespace arbiter::store
