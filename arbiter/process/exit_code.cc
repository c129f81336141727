#include "arbiter/process/exit_code.h"

#include <optional>

#include "absl/strings/cord.h"

namespace arbiter::process {
namespace {

constexpr char kPayload[] = "arbiter/exit_code";

}  // namespace

absl::Status UsageError(absl::Status status) {
  status.SetPayload(kPayload, absl::Cord("usage"));
  return status;
}

absl::Status ConfigurationError(absl::Status status) {
  if (!absl::IsUnavailable(status)) {
    status.SetPayload(kPayload, absl::Cord("configuration"));
  }
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (absl::IsPermissionDenied(status)) {
    return kExitNotPermitted;
  }
  const auto mark = status.GetPayload(kPayload);
  if (mark.has_value()) {
    return *mark == "usage" ? kExitUsage : kExitConfiguration;
  }
  return absl::IsInvalidArgument(status) ? kExitConfiguration : kExitFailed;
}

}  // namespace arbiter::process
