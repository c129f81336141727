// NODE VIP, as demote and release take them.
#ifndef ARBITER_CTL_TARGET_H_
#define ARBITER_CTL_TARGET_H_

#include <string>

#include "absl/status/status.h"
#include "arbiter/ctl/command.h"

namespace arbiter::ctl {

struct Target {
  std::string node;
  std::string vip;
  std::string reason;

  // InvalidArgument when the VIP is no address.
  [[nodiscard]] absl::Status Check() const;
};

// `target` outlives the command line.
void AddTarget(Command& command, Target* target);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_TARGET_H_
