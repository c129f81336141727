// Writes to the store on a thread of its own, many at a time.
#ifndef ARBITER_SERVER_STORE_WRITER_H_
#define ARBITER_SERVER_STORE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/event.h"
#include "arbiter/core/incident.h"
#include "arbiter/process/log.h"
#include "arbiter/store/store.h"

namespace arbiter::server {

// Thread-safe; no call but Stop waits for the disk. What comes while a write is under way is written together by the
// next one: one fsync serves many. A write that failed is tried again every second with all that came since; its
// tickets are answered with the error at once, and not a second time. Of audit entries that cannot be written the
// newest kMaxAudit are kept.
class StoreWriter {
 public:
  // `store` is open. `answer` is called from the writer's thread, once for each ticket.
  using Answer = std::function<void(std::uint64_t ticket, const absl::Status& status)>;
  StoreWriter(store::Store* store, const process::Log* log, Answer answer);
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  static constexpr std::size_t kMaxAudit = 100'000;

  // The incident as it is now; of several writes of one incident only the newest need reach the disk. ticket 0: nobody
  // waits.
  void WriteIncident(core::IncidentRecord incident, std::uint64_t ticket);
  void WriteMode(const core::ModeRecord& record);
  void Audit(store::AuditEntry entry);
  // The notification waits for this target, or does so no longer.
  void WriteOutbox(store::OutboxEntry entry);
  void Delivered(const std::string& target, const std::string& id);
  // Receivers are told of it; of several about one thing only the newest need reach the disk.
  void WriteTold(const store::Notification& notification);

  // Writes what is left, once, and ends the thread. Nothing may be handed in afterwards.
  void Stop();

  // Audit entries given up because the disk takes nothing.
  [[nodiscard]] std::uint64_t LostAudit() const;

 private:
  struct Pending {
    std::map<core::IncidentId, core::IncidentRecord> incidents;
    std::map<std::string, core::ModeRecord> modes;
    std::deque<store::AuditEntry> audit;
    std::vector<store::OutboxEntry> outbox;  // oldest first
    std::vector<std::pair<std::string, std::string>> delivered;
    std::map<std::string, store::Notification> told;  // by store::ThingOf
    std::vector<std::uint64_t> tickets;

    [[nodiscard]] bool empty() const {
      return incidents.empty() && modes.empty() && audit.empty() && outbox.empty() && delivered.empty() && told.empty();
    }
  };

  void Run();
  // Returns what could not be written.
  Pending Write(Pending work);
  void PutBack(Pending work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What was delivered before it was written need not be written.
  static void Forget(Pending& work, const std::string& target, const std::string& id);
  void TrimAudit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || fresh_; }

  store::Store* const store_;
  const process::Log* const log_;
  const Answer answer_;
  mutable absl::Mutex mutex_;
  Pending pending_ ABSL_GUARDED_BY(mutex_);
  bool fresh_ ABSL_GUARDED_BY(mutex_) = false;  // something came since the last write
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t lost_audit_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failing_ = false;  // the writer's thread alone: so that a failure is logged once, and its end
  std::thread thread_;    // last: it uses the rest
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_STORE_WRITER_H_
