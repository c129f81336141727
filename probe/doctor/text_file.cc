#include "probe/doctor/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"

namespace probe::doctor {
namespace {

absl::StatusOr<std::string> ReadFrom(int fd, const std::string& path, std::size_t max_bytes) {
  std::string text(max_bytes, '\0');
  std::size_t size = 0;
  while (size < max_bytes) {
    const ssize_t length = read(fd, text.data() + size, max_bytes - size);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    if (length == 0) break;
    size += static_cast<std::size_t>(length);
  }
  text.resize(size);
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes) {
  const netlink::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  return ReadFrom(fd.get(), path, max_bytes);
}

absl::StatusOr<std::string> ReadTail(const std::string& path, std::size_t max_bytes) {
  const netlink::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  const off_t size = lseek(fd.get(), 0, SEEK_END);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(max_bytes));
  if (size < 0 || lseek(fd.get(), from, SEEK_SET) < 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("seek in ", path));
  return ReadFrom(fd.get(), path, max_bytes);
}

}  // namespace probe::doctor
