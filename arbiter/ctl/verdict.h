// The whole status as one line and one number, for monitoring.
#ifndef ARBITER_CTL_VERDICT_H_
#define ARBITER_CTL_VERDICT_H_

#include <string>

#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// The exit codes of a monitoring plugin.
inline constexpr int kCheckOk = 0;
inline constexpr int kCheckWarning = 1;
inline constexpr int kCheckCritical = 2;
inline constexpr int kCheckUnknown = 3;

struct Verdict {
  int code = kCheckOk;
  std::string line;  // without its newline
};

// Critical: a VIP is split, being healed, or held by nobody, or a held-back node still answers. Warning: a VIP is
// guarded, contested or unknown, a node is not connected, the arbiter warns of something, no node ever attached. The
// worst is said first; performance figures follow behind a '|'.
Verdict VerdictOf(const v1::GetStatusResponse& status);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_VERDICT_H_
