// Follows the VRRP daemon on this node: whether it lives, and when its configuration should be read again.
#ifndef PROBE_KEEPALIVED_DAEMON_WATCH_H_
#define PROBE_KEEPALIVED_DAEMON_WATCH_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/keepalived/config.h"
#include "probe/keepalived/daemon_arguments.h"
#include "probe/keepalived/daemon_status.h"
#include "probe/keepalived/file_watch.h"
#include "probe/keepalived/run_watch.h"

namespace probe::keepalived {

// Sleeps until something happens: the end of the daemon's processes by pidfd, files by inotify. What makes no event is
// seen by Refresh only: a daemon that is stopped or continued. Not thread-safe.
class DaemonWatch {
 public:
  // Looks once, so that status() is right from the start.
  static absl::StatusOr<std::unique_ptr<DaemonWatch>> Open(DaemonPlace place);
  ~DaemonWatch();
  DaemonWatch(const DaemonWatch&) = delete;
  DaemonWatch& operator=(const DaemonWatch&) = delete;

  // Readable when Drain has something to tell.
  [[nodiscard]] int fd() const;

  // From now on changes of these files are told: all that was read, and whatever appears where an include looks. A file
  // that is a symbolic link is watched at both ends. Call it before the configuration is read and after, with what was
  // read, so that no change falls between.
  void WatchConfiguration(const std::vector<std::string>& files, const std::vector<std::string>& directories);

  struct Changes {
    bool configuration = false;  // read it again
    bool daemon = false;         // status() is not what it was
  };

  // Takes all that is queued, and looks at the daemon. Does not block.
  Changes Drain();

  // Looks at the daemon now: some reads of /proc. True when status() is not what it was.
  bool Refresh();

  [[nodiscard]] const DaemonStatus& status() const { return status_; }

  // For how long its VRRP process has wanted to run and was not let, as the looks tell: stopped, starved,
  // uninterruptible, frozen with its control group. 0: it runs, or that cannot be told.
  [[nodiscard]] std::chrono::nanoseconds StandsStillFor(RunWatch::Instant now) const {
    return run_.StandsStillFor(now);
  }

  // How the daemon that runs was started; empty fields when none runs or it cannot be read.
  [[nodiscard]] DaemonArguments Arguments() const;

  // What cannot be watched, and why: changes there are not told.
  [[nodiscard]] std::vector<std::string> Unwatched() const { return files_->Unwatched(); }

 private:
  class Poll;
  DaemonWatch(DaemonPlace place, std::unique_ptr<FileWatch> files, std::unique_ptr<Poll> poll);
  void WatchFiles();
  void SampleRun();

  DaemonPlace place_;
  std::unique_ptr<FileWatch> files_;
  std::unique_ptr<Poll> poll_;
  std::vector<WatchedFile> configuration_;
  DaemonStatus status_;
  RunWatch run_;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DAEMON_WATCH_H_
