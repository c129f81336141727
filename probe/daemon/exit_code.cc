#include "probe/daemon/exit_code.h"

#include "absl/strings/cord.h"

namespace probe::daemon {
namespace {

constexpr char kPayload[] = "probe/exit_code";

}  // namespace

absl::Status UsageError(absl::Status status) {
  status.SetPayload(kPayload, absl::Cord("usage"));
  return status;
}

absl::Status ConfigurationError(absl::Status status) {
  if (!absl::IsUnavailable(status)) status.SetPayload(kPayload, absl::Cord("configuration"));
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (absl::IsPermissionDenied(status)) return kExitNotPermitted;
  const auto mark = status.GetPayload(kPayload);
  if (!mark) return kExitFailed;
  return *mark == "usage" ? kExitUsage : kExitConfiguration;
}

}  // namespace probe::daemon
