// Statuses as the exit codes of sysexits.h that operators know.
#ifndef ARBITER_PROCESS_EXIT_CODE_H_
#define ARBITER_PROCESS_EXIT_CODE_H_

#include "absl/status/status.h"

namespace arbiter::process {

// Marks what a status means for the exit code.
absl::Status UsageError(absl::Status status);  // 64: the command line is wrong
// 78: the file, or flags and file together; not what passes by itself (Unavailable).
absl::Status ConfigurationError(absl::Status status);

// 64 and 78 for what is marked so; else 77 for PermissionDenied, 78 for a file that is not as it must be, and 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_EXIT_CODE_H_
