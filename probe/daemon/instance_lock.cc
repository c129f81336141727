#include "probe/daemon/instance_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "arbiter/process/private_directory.h"

namespace probe::daemon {
namespace {

using arbiter::process::Descriptor;
using arbiter::process::PrivateDirectory;

constexpr char kName[] = "lock";

}  // namespace

std::string LockOwner(const std::string& directory) {
  const auto opened = PrivateDirectory::Open(directory);
  return opened.ok() ? opened->ReadFile(kName, 64).value_or("") : "";
}

absl::StatusOr<InstanceLock> InstanceLock::Take(const std::string& directory) {
  const auto opened = PrivateDirectory::Open(directory);
  if (!opened.ok()) return opened.status();
  const std::string path = opened->PathOf(kName);
  absl::StatusOr<Descriptor> fd = opened->OpenOrMakeFile(kName);
  if (!fd.ok()) return fd.status();
  if (flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return absl::ErrnoToStatus(errno, absl::StrCat("lock ", path));
    const std::string owner = LockOwner(directory);
    return absl::FailedPreconditionError(absl::StrCat("another arbiter-probe runs on this node (process ",
                                                      owner.empty() ? "unknown" : owner, ", ", path,
                                                      "): stop it first, or give this one another --runtime-dir"));
  }
  const std::string pid = absl::StrCat(getpid());
  if (ftruncate(fd->get(), 0) != 0 || pwrite(fd->get(), pid.data(), pid.size(), 0) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("write ", path));
  }
  return InstanceLock(*std::move(fd));
}

}  // namespace probe::daemon
