#include "arbiter/process/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace arbiter::process {
namespace {

// As in the units. Programs that we start may close all that they may have, one by one.
constexpr rlim_t kEnough = 65536;

}  // namespace

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kEnough));
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace arbiter::process
