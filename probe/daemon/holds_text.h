// Holds as `arbiter-probe holds` prints them.
#ifndef PROBE_DAEMON_HOLDS_TEXT_H_
#define PROBE_DAEMON_HOLDS_TEXT_H_

#include <string>
#include <vector>

#include "arbiter/v1/report.pb.h"

namespace probe::daemon {

// One line each; "nothing is held back" where there is none.
std::string HoldsText(const std::vector<arbiter::v1::LocalHold>& holds);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HOLDS_TEXT_H_
