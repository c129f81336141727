// Keeps a second probe off this node.
#ifndef PROBE_DAEMON_INSTANCE_LOCK_H_
#define PROBE_DAEMON_INSTANCE_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "arbiter/process/descriptor.h"

namespace probe::daemon {

// The process that wrote itself into the lock of that directory, as text; it need not live any more. Empty: not known.
std::string LockOwner(const std::string& directory);

// Held until it goes; the kernel lets go of it when the process dies.
class InstanceLock {
 public:
  // FailedPrecondition names the process that has it. The directory must exist, and be
  // ours alone (FailedPrecondition says how to mend it).
  static absl::StatusOr<InstanceLock> Take(const std::string& directory);

 private:
  explicit InstanceLock(arbiter::process::Descriptor fd) : fd_(std::move(fd)) {}
  arbiter::process::Descriptor fd_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_INSTANCE_LOCK_H_
