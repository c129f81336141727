// Whether the VRRP daemon on this node lives, as far as /proc and its pid files tell.
#ifndef PROBE_KEEPALIVED_DAEMON_STATUS_H_
#define PROBE_KEEPALIVED_DAEMON_STATUS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "probe/keepalived/process_table.h"

namespace probe::keepalived {

enum class DaemonState : std::uint8_t {
  kUnknown,  // it cannot be told: never seen, not permitted to look, or its VRRP process is about to be started again
  kRunning,
  kFrozen,  // its VRRP process is stopped (SIGSTOP, a debugger): it holds what it holds and sends nothing
  kGone,    // it was there and is not, or its pid file names a process that is not there or is none of it
};

struct DaemonStatus {
  DaemonState state = DaemonState::kUnknown;
  pid_t parent = 0;                      // the process to signal; 0 when there is none
  std::uint64_t parent_start_ticks = 0;  // guards against another process under the same id
  pid_t vrrp = 0;                        // its child that speaks VRRP; 0 when it cannot be told which one that is
  std::uint64_t vrrp_start_ticks = 0;
  std::string why;    // one line: what was seen
  bool seen = false;  // the daemon ran at some time since we began to look

  friend bool operator==(const DaemonStatus&, const DaemonStatus&) = default;
};

// Where to look.
struct DaemonPlace {
  std::string pid_file = "/run/keepalived.pid";
  std::string vrrp_pid_file = "/run/keepalived_vrrp.pid";
  std::string process_name = "keepalived";  // its processes' names begin so
};

// One look. `last` is what the look before gave (a default one at first): a daemon that was seen is found again without
// its pid file. Reads at most a handful of small files in /proc.
DaemonStatus LookAtDaemon(const DaemonPlace& place, const DaemonStatus& last);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DAEMON_STATUS_H_
