#include "arbiter/process/exit_code.h"

#include <optional>

#include "absl/strings/cord.h"

namespace arbiter::process {
namespace {

constexpr char kPayload[] = "arbiter/exit_code";
constexpr int kFailed = 1;
constexpr int kUsage = 64;
constexpr int kNotPermitted = 77;
constexpr int kConfiguration = 78;

}  // namespace

absl::Status UsageError(absl::Status status) {
  status.SetPayload(kPayload, absl::Cord("usage"));
  return status;
}

absl::Status ConfigurationError(absl::Status status) {
  if (!absl::IsPermissionDenied(status) && !absl::IsUnavailable(status)) {
    status.SetPayload(kPayload, absl::Cord("configuration"));
  }
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  const auto mark = status.GetPayload(kPayload);
  if (mark.has_value()) {
    return *mark == "usage" ? kUsage : kConfiguration;
  }
  if (absl::IsPermissionDenied(status)) {
    return kNotPermitted;
  }
  return absl::IsInvalidArgument(status) ? kConfiguration : kFailed;
}

}  // namespace arbiter::process
