// What arbctl ends with: sysexits.h where it has a code for it.
#ifndef ARBITER_CTL_EXIT_CODE_H_
#define ARBITER_CTL_EXIT_CODE_H_

#include "absl/status/status.h"

namespace arbiter::ctl {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 64;
inline constexpr int kUnreachable = 69;
inline constexpr int kNotPermitted = 77;
inline constexpr int kWrongConfiguration = 78;

// Of a command that ran.
int ExitCodeOf(const absl::Status& status);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_EXIT_CODE_H_
