// Files of the system, read to look at them.
#ifndef PROBE_DOCTOR_TEXT_FILE_H_
#define PROBE_DOCTOR_TEXT_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace probe::doctor {

// At most the first `max_bytes`. Works for files of /proc, whose size is not known beforehand. A pipe is empty: nobody
// is waited for.
absl::StatusOr<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes);

// The last `max_bytes` of a file that only grows.
absl::StatusOr<std::string> ReadTail(const std::string& path, std::size_t max_bytes);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_TEXT_FILE_H_
