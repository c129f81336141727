// keepalived's track file: 1 makes the instance yield, 0 lets it go on (docs: track_file with weight 0).
#ifndef PROBE_ACTUATE_TRACK_FILE_H_
#define PROBE_ACTUATE_TRACK_FILE_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"

namespace probe::actuate {

// Replaces the file's content by "1" or "0" in one rename, which keepalived's inotify sees and no reader sees half
// done; mode 0644. The directory must exist: keepalived drops the tracker of a directory that is not there when it
// starts. Returns how long it took. A written file is no proof of anything: the tracker is fail-open.
absl::StatusOr<std::chrono::nanoseconds> WriteTrackFile(const std::string& path, bool demote);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_TRACK_FILE_H_
