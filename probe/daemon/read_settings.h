// Flags, environment and file put together for a command.
#ifndef PROBE_DAEMON_READ_SETTINGS_H_
#define PROBE_DAEMON_READ_SETTINGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "probe/daemon/command_line.h"
#include "probe/daemon/settings.h"

namespace probe::daemon {

// File under flags, checked. Errors are marked for the exit code.
absl::StatusOr<Settings> ReadSettings(const CommandLine& line);

// All that `holds` needs to know.
struct HoldsPlaces {
  std::string runtime_dir;
  std::string keepalived_conf;  // empty: the usual one
};

// The emergency exit must work when the configuration does not: a file that is wrong or cannot be read is left out, and
// `*warning` says so; else it is empty. An error is one of the command line.
absl::StatusOr<HoldsPlaces> ReadHoldsPlaces(const CommandLine& line, std::string* warning);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_READ_SETTINGS_H_
