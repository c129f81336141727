#include "arbiter/store/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::store {
namespace {

absl::Status SystemError(absl::string_view act, absl::string_view path, int error) {
  if (error == EROFS) {
    return absl::PermissionDeniedError(absl::StrCat(act, " ", path, ": the file system is read-only"));
  }
  return absl::ErrnoToStatus(error, absl::StrCat(act, " ", path));
}

int OpenOrMake(const std::string& path) { return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }

// A new name in a directory is durable when the directory is.
absl::Status SyncDirectory(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return SystemError("open directory", path, errno);
  const int result = fsync(directory);
  const int error = errno;
  close(directory);
  return result == 0 ? absl::OkStatus() : SystemError("sync directory", path, error);
}

}  // namespace

absl::StatusOr<StateDir> StateDir::Lock(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return SystemError("make state directory", path, errno);
  const std::string name = absl::StrCat(path, "/arbiter.lock");
  const int lock = OpenOrMake(name);
  if (lock < 0) return SystemError("open", name, errno);
  StateDir directory(path, lock);
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) return directory;
  if (errno != EWOULDBLOCK) return SystemError("lock", name, errno);
  return absl::UnavailableError(absl::StrCat(
      "lock state directory ", path, ": another arbiter uses it: stop that one, or give this one another --state-dir"));
}

StateDir::StateDir(StateDir&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

StateDir& StateDir::operator=(StateDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

StateDir::~StateDir() {
  if (lock_ >= 0) close(lock_);
}

absl::StatusOr<std::string> StateDir::MakeFile(absl::string_view name) const {
  std::string path = absl::StrCat(path_, "/", name);
  const int file = OpenOrMake(path);
  if (file < 0) return SystemError("open", path, errno);
  close(file);
  if (absl::Status status = SyncDirectory(path_); !status.ok()) return status;
  return path;
}

}  // namespace arbiter::store
