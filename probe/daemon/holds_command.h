// `arbiter-probe holds`: shows and ends what this node must not answer for, with the probe that runs or without any.
#ifndef PROBE_DAEMON_HOLDS_COMMAND_H_
#define PROBE_DAEMON_HOLDS_COMMAND_H_

#include <string>

#include "absl/status/statusor.h"
#include "probe/daemon/command_line.h"
#include "probe/daemon/read_settings.h"

namespace probe::daemon {

// What to print. Without a probe: gates are opened and track files set to 0 here, and what was stopped stays stopped.
absl::StatusOr<std::string> RunHolds(const HoldsCommand& command, const HoldsPlaces& places);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HOLDS_COMMAND_H_
