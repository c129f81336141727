// Durations as operators write them: 250ms, 3s, 1m.
#ifndef PROTO_VALUE_DURATION_H_
#define PROTO_VALUE_DURATION_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter {

// Reads "250ms", "3s", "1m30s", "2h", or "0". Negative, infinite and unit-less values are InvalidArgument, which says
// how to write one.
absl::StatusOr<std::chrono::nanoseconds> ParseDuration(absl::string_view text);

// The shortest form for a person, at a precision that matters: "8.1s", "250ms", "1m30s", "3h12m", "4d2h".
std::string FormatDuration(std::chrono::nanoseconds duration);

}  // namespace arbiter

#endif  // PROTO_VALUE_DURATION_H_
