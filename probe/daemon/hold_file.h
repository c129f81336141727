// The holds of this node in a file, so that they outlive the probe.
#ifndef PROBE_DAEMON_HOLD_FILE_H_
#define PROBE_DAEMON_HOLD_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/hold/hold_store.h"

namespace probe::daemon {

// The memory as JSON for people, and back. DataLoss says what is wrong with a text that is none.
std::string FormatHolds(const hold::HoldMemory& memory, absl::string_view boot_id);
// A text of another boot gives the newest term only: gates do not outlive a boot, and the arbiter states its holds
// anew.
absl::StatusOr<hold::HoldMemory> ParseHolds(absl::string_view text, absl::string_view boot_id);

// `holds.json` in the runtime directory, which must be ours alone; neither it nor what it replaces is found through a
// link. Nothing is synced to disk: what is kept here means nothing after a reboot, and an answer to the arbiter must
// not wait for a disk. A file that cannot be read is kept beside it as `holds.json.broken`.
class HoldFile : public hold::HoldStore {
 public:
  HoldFile(std::string directory, std::string boot_id);

  absl::StatusOr<hold::HoldMemory> Load() override;
  absl::Status Save(const hold::HoldMemory& memory) override;

 private:
  const std::string directory_;
  const std::string boot_id_;
  std::string saved_;  // what the file holds: the same is not written twice
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HOLD_FILE_H_
