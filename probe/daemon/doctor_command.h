// `arbiter-probe doctor`: examines this node, with no arbiter needed.
#ifndef PROBE_DAEMON_DOCTOR_COMMAND_H_
#define PROBE_DAEMON_DOCTOR_COMMAND_H_

#include <chrono>
#include <ostream>
#include <string>

#include "probe/daemon/settings.h"

namespace probe::daemon {

struct DoctorOptions {
  bool json = false;
  std::chrono::nanoseconds listen = std::chrono::seconds(3);
};

// Prints what was found to `out`. Returns the exit code that the worst of it makes (see probe/doctor/printout.h), or 1
// when it cannot be written.
int RunDoctor(const DoctorOptions& options, const Settings& settings, const std::string& version, std::ostream& out);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_DOCTOR_COMMAND_H_
