// Statuses as the exit codes of sysexits.h that operators know.
#ifndef PROBE_DAEMON_EXIT_CODE_H_
#define PROBE_DAEMON_EXIT_CODE_H_

#include "absl/status/status.h"

namespace probe::daemon {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitNotPermitted = 77;
inline constexpr int kExitConfiguration = 78;

// Mark what a status means for the exit code; one that says PermissionDenied, or Unavailable (it passes), stays that.
absl::Status UsageError(absl::Status status);
absl::Status ConfigurationError(absl::Status status);

// 77 for PermissionDenied, else what it was marked as, else 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_EXIT_CODE_H_
