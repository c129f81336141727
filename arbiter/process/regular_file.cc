#include "arbiter/process/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::process {

absl::StatusOr<std::string> ReadRegularFile(int fd, const std::string& path, std::size_t max_bytes) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
  if (S_ISDIR(status.st_mode)) return absl::ErrnoToStatus(EISDIR, absl::StrCat("read ", path));
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("read ", path, ": is no regular file"));
  }
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    if (count == 0) return text;
    if (text.size() + static_cast<std::size_t>(count) > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat("read ", path, ": longer than ", max_bytes, " bytes"));
    }
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

absl::StatusOr<std::string> ReadRegularFile(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
  return ReadRegularFile(file.get(), path, max_bytes);
}

}  // namespace arbiter::process
