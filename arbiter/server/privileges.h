// What this process may do beyond its user: nothing, once it has started.
#ifndef ARBITER_SERVER_PRIVILEGES_H_
#define ARBITER_SERVER_PRIVILEGES_H_

#include "absl/status/status.h"

namespace arbiter::server {

// Gives up every capability (capabilities(7)) of the calling thread, and of all that it starts from then on, for good.
// Call it before the first thread. Files that only root's capabilities could open stay closed afterwards.
absl::Status DropPrivileges();

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PRIVILEGES_H_
