// What is written to the store's file. Every call is one transaction, durable when it returns OK.
#ifndef ARBITER_STORE_WRITER_H_
#define ARBITER_STORE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/store/database.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// Not thread-safe.
class Writer {
 public:
  // Checks the file's integrity, brings its schema up to date and turns the write-ahead log on.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const std::string& path);

  // A term that is newer than `than` and than all before.
  absl::StatusOr<std::uint64_t> NewTerm(std::uint64_t than);

  absl::Status Write(const Batch& batch, const ClockReading& now);

  // Keeps the key that is there already.
  absl::Status AddKey(absl::string_view cluster, const FingerprintKeyBytes& key);
  // One that is there already stays.
  absl::Status AddPin(absl::string_view certificate, absl::string_view cluster);

  // Deletes what is older or more than `retention` allows.
  absl::Status Prune(const Retention& retention, absl::Time now);

 private:
  explicit Writer(Database database) : database_(std::move(database)) {}
  absl::Status PrepareAll();
  absl::Status Put(const core::IncidentRecord& incident, const ClockReading& now);
  absl::Status Append(const AuditEntry& entry);
  absl::Status PutTold(const Notification& notification);

  Database database_;
  Statement term_;
  Statement incident_;
  Statement mode_;
  Statement audit_;
  Statement outbox_;
  Statement delivered_;
  Statement told_;
  Statement told_over_;
  Statement old_told_;
  Statement key_;
  Statement pin_;
  Statement old_incidents_;
  Statement surplus_incidents_;
  Statement old_audit_;
  Statement surplus_audit_;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_WRITER_H_
