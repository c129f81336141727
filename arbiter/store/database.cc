#include "arbiter/store/database.h"

#include <system_error>

#include "absl/strings/str_cat.h"

namespace arbiter::store {
namespace {

constexpr int kBusyTimeoutMs = 2000;  // somebody may be looking with the sqlite3 program

absl::StatusCode CodeOf(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

std::string PathOf(sqlite3* handle) {
  const char* path = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
  return path == nullptr ? "" : path;
}

// "FILE: what SQLite says: what the system said". The act is added by who knows it.
absl::Status ErrorOf(sqlite3* handle, int result) {
  std::string text =
      absl::StrCat(PathOf(handle), ": ", handle == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle));
  const int system = handle == nullptr ? 0 : sqlite3_system_errno(handle);
  if (system != 0 && (result & 0xff) != SQLITE_CORRUPT) {
    absl::StrAppend(&text, ": ", std::generic_category().message(system));
  }
  return {CodeOf(result), text};
}

absl::Status Check(sqlite3_stmt* statement, int result) {
  return result == SQLITE_OK ? absl::OkStatus() : ErrorOf(sqlite3_db_handle(statement), result);
}

}  // namespace

absl::StatusOr<bool> Rows::Next() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return ErrorOf(sqlite3_db_handle(statement_.get()), result);
}

absl::string_view Rows::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Rows::EndRun::operator()(sqlite3_stmt* statement) const {
  sqlite3_reset(statement);  // repeats the error of the last step, which was reported there
  sqlite3_clear_bindings(statement);
}

absl::Status Statement::Bind(int index, std::int64_t value) {
  return Check(statement_.get(), sqlite3_bind_int64(statement_.get(), index, value));
}

absl::Status Statement::Bind(int index, const std::optional<std::int64_t>& value) {
  return value ? Bind(index, *value) : Check(statement_.get(), sqlite3_bind_null(statement_.get(), index));
}

absl::Status Statement::Bind(int index, absl::string_view value) {
  const char* text = value.empty() ? "" : value.data();
  return Check(statement_.get(),
               sqlite3_bind_text64(statement_.get(), index, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

absl::Status Statement::Bind(int index, Blob value) {
  const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
  return Check(statement_.get(),
               sqlite3_bind_blob64(statement_.get(), index, bytes, value.bytes.size(), SQLITE_TRANSIENT));
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (result != SQLITE_OK) return absl::Status(CodeOf(result), absl::StrCat(path, ": ", sqlite3_errstr(result)));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement;
  statement.statement_.reset(raw);
  if (result != SQLITE_OK) return ErrorOf(handle_.get(), result);
  return statement;
}

absl::Status Database::Execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : ErrorOf(handle_.get(), result);
}

absl::StatusOr<std::string> Database::Value(absl::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<Rows> rows = statement->Query();
  if (!rows.ok()) return rows.status();
  const absl::StatusOr<bool> row = rows->Next();
  if (!row.ok()) return row.status();
  return *row ? std::string(rows->Text(0)) : std::string();
}

std::string Database::path() const { return PathOf(handle_.get()); }

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  if (absl::Status status = database.Execute("BEGIN IMMEDIATE"); !status.ok()) return status;
  return Transaction(&database);
}

absl::Status Transaction::Commit() {
  absl::Status status = open_->Execute("COMMIT");
  if (status.ok()) static_cast<void>(open_.release());  // nothing to roll back any more
  return status;
}

void Transaction::RollBack::operator()(Database* database) const {
  // An error of the disk may have rolled it back already; nothing can be done about one that comes now.
  if (database->in_transaction()) database->Execute("ROLLBACK").IgnoreError();
}

}  // namespace arbiter::store
