#include "probe/keepalived/text_source.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/wipe.h"

namespace probe::keepalived {
namespace {

struct GlobDeleter {
  void operator()(glob_t* matches) const {
    globfree(matches);
    delete matches;
  }
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// The directory is text, not a pattern: what glob would take for one is escaped.
std::string EscapeForGlob(const std::string& directory) {
  std::string escaped;
  for (const char c : directory) {
    if (std::string("*?[]{}~\\").find(c) != std::string::npos) {
      escaped.push_back('\\');
    }
    escaped.push_back(c);
  }
  return escaped;
}

absl::Status CheckKind(int fd, const std::string& path) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("stat ", path));
  }
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is executable, and keepalived reads no such file"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FileSource::Match(const std::string& directory, const std::string& pattern) {
  const bool absolute = !pattern.empty() && pattern.front() == '/';
  const std::string full = absolute ? pattern : absl::StrCat(EscapeForGlob(directory), "/", pattern);
  const std::unique_ptr<glob_t, GlobDeleter> matches(new glob_t{});
  const int result = glob(full.c_str(), GLOB_MARK | GLOB_BRACE, nullptr, matches.get());
  if (result == GLOB_NOMATCH) {
    return absl::NotFoundError(absl::StrCat("no file matches ", pattern));
  }
  if (result != 0) {
    return absl::InternalError(absl::StrCat("look for ", pattern, ": glob failed with ", result));
  }
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < matches->gl_pathc; ++i) {
    std::string path = matches->gl_pathv[i];
    if (!path.empty() && path.back() != '/') {
      paths.push_back(std::move(path));
    }
  }
  if (paths.empty()) {
    return absl::NotFoundError(absl::StrCat("only directories match ", pattern));
  }
  return paths;
}

absl::StatusOr<std::string> FileSource::Read(const std::string& path, std::size_t max_bytes) {
  // O_NONBLOCK: a FIFO without a writer must not hold us up before it is refused.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  }
  if (absl::Status kind = CheckKind(file.get(), path); !kind.ok()) {
    return kind;
  }
  std::string text;
  std::string buffer(std::size_t{64} * 1024, '\0');
  const WipedAtEnd wiped(&buffer);
  for (;;) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    }
    if (got == 0) {
      return text;
    }
    if (text.size() + static_cast<std::size_t>(got) > max_bytes) {
      WipeText(&text);
      return absl::ResourceExhaustedError(absl::StrCat("read ", path, ": longer than ", max_bytes, " bytes"));
    }
    text.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

}  // namespace probe::keepalived
