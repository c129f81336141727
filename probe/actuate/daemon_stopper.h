// Ends a VRRP daemon: the last resort, where no gate can work.
#ifndef PROBE_ACTUATE_DAEMON_STOPPER_H_
#define PROBE_ACTUATE_DAEMON_STOPPER_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "probe/netlink/unique_fd.h"

namespace probe::actuate {

// A process that cannot be mistaken for a later one with the same number.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/<pid>/stat, proc(5)
};

// Who has the number `pid` now; NotFound if nobody.
absl::StatusOr<ProcessIdentity> IdentifyProcess(pid_t pid);

// Sends SIGTERM to that very process. Returns a pidfd, readable once the process has ended, because stopping takes up
// to a second and is not waited for. NotFound if it has ended already or its number belongs to another process by now.
absl::StatusOr<netlink::UniqueFd> StopDaemon(const ProcessIdentity& daemon);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_DAEMON_STOPPER_H_
