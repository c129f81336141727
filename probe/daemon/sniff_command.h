// `arbiter-probe sniff`: prints adverts as they pass or out of a capture file, one a line.
#ifndef PROBE_DAEMON_SNIFF_COMMAND_H_
#define PROBE_DAEMON_SNIFF_COMMAND_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace probe::daemon {

struct SniffOptions {
  // Where to listen; none: every Ethernet-like interface that is up.
  std::vector<std::string> interfaces = {};
  // A capture file to read instead, "-" for standard input.
  std::optional<std::string> read = std::nullopt;
  bool json = false;
  // Listening ends when this descriptor becomes readable. -1: only on SIGINT and SIGTERM, which end it in any case.
  int stop_fd = -1;
};

// Adverts and CARP go to `out`; all else (where it listens, what could not be read, errors) to `err`. Returns the exit
// code: 0, also when stopped by a signal; 1 when a file or interface cannot be read (to its end), or `out` not be
// written; 64 when both are asked for; 77 when not permitted. Blocks the two signals for the calling thread while it
// listens.
int RunSniff(const SniffOptions& options, std::ostream& out, std::ostream& err);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SNIFF_COMMAND_H_
