#include "probe/keepalived/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

absl::StatusOr<std::unique_ptr<FileWatch>> FileWatch::Open() {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, "open inotify for the daemon's files");
  }
  return std::unique_ptr<FileWatch>(new FileWatch(fd));
}

FileWatch::~FileWatch() { close(fd_); }

void FileWatch::Set(std::vector<WatchedFile> files) {
  files_ = std::move(files);
  std::set<std::string> wanted;
  for (const WatchedFile& file : files_) {
    wanted.insert(file.directory);
  }
  for (auto entry = directories_.begin(); entry != directories_.end();) {
    std::erase_if(entry->second, [&](const std::string& path) { return !wanted.contains(path); });
    if (entry->second.empty()) {
      inotify_rm_watch(fd_, entry->first);
      entry = directories_.erase(entry);
    } else {
      ++entry;
    }
  }
  Rearm();
}

void FileWatch::Rearm() {
  std::set<std::string> missing;
  for (const WatchedFile& file : files_) {
    missing.insert(file.directory);
  }
  for (const auto& [watch, paths] : directories_) {
    for (const std::string& path : paths) {
      missing.erase(path);
    }
  }
  unwatched_.clear();
  for (const std::string& directory : missing) {
    const int watch = inotify_add_watch(fd_, directory.c_str(), kEvents);
    if (watch < 0) {
      unwatched_[directory] = std::generic_category().message(errno);
    } else {
      directories_[watch].push_back(directory);
    }
  }
}

std::vector<std::string> FileWatch::Unwatched() const {
  std::vector<std::string> result;
  result.reserve(unwatched_.size());
  for (const auto& [directory, cause] : unwatched_) {
    result.push_back(absl::StrCat("watch ", directory, ": ", cause));
  }
  return result;
}

unsigned FileWatch::Drain() {
  unsigned topics = 0;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const ssize_t got = read(fd_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return topics;
    }
    std::size_t at = 0;
    while (at + sizeof(inotify_event) <= static_cast<std::size_t>(got)) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      const char* name = event.len > 0 ? buffer.data() + at + sizeof(event) : "";
      if ((event.mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
        topics |= directories_.contains(event.wd) || event.wd < 0 ? AllTopics() : 0;
        if ((event.mask & IN_MOVE_SELF) != 0) {
          inotify_rm_watch(fd_, event.wd);  // its path leads elsewhere now
        }
        directories_.erase(event.wd);
      } else {
        topics |= TopicsOf(event.wd, name);
      }
      at += sizeof(event) + event.len;
    }
  }
}

unsigned FileWatch::TopicsOf(int watch, const char* name) const {
  const auto found = directories_.find(watch);
  if (found == directories_.end()) {
    return 0;
  }
  unsigned topics = 0;
  for (const WatchedFile& file : files_) {
    const bool here = std::find(found->second.begin(), found->second.end(), file.directory) != found->second.end();
    if (here && (file.name.empty() || file.name == name)) {
      topics |= file.topic;
    }
  }
  return topics;
}

unsigned FileWatch::AllTopics() const {
  unsigned topics = 0;
  for (const WatchedFile& file : files_) {
    topics |= file.topic;
  }
  return topics;
}

}  // namespace probe::keepalived
