// How a running keepalived was started: what decides which configuration it reads, and as whom.
#ifndef PROBE_KEEPALIVED_DAEMON_ARGUMENTS_H_
#define PROBE_KEEPALIVED_DAEMON_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/types/span.h"

namespace probe::keepalived {

// Empty: not given, the daemon's default applies (man keepalived(8)).
struct DaemonArguments {
  std::string config_path;    // -f, --use-file; /etc/keepalived/keepalived.conf
  std::string config_id;      // -i, --config-id; the host name up to its first dot
  std::string pid_file;       // -p, --pid; /run/keepalived.pid
  std::string vrrp_pid_file;  // -r, --vrrp_pid; /run/keepalived_vrrp.pid
};

// Takes a command line apart as getopt_long would; the program's name comes first. What it does not know is skipped.
DaemonArguments ParseDaemonArguments(absl::Span<const std::string> command_line);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DAEMON_ARGUMENTS_H_
