// `arbiter-probe holds`: shows and ends what this node must not answer for, with the probe that runs or without any.
#ifndef PROBE_DAEMON_HOLDS_COMMAND_H_
#define PROBE_DAEMON_HOLDS_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "probe/daemon/command_line.h"
#include "probe/daemon/read_settings.h"

namespace probe::daemon {

// What to print, and what went wrong; both where a part of it was done.
struct HoldsAnswer {
  std::string text;
  absl::Status status;
};

// Without a probe: gates are opened and track files set to 0 here, and what was stopped stays stopped. Claims nothing
// that the kernel's table contradicts: gates that this runtime directory knows nothing of are an error.
HoldsAnswer RunHolds(const HoldsCommand& command, const HoldsPlaces& places);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HOLDS_COMMAND_H_
