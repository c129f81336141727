// What this process may do beyond its user: listen to packets and set up the network, and nothing else.
#ifndef ARBITER_PROCESS_PRIVILEGES_H_
#define ARBITER_PROCESS_PRIVILEGES_H_

#include "absl/status/status.h"

namespace arbiter::process {

// Keeps, of what it has, CAP_NET_RAW (taps, questions, announcements) and CAP_NET_ADMIN (gates, addresses), and gives
// up every other capability (capabilities(7)) of the calling thread and of all that it starts from then on, for good.
// Call it before the first thread.
//
// The user stays. As root the VRRP daemon's files can be read and the daemon, which is root's too, can be stopped, by
// ownership alone. A file of another user that has no read bit for others stays closed. The site's commands (hooks,
// stop_command) run with the same two capabilities: one that needs more asks systemd for it (`systemctl start UNIT`);
// sudo and the like do not work below this process.
absl::Status KeepNetworkPrivilegesOnly();

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_PRIVILEGES_H_
