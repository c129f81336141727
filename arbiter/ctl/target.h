// NODE VIP, as demote and release take them.
#ifndef ARBITER_CTL_TARGET_H_
#define ARBITER_CTL_TARGET_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace arbiter::ctl {

struct Target {
  std::string node;
  std::string vip;
  std::string reason;

  // InvalidArgument when the VIP is no address.
  [[nodiscard]] absl::Status Check() const;
};

std::shared_ptr<Target> AddTarget(CLI::App* command);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_TARGET_H_
