// `arbiter-probe snippet`: the lines that give this node's keepalived its track files.
#ifndef PROBE_DAEMON_SNIPPET_COMMAND_H_
#define PROBE_DAEMON_SNIPPET_COMMAND_H_

#include <ostream>

#include "absl/status/status.h"
#include "probe/daemon/settings.h"

namespace probe::daemon {

// What may hide an instance from us (braces, quotes, includes) is said on `err`. NotFound where there is no instance to
// give a file to.
absl::Status RunSnippet(const Settings& settings, std::ostream& out, std::ostream& err);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SNIPPET_COMMAND_H_
