#include "proto/value/duration.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace arbiter {

absl::StatusOr<std::chrono::nanoseconds> ParseDuration(absl::string_view text) {
  absl::Duration parsed;
  const bool good =
      absl::ParseDuration(text, &parsed) && parsed >= absl::ZeroDuration() && parsed < absl::Hours(24 * 365);
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not a duration (write 250ms, 3s or 1m)"));
  }
  return absl::ToChronoNanoseconds(parsed);
}

std::string FormatDuration(std::chrono::nanoseconds duration) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (ms < 1000) return absl::StrCat(ms, "ms");
  if (ms < 60'000) return absl::StrFormat("%d.%ds", ms / 1000, ms % 1000 / 100);
  const std::int64_t seconds = ms / 1000;
  if (seconds < 3600) return absl::StrFormat("%dm%ds", seconds / 60, seconds % 60);
  if (seconds < 86'400) return absl::StrFormat("%dh%dm", seconds / 3600, seconds % 3600 / 60);
  return absl::StrFormat("%dd%dh", seconds / 86'400, seconds % 86'400 / 3600);
}

}  // namespace arbiter
