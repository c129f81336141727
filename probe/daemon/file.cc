#include "probe/daemon/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"

namespace probe::daemon {
namespace {

using netlink::UniqueFd;

absl::Status WriteAll(int fd, absl::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::ErrnoToStatus(errno, absl::StrCat("write ", path));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t count = read(fd.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat("read ", path, ": more than ", max_bytes, " bytes"));
    }
  }
}

absl::Status ReplaceFile(const std::string& path, absl::string_view text) {
  const std::string fresh = absl::StrCat(path, ".new");
  {
    const UniqueFd fd(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!fd.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("write ", fresh));
    if (absl::Status status = WriteAll(fd.get(), text, fresh); !status.ok()) return status;
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("rename ", fresh, " to ", path));
  }
  return absl::OkStatus();
}

}  // namespace probe::daemon
