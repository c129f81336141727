#include "arbiter/store/sqlite_store.h"

#include <sys/random.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/store/database_file.h"
#include "arbiter/store/reader.h"
#include "arbiter/store/state_dir.h"
#include "arbiter/store/writer.h"

namespace arbiter::store {
namespace {

constexpr int kWritesBetweenPrunes = 256;

// Adds the act, and what to do where the file itself is lost.
absl::Status Explained(absl::string_view act, const absl::Status& status) {
  if (status.ok()) return status;
  absl::string_view advice;
  if (absl::IsDataLoss(status)) {
    advice =
        " (move the state directory away and start again: holds are taken over from the nodes, only the history is "
        "lost)";
  }
  return {status.code(), absl::StrCat(act, ": ", status.message(), advice)};
}

absl::Status NotOpen(absl::string_view act) {
  return absl::FailedPreconditionError(absl::StrCat(act, ": the store is not open"));
}

absl::StatusOr<FingerprintKeyBytes> RandomKey() {
  FingerprintKeyBytes key{};
  if (getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {  // up to 256 bytes come whole
    return absl::ErrnoToStatus(errno, "get random bytes for a fingerprint key");
  }
  return key;
}

}  // namespace

class SqliteStore::Impl {
 public:
  Impl(std::string state_dir, const Retention& retention, ClockSource clock)
      : state_dir_(std::move(state_dir)), retention_(retention), clock_(std::move(clock)) {}

  absl::StatusOr<Remembered> Open() {
    absl::StatusOr<Remembered> remembered = TryOpen();
    SetHealth(Explained("open store", remembered.status()));
    if (!remembered.ok()) return Health();
    return remembered;
  }

  absl::Status Health() const {
    const absl::MutexLock lock(&health_mutex_);
    return health_;
  }

  // Runs `read` on the reading connection.
  template <typename Read>
  auto WithReader(absl::string_view act, Read read) -> decltype(read(std::declval<Reader&>())) {
    const absl::MutexLock lock(&read_mutex_);
    if (reader_ == nullptr) return NotOpen(act);
    auto result = read(*reader_);
    if (!result.ok() && !absl::IsNotFound(result.status())) return Explained(act, result.status());
    return result;
  }

  // Runs `write` on the writing connection, and remembers how it went.
  template <typename Write>
  absl::Status WithWriter(absl::string_view act, Write write) {
    const absl::MutexLock lock(&write_mutex_);
    if (writer_ == nullptr) return NotOpen(act);
    absl::Status status = Explained(act, write(*writer_));
    SetHealth(status);
    if (status.ok() && ++writes_since_prune_ >= kWritesBetweenPrunes) {
      writes_since_prune_ = 0;
      writer_->Prune(retention_, clock_().wall).IgnoreError();  // what is too old can wait for the next time
    }
    return status;
  }

  ClockReading Now() const { return clock_(); }

 private:
  absl::StatusOr<Remembered> TryOpen() {
    const absl::MutexLock write_lock(&write_mutex_);
    const absl::MutexLock read_lock(&read_mutex_);
    if (writer_ != nullptr) return absl::FailedPreconditionError(absl::StrCat(state_dir_, ": is open already"));
    absl::StatusOr<StateDir> directory = StateDir::Lock(state_dir_);
    if (!directory.ok()) return directory.status();
    const absl::StatusOr<std::string> file = FindOrMakeDatabase(directory->files());
    if (!file.ok()) return file.status();
    absl::StatusOr<std::unique_ptr<Writer>> writer = Writer::Open(*file);
    if (!writer.ok()) return writer.status();
    absl::StatusOr<std::unique_ptr<Reader>> reader = Reader::Open(*file);
    if (!reader.ok()) return reader.status();
    absl::StatusOr<Remembered> remembered = Remember(**writer, **reader);
    if (!remembered.ok()) return remembered.status();
    directory_ = *std::move(directory);
    writer_ = *std::move(writer);
    reader_ = *std::move(reader);
    return remembered;
  }

  absl::StatusOr<Remembered> Remember(Writer& writer, Reader& reader) {
    const ClockReading now = clock_();
    Remembered out;
    absl::StatusOr<std::vector<core::IncidentRecord>> incidents = reader.OpenIncidents(now);
    if (!incidents.ok()) return incidents.status();
    out.open_incidents = *std::move(incidents);
    absl::StatusOr<std::vector<core::ModeRecord>> modes = reader.Modes(now);
    if (!modes.ok()) return modes.status();
    out.modes = *std::move(modes);
    absl::StatusOr<std::vector<OutboxEntry>> outbox = reader.Outbox();
    if (!outbox.ok()) return outbox.status();
    out.outbox = *std::move(outbox);
    const absl::StatusOr<std::uint64_t> term = writer.NewTerm(0);
    if (!term.ok()) return term.status();
    out.term = *term;
    if (absl::Status status = writer.Prune(retention_, now.wall); !status.ok()) return status;
    absl::StatusOr<std::vector<Notification>> told = reader.Told();
    if (!told.ok()) return told.status();
    out.told = *std::move(told);
    return out;
  }

  void SetHealth(absl::Status status) {
    const absl::MutexLock lock(&health_mutex_);
    health_ = std::move(status);
  }

  const std::string state_dir_;
  const Retention retention_;
  const ClockSource clock_;

  absl::Mutex write_mutex_ ABSL_ACQUIRED_BEFORE(read_mutex_);
  absl::Mutex read_mutex_;
  mutable absl::Mutex health_mutex_ ABSL_ACQUIRED_AFTER(write_mutex_);
  // The lock outlives the connections.
  std::optional<StateDir> directory_ ABSL_GUARDED_BY(write_mutex_);
  std::unique_ptr<Writer> writer_ ABSL_GUARDED_BY(write_mutex_);
  int writes_since_prune_ ABSL_GUARDED_BY(write_mutex_) = 0;
  std::unique_ptr<Reader> reader_ ABSL_GUARDED_BY(read_mutex_);
  absl::Status health_ ABSL_GUARDED_BY(health_mutex_) = absl::FailedPreconditionError("the store is not open");
};

SqliteStore::SqliteStore(std::string state_dir, const Retention& retention, ClockSource clock)
    : impl_(std::make_unique<Impl>(std::move(state_dir), retention, std::move(clock))) {}

SqliteStore::~SqliteStore() = default;

absl::StatusOr<Remembered> SqliteStore::Open() { return impl_->Open(); }

absl::StatusOr<std::uint64_t> SqliteStore::RaiseTerm(std::uint64_t than) {
  if (than > kMaxTerm) return absl::InvalidArgumentError(absl::StrCat("term ", than, " is too high to be true"));
  std::uint64_t term = 0;
  const absl::Status status = impl_->WithWriter("raise the term in the store", [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<std::uint64_t> raised = writer.NewTerm(than);
    if (raised.ok()) term = *raised;
    return raised.status();
  });
  if (!status.ok()) return status;
  return term;
}

absl::Status SqliteStore::Write(const Batch& batch) {
  return impl_->WithWriter("write to store", [&](Writer& writer) { return writer.Write(batch, impl_->Now()); });
}

absl::StatusOr<IncidentPage> SqliteStore::ListIncidents(const IncidentQuery& query) {
  return impl_->WithReader("list incidents", [&](Reader& reader) { return reader.Page(query, impl_->Now()); });
}

absl::StatusOr<StoredIncident> SqliteStore::FindIncident(absl::string_view id) {
  return impl_->WithReader("find incident", [&](Reader& reader) { return reader.Find(id, impl_->Now()); });
}

absl::StatusOr<AuditPage> SqliteStore::ListAudit(const AuditQuery& query) {
  return impl_->WithReader("list audit", [&](Reader& reader) { return reader.Audit(query); });
}

absl::StatusOr<FingerprintKeyBytes> SqliteStore::FingerprintKey(absl::string_view cluster) {
  const auto read = [&](Reader& reader) { return reader.Key(cluster); };
  absl::StatusOr<std::optional<FingerprintKeyBytes>> key = impl_->WithReader("read fingerprint key", read);
  if (!key.ok()) return key.status();
  if (!key->has_value()) {
    const absl::StatusOr<FingerprintKeyBytes> fresh = RandomKey();
    if (!fresh.ok()) return fresh.status();
    const absl::Status added = impl_->WithWriter("write fingerprint key to store",
                                                 [&](Writer& writer) { return writer.AddKey(cluster, *fresh); });
    if (!added.ok()) return added;
    key = impl_->WithReader("read fingerprint key", read);  // another thread may have been first
    if (!key.ok()) return key.status();
    if (!key->has_value()) return absl::InternalError("a fingerprint key is gone as soon as it was written");
  }
  return **key;
}

absl::StatusOr<std::string> SqliteStore::PinnedCluster(absl::string_view certificate, absl::string_view cluster) {
  const auto read = [&](Reader& reader) { return reader.Pin(certificate); };
  absl::StatusOr<std::optional<std::string>> pin = impl_->WithReader("read the cluster of a certificate", read);
  if (!pin.ok()) return pin.status();
  if (!pin->has_value()) {
    const absl::Status added = impl_->WithWriter("write the cluster of a certificate",
                                                 [&](Writer& writer) { return writer.AddPin(certificate, cluster); });
    if (!added.ok()) return added;
    pin = impl_->WithReader("read the cluster of a certificate", read);  // another thread may have been first
    if (!pin.ok()) return pin.status();
    if (!pin->has_value()) return absl::InternalError("the cluster of a certificate is gone as soon as it was written");
  }
  return **pin;
}

absl::Status SqliteStore::Healthy() const { return impl_->Health(); }

}  // namespace arbiter::store
