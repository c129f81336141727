#include "arbiter/process/private_directory.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/process/regular_file.h"
#include "arbiter/process/write.h"

namespace arbiter::process {
namespace {

// "nobody (uid 65534)", or "uid 4711" of somebody without a name.
std::string UserText(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(std::size_t{16} * 1024);
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return absl::StrCat("uid ", uid);
  }
  return absl::StrCat(found->pw_name, " (uid ", uid, ")");
}

// OK when nobody but root and us can change what is in it.
absl::Status CheckOurs(const std::string& path, const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "directory ", path, " belongs to ", UserText(status.st_uid), ", and this runs as ", UserText(geteuid()),
        ": chown ", geteuid(), " ", path, " after a look at what is in it, or name another directory"));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "directory ", path, " may be written by ", (status.st_mode & S_IWOTH) != 0 ? "everybody" : "its group",
        ": chmod go-w ", path, " after a look at what is in it, or name a directory of its own"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PrivateDirectory> PrivateDirectory::Open(const std::string& path) {
  std::string plain = path;
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();  // "link/" would be followed
  Descriptor directory(open(plain.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!directory.ok()) {
    const int error = errno;
    if (lstat(plain.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "directory ", plain, " is a symbolic link, which is not followed: name the directory that it leads to"));
    }
    return absl::ErrnoToStatus(error, absl::StrCat("open directory ", plain));
  }
  if (fstat(directory.get(), &status) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat directory ", plain));
  if (absl::Status ours = CheckOurs(plain, status); !ours.ok()) return ours;
  return PrivateDirectory(std::move(plain), std::move(directory));
}

absl::StatusOr<Descriptor> PrivateDirectory::OpenOrMakeFile(const std::string& name) const {
  Descriptor file(openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!file.ok()) return Failed("open", name, errno);
  return file;
}

absl::StatusOr<std::string> PrivateDirectory::ReadFile(const std::string& name, std::size_t max_bytes) const {
  const Descriptor file(openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.ok()) return Failed("read", name, errno);
  return ReadRegularFile(file.get(), PathOf(name), max_bytes);
}

absl::Status PrivateDirectory::ReplaceFile(const std::string& name, absl::string_view text, mode_t mode) const {
  const std::string fresh = absl::StrCat(name, ".new");
  // What an earlier process left half written. O_EXCL: what is written is a file that this call made.
  unlinkat(directory_.get(), fresh.c_str(), 0);
  const Descriptor file(
      openat(directory_.get(), fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.ok()) return Failed("write", fresh, errno);
  int error = WriteAll(file.get(), text);
  // The mode is meant as it is, whatever the process's mask.
  if (error == 0 && fchmod(file.get(), mode) != 0) error = errno;
  if (error != 0) {
    unlinkat(directory_.get(), fresh.c_str(), 0);
    return absl::ErrnoToStatus(error, absl::StrCat("write ", PathOf(name)));
  }
  if (renameat(directory_.get(), fresh.c_str(), directory_.get(), name.c_str()) == 0) return absl::OkStatus();
  error = errno;
  unlinkat(directory_.get(), fresh.c_str(), 0);
  return Failed("replace", name, error);
}

absl::StatusOr<std::size_t> PrivateDirectory::SizeOf(const std::string& name) const {
  struct stat status {};
  if (fstatat(directory_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return Failed("look at", name, errno);
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(PathOf(name), " is no regular file: move it away"));
  }
  return static_cast<std::size_t>(status.st_size);
}

absl::Status PrivateDirectory::Rename(const std::string& from, const std::string& to) const {
  if (renameat(directory_.get(), from.c_str(), directory_.get(), to.c_str()) == 0) return absl::OkStatus();
  return Failed(absl::StrCat("rename to ", to, ":"), from, errno);
}

absl::Status PrivateDirectory::Remove(const std::string& name) const {
  if (unlinkat(directory_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return absl::OkStatus();
  return Failed("remove", name, errno);
}

absl::Status PrivateDirectory::Sync() const {
  return fsync(directory_.get()) == 0 ? absl::OkStatus()
                                      : absl::ErrnoToStatus(errno, absl::StrCat("sync directory ", path_));
}

std::string PrivateDirectory::PathOf(const std::string& name) const { return absl::StrCat(path_, "/", name); }

absl::Status PrivateDirectory::Failed(absl::string_view act, const std::string& name, int error) const {
  const std::string what = absl::StrCat(act, " ", PathOf(name));
  if (error == ELOOP) {
    return absl::FailedPreconditionError(
        absl::StrCat(what, ": is a symbolic link, which is not followed: move it away"));
  }
  if (error == EROFS) return absl::PermissionDeniedError(absl::StrCat(what, ": the file system is read-only"));
  return absl::ErrnoToStatus(error, what);
}

}  // namespace arbiter::process
