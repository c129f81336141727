// What is read out of the store's file, on a connection of its own: with a write-ahead log no reader waits for a
// writer.
#ifndef ARBITER_STORE_READER_H_
#define ARBITER_STORE_READER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/store/database.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// Not thread-safe.
class Reader {
 public:
  // The file has the newest schema.
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path);

  absl::StatusOr<std::vector<core::IncidentRecord>> OpenIncidents(const ClockReading& now);
  absl::StatusOr<std::vector<core::ModeRecord>> Modes(const ClockReading& now);
  // Oldest first. What cannot be read is left out: a notification is not worth a start.
  absl::StatusOr<std::vector<OutboxEntry>> Outbox();
  absl::StatusOr<std::vector<Notification>> Told();
  absl::StatusOr<IncidentPage> Page(const IncidentQuery& query, const ClockReading& now);
  absl::StatusOr<StoredIncident> Find(absl::string_view id, const ClockReading& now);
  absl::StatusOr<AuditPage> Audit(const AuditQuery& query);

  // nullopt: the cluster has none yet.
  absl::StatusOr<std::optional<FingerprintKeyBytes>> Key(absl::string_view cluster);
  absl::StatusOr<std::optional<std::string>> Pin(absl::string_view certificate);

 private:
  explicit Reader(Database database) : database_(std::move(database)) {}
  absl::Status PrepareAll();

  Database database_;
  Statement open_incidents_;
  Statement modes_;
  Statement outbox_;
  Statement told_;
  Statement page_;
  Statement find_;
  Statement audit_;
  Statement key_;
  Statement pin_;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_READER_H_
