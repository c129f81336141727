// The store in one SQLite file, arbiter.db in the state directory: write-ahead log, synchronous FULL. A lock on
// arbiter.lock beside it keeps a second arbiter out; anybody may read along with the sqlite3 program.
#ifndef ARBITER_STORE_SQLITE_STORE_H_
#define ARBITER_STORE_SQLITE_STORE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// Nothing is touched before Open(), which makes the directory (its parent must exist) and the file, brings an older
// schema up to date in one transaction, and checks the file's integrity. Retention is applied at Open and now and then
// while writing.
class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::string state_dir, const Retention& retention = {}, ClockSource clock = ReadClocks);
  ~SqliteStore() override;

  absl::StatusOr<Remembered> Open() override;
  absl::StatusOr<std::uint64_t> RaiseTerm(std::uint64_t than) override;
  absl::Status Write(const Batch& batch) override;
  absl::StatusOr<IncidentPage> ListIncidents(const IncidentQuery& query) override;
  absl::StatusOr<StoredIncident> FindIncident(absl::string_view id) override;
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) override;
  absl::StatusOr<FingerprintKeyBytes> FingerprintKey(absl::string_view cluster) override;
  absl::StatusOr<std::string> PinnedCluster(absl::string_view certificate, absl::string_view cluster) override;
  [[nodiscard]] absl::Status Healthy() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_SQLITE_STORE_H_
