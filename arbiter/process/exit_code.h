// Statuses as the exit codes of sysexits.h that operators know.
#ifndef ARBITER_PROCESS_EXIT_CODE_H_
#define ARBITER_PROCESS_EXIT_CODE_H_

#include "absl/status/status.h"

namespace arbiter::process {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitNotPermitted = 77;
inline constexpr int kExitConfiguration = 78;

// Mark what a status means: the command line is wrong; the file is, or flags and file together. What says
// PermissionDenied stays that, and so does, for a configuration, what passes by itself (Unavailable).
absl::Status UsageError(absl::Status status);
absl::Status ConfigurationError(absl::Status status);

// 77 for PermissionDenied, else what it was marked as, else 78 for InvalidArgument (somebody wrote it), else 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_EXIT_CODE_H_
