// `arbiter-probe what-drops WAY...`: what of this host's packet filter drops adverts. The probe runs it beside itself,
// for a ruleset may be large, and libnftables ends the process where the kernel has no nfnetlink.
#ifndef PROBE_DAEMON_WHAT_DROPS_COMMAND_H_
#define PROBE_DAEMON_WHAT_DROPS_COMMAND_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace probe::daemon {

struct WhatDropsOptions {
  std::vector<std::string> ways;  // filter::AdvertPath::ToString()
};

// Prints filter::WriteCulprits() to `out`. What cannot be read says nothing; InvalidArgument where a way is none.
absl::Status RunWhatDrops(const WhatDropsOptions& options, std::ostream& out);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_WHAT_DROPS_COMMAND_H_
