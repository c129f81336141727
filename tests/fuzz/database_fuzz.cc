// What the arbiter finds in its state directory: the first byte chooses, the rest is the whole file arbiter.db, or the
// bytes of one row. It is refused or remembered; with what is remembered an engine starts, and shows it.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "arbiter/core/engine.h"
#include "arbiter/store/notification_codec.h"
#include "arbiter/store/record_codec.h"
#include "arbiter/store/sqlite_store.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/shown.h"

namespace {

namespace core = arbiter::core;
namespace store = arbiter::store;
using fuzz::Require;

store::ClockReading Now() { return {core::Instant(std::chrono::hours(1000)), absl::FromUnixSeconds(1'760'000'000)}; }

// In memory, and gone when it is over.
class StateDirectory {
 public:
  StateDirectory() {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~StateDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void Put(absl::string_view bytes) const {
    const int file = open((path_ + "/arbiter.db").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    close(file);
  }

 private:
  std::string path_ = "/dev/shm/arbiter-fuzz-XXXXXX";
};

void StartWith(store::Remembered remembered) {
  const store::ClockReading now = Now();
  core::Engine engine{core::Policy()};
  static_cast<void>(engine.Step(
      core::Started{remembered.term, std::move(remembered.open_incidents), std::move(remembered.modes)}, now.steady));
  core::Instant at = now.steady;
  for (int i = 0; i < 20; ++i) {
    at = std::max(at, engine.NextDeadline().value_or(at + std::chrono::seconds(1)));
    static_cast<void>(engine.Step(core::Tick{}, at));
  }
  fuzz::PrintAll(engine, {at, now.wall});
  for (const core::IncidentRecord& record : engine.OpenIncidents()) {
    Require(store::DecodeIncident(store::EncodeIncident(record, now), now).ok());
  }
}

void OpenFile(absl::string_view bytes) {
  const StateDirectory directory;
  directory.Put(bytes);
  store::SqliteStore database(directory.path(), {}, Now);
  absl::StatusOr<store::Remembered> remembered = database.Open();
  Require(remembered.ok() || !remembered.status().message().empty());
  if (!remembered.ok()) return;
  const auto page = database.ListIncidents({});
  if (page.ok()) {
    for (const store::StoredIncident& incident : page->incidents) {
      static_cast<void>(database.FindIncident(incident.record.id));
    }
  }
  static_cast<void>(database.ListAudit({}));
  static_cast<void>(database.FingerprintKey("prod"));
  static_cast<void>(database.PinnedCluster("a certificate", "prod"));
  static_cast<void>(database.RaiseTerm(remembered->term + 1));
  store::Batch batch;
  batch.audit.push_back({Now().wall, "operator", "release", "prod", "a", "192.168.1.212", "1-1", 1, 1});
  batch.modes = remembered->modes;
  batch.outbox = remembered->outbox;
  batch.told = remembered->told;
  Require(database.Write(batch).ok() == database.Healthy().ok());
  static_cast<void>(database.WriteIncidents(remembered->open_incidents));
  StartWith(*std::move(remembered));
}

void ReadRow(absl::string_view bytes) {
  if (const auto notification = store::DecodeNotification(bytes); notification.ok()) {
    Require(store::DecodeNotification(store::EncodeNotification(*notification)).ok());
    static_cast<void>(store::ThingOf(*notification));
  }
  absl::StatusOr<store::StoredIncident> incident = store::DecodeIncident(bytes, Now());
  if (!incident.ok()) return;
  store::Remembered remembered;
  remembered.term = 2;
  remembered.open_incidents.push_back(std::move(incident->record));
  StartWith(std::move(remembered));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'f') {
    OpenFile(bytes);
  } else {
    ReadRow(bytes);
  }
  return 0;
}
