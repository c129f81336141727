#include "arbiter/store/state_dir.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace arbiter::store {

absl::StatusOr<StateDir> StateDir::Lock(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    const std::string act = absl::StrCat("make state directory ", path);
    if (errno == EROFS) return absl::PermissionDeniedError(absl::StrCat(act, ": the file system is read-only"));
    return absl::ErrnoToStatus(errno, act);
  }
  absl::StatusOr<process::PrivateDirectory> files = process::PrivateDirectory::Open(path);
  if (!files.ok()) return absl::Status(files.status().code(), absl::StrCat("state ", files.status().message()));
  absl::StatusOr<process::Descriptor> lock = files->OpenOrMakeFile("arbiter.lock");
  if (!lock.ok()) return lock.status();
  if (flock(lock->get(), LOCK_EX | LOCK_NB) == 0) return StateDir(*std::move(files), *std::move(lock));
  if (errno != EWOULDBLOCK) return absl::ErrnoToStatus(errno, absl::StrCat("lock ", files->PathOf("arbiter.lock")));
  return absl::UnavailableError(absl::StrCat(
      "lock state directory ", path, ": another arbiter uses it: stop that one, or give this one another --state-dir"));
}

}  // namespace arbiter::store
