// SQLite's handles, owned: a database, its prepared statements, a transaction. Not thread-safe.
#ifndef ARBITER_STORE_DATABASE_H_
#define ARBITER_STORE_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::store {

// Bytes that are stored as they are; a string_view is stored as text.
struct Blob {
  absl::string_view bytes;
};

// The rows of one run of a statement. Ends the run when it is destroyed, so that no read stays open.
class Rows {
 public:
  // The next row, false after the last one.
  absl::StatusOr<bool> Next();

  // Columns of the row, from 0. Views live until the next call of Next().
  [[nodiscard]] std::int64_t Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  [[nodiscard]] absl::string_view Text(int column) const;

 private:
  friend class Statement;
  struct EndRun {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, EndRun> statement_;
};

// Prepared once, run often. Must not outlive its database; one run at a time.
class Statement {
 public:
  Statement() = default;

  // Runs with these values for ?1, ?2, ... in their order, and gives the rows.
  template <typename... Values>
  absl::StatusOr<Rows> Query(const Values&... values) {
    Rows rows(statement_.get());
    int index = 0;
    absl::Status status;
    (status.Update(Bind(++index, values)), ...);
    if (!status.ok()) return status;
    return rows;
  }

  // Runs to the end; rows are dropped.
  template <typename... Values>
  absl::Status Run(const Values&... values) {
    absl::StatusOr<Rows> rows = Query(values...);
    return rows.ok() ? rows->Next().status() : rows.status();
  }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  absl::Status Bind(int index, std::int64_t value);
  absl::Status Bind(int index, const std::optional<std::int64_t>& value);
  absl::Status Bind(int index, absl::string_view value);
  absl::Status Bind(int index, const std::string& value) { return Bind(index, absl::string_view(value)); }
  absl::Status Bind(int index, Blob value);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // The file must exist. Every error names it.
  static absl::StatusOr<Database> Open(const std::string& path);

  absl::StatusOr<Statement> Prepare(absl::string_view sql);

  // Runs one or more statements that have no parameters.
  absl::Status Execute(const std::string& sql);

  // The first column of the first row, "" when there is none.
  absl::StatusOr<std::string> Value(absl::string_view sql);

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] std::string path() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

// Takes the write lock at once and rolls back unless it was committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  absl::Status Commit();

 private:
  struct RollBack {
    void operator()(Database* database) const;
  };
  explicit Transaction(Database* database) : open_(database) {}
  std::unique_ptr<Database, RollBack> open_;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_DATABASE_H_
