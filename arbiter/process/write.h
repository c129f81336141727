// Texts written whole.
#ifndef ARBITER_PROCESS_WRITE_H_
#define ARBITER_PROCESS_WRITE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::process {

// 0, or the errno of what failed.
int WriteAll(int fd, absl::string_view text);

// A file in memory that has this text, at its start: unlike a pipe it waits for no reader. `name` is for who looks at
// /proc.
absl::StatusOr<Descriptor> MemoryFile(const char* name, absl::string_view text);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_WRITE_H_
