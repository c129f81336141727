#include "arbiter/ctl/exit_code.h"

namespace arbiter::ctl {

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kDone;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kUnavailable:
      return kUnreachable;
    case absl::StatusCode::kPermissionDenied:
      return kNotPermitted;
    default:
      return kFailed;
  }
}

}  // namespace arbiter::ctl
