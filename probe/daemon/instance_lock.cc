#include "probe/daemon/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "probe/daemon/file.h"

namespace probe::daemon {
namespace {

std::string PathIn(const std::string& directory) { return absl::StrCat(directory, "/lock"); }

}  // namespace

std::string LockOwner(const std::string& directory) { return ReadFile(PathIn(directory), 64).value_or(""); }

absl::StatusOr<InstanceLock> InstanceLock::Take(const std::string& directory) {
  const std::string path = PathIn(directory);
  netlink::UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return absl::ErrnoToStatus(errno, absl::StrCat("lock ", path));
    const std::string owner = LockOwner(directory);
    return absl::FailedPreconditionError(absl::StrCat("another arbiter-probe runs on this node (process ",
                                                      owner.empty() ? "unknown" : owner, ", ", path,
                                                      "): stop it first, or give this one another --runtime-dir"));
  }
  const std::string pid = absl::StrCat(getpid());
  if (ftruncate(fd.get(), 0) != 0 || pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("write ", path));
  }
  return InstanceLock(std::move(fd));
}

}  // namespace probe::daemon
