// Tells when files change, appear or vanish, by watching their directories (inotify). Nothing is polled.
#ifndef PROBE_KEEPALIVED_FILE_WATCH_H_
#define PROBE_KEEPALIVED_FILE_WATCH_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace probe::keepalived {

// A file to watch: it need not exist, its directory should.
struct WatchedFile {
  std::string directory;
  std::string name;    // empty: every file of the directory
  unsigned topic = 0;  // a bit of the owner's choice
};

// Not thread-safe. Directories that do not exist are tried again at each Rearm.
class FileWatch {
 public:
  static absl::StatusOr<std::unique_ptr<FileWatch>> Open();
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Readable when Drain has something to tell.
  [[nodiscard]] int fd() const { return fd_; }

  // Watches these files and no others. Changes made from now on are told.
  void Set(std::vector<WatchedFile> files);

  // Watches what could not be watched before.
  void Rearm();

  // Directories that are not watched now, and why.
  [[nodiscard]] std::vector<std::string> Unwatched() const;

  // Takes all that is queued. Returns the topics of the files that changed; all topics when the kernel lost events or a
  // directory went away.
  unsigned Drain();

 private:
  explicit FileWatch(int fd) : fd_(fd) {}
  unsigned TopicsOf(int watch, const char* name) const;
  [[nodiscard]] unsigned AllTopics() const;

  int fd_;
  std::vector<WatchedFile> files_;
  std::map<int, std::vector<std::string>> directories_;  // by watch descriptor; two paths may name one directory
  std::map<std::string, std::string> unwatched_;         // directory -> cause
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_FILE_WATCH_H_
