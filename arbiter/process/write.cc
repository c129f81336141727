#include "arbiter/process/write.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace arbiter::process {

int WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

absl::StatusOr<Descriptor> MemoryFile(const char* name, absl::string_view text) {
  Descriptor file(memfd_create(name, MFD_CLOEXEC));
  int error = file.ok() ? WriteAll(file.get(), text) : errno;
  if (error == 0 && lseek(file.get(), 0, SEEK_SET) != 0) error = errno;
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("make a file in memory for a ", name));
  return file;
}

}  // namespace arbiter::process
