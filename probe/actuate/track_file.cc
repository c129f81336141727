#include "probe/actuate/track_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"

namespace probe::actuate {
namespace {

absl::Status Failure(int error, absl::string_view act, absl::string_view path) {
  return absl::ErrnoToStatus(error, absl::StrCat(act, " track file ", path));
}

}  // namespace

absl::StatusOr<std::chrono::nanoseconds> WriteTrackFile(const std::string& path, bool demote) {
  const auto start = std::chrono::steady_clock::now();
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  netlink::UniqueFd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.ok()) return Failure(errno, "write", path);
  const char content[2] = {demote ? '1' : '0', '\n'};
  // keepalived may run with a mask of ours that takes the group's and others' right to read.
  const bool written = write(file.get(), content, sizeof content) == sizeof content && fchmod(file.get(), 0644) == 0;
  const int write_error = errno;
  file.reset();
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = written ? errno : write_error;
    unlink(temporary.c_str());
    return Failure(error, written ? "replace" : "write", path);
  }
  return std::chrono::steady_clock::now() - start;
}

}  // namespace probe::actuate
