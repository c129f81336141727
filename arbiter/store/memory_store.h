// A store that forgets everything when it is destroyed: for tests, simulations, and an arbiter without a state
// directory.
#ifndef ARBITER_STORE_MEMORY_STORE_H_
#define ARBITER_STORE_MEMORY_STORE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// Open() may be called again: that is a restart, with a new term and all that was written. Deterministic: its
// fingerprint keys are made of the cluster's name and are no secret. Keeps everything: no retention.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(ClockSource clock = ReadClocks);

  absl::StatusOr<Remembered> Open() override;
  absl::StatusOr<std::uint64_t> RaiseTerm(std::uint64_t than) override;
  absl::Status Write(const Batch& batch) override;
  absl::StatusOr<IncidentPage> ListIncidents(const IncidentQuery& query) override;
  absl::StatusOr<StoredIncident> FindIncident(absl::string_view id) override;
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) override;
  absl::StatusOr<FingerprintKeyBytes> FingerprintKey(absl::string_view cluster) override;
  absl::StatusOr<std::string> PinnedCluster(absl::string_view certificate, absl::string_view cluster) override;
  [[nodiscard]] absl::Status Healthy() const override;

  // From now on every write fails with this; OkStatus: writes work again.
  void FailWrites(absl::Status status);

 private:
  struct StoredMode {
    core::ModeRecord record;
    std::optional<absl::Time> until;
  };

  struct Row {
    std::string id;
    std::string cluster;
    bool open = true;
    std::string record;  // as EncodeIncident() makes it
  };

  absl::Status CheckWrite() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Put(const core::IncidentRecord& incident, const ClockReading& now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ClockSource clock_;
  mutable absl::Mutex mutex_;
  std::uint64_t term_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Row> rows_ ABSL_GUARDED_BY(mutex_);  // in the order of their first write
  std::map<std::string, StoredMode> modes_ ABSL_GUARDED_BY(mutex_);
  std::vector<OutboxEntry> outbox_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Notification> told_ ABSL_GUARDED_BY(mutex_);  // by ThingOf
  std::map<std::string, std::string> pins_ ABSL_GUARDED_BY(mutex_);   // clusters by certificate
  std::vector<AuditEntry> audit_ ABSL_GUARDED_BY(mutex_);
  absl::Status fail_with_ ABSL_GUARDED_BY(mutex_);
  absl::Status newest_write_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_MEMORY_STORE_H_
