// Small files, read and replaced whole.
#ifndef PROBE_DAEMON_FILE_H_
#define PROBE_DAEMON_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probe::daemon {

// NotFound where there is none, ResourceExhausted beyond `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, std::size_t max_bytes);

// When it returns OK (mode 0600) the text outlives this process; else the file is as it was. Nothing is synced to disk:
// what is kept here means nothing after a reboot, and an answer to the arbiter must not wait for a disk.
absl::Status ReplaceFile(const std::string& path, absl::string_view text);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_FILE_H_
