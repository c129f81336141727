// Small files that somebody wrote for us (configuration, certificates, tokens), read whole.
#ifndef ARBITER_PROCESS_REGULAR_FILE_H_
#define ARBITER_PROCESS_REGULAR_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace arbiter::process {

// No configuration or certificate of a sane site is longer.
inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

// NotFound where there is none; ResourceExhausted beyond `max_bytes`; FailedPrecondition where it is no regular file,
// for a pipe or a device may never end. Follows links: who writes the path may name any file. Never waits for a writer.
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, std::size_t max_bytes = kMaxFileBytes);

// The same of an open file, whose `path` is for the error's text.
absl::StatusOr<std::string> ReadRegularFile(int fd, const std::string& path, std::size_t max_bytes);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_REGULAR_FILE_H_
