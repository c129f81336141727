// What this process may do beyond its user (capabilities(7)).
#ifndef ARBITER_PROCESS_PRIVILEGES_H_
#define ARBITER_PROCESS_PRIVILEGES_H_

#include <initializer_list>

#include "absl/status/status.h"

namespace arbiter::process {

// Keeps, of the capabilities that it has, no others than these (CAP_NET_RAW and the like), and gives up the rest: of
// the calling thread and of all that it starts from then on, for good. Call it before the first thread. Files that only
// root's capabilities could open stay closed afterwards.
absl::Status KeepCapabilities(std::initializer_list<int> kept);

// Whether it is in force now.
bool HasCapability(int capability);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_PRIVILEGES_H_
