#include "probe/keepalived/daemon_watch.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

constexpr unsigned kConfigurationTopic = 1;
constexpr unsigned kPidFileTopic = 2;

WatchedFile Watched(const std::filesystem::path& path, unsigned topic) {
  return {path.has_parent_path() ? path.parent_path().string() : ".", path.filename().string(), topic};
}

}  // namespace

// One descriptor for everything: an epoll set with inotify and the pidfds of at most two processes in it.
class DaemonWatch::Poll {
 public:
  static absl::StatusOr<std::unique_ptr<Poll>> Open(int files_fd) {
    const int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
      return absl::ErrnoToStatus(errno, "open epoll for the daemon's processes");
    }
    std::unique_ptr<Poll> poll(new Poll(fd));
    if (absl::Status added = poll->Add(files_fd); !added.ok()) {
      return added;
    }
    return poll;
  }

  ~Poll() {
    for (const Watched& one : processes_) {
      close(one.pidfd);
    }
    close(fd_);
  }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  // Watches for the end of these two processes and of no others. A process that has ended meanwhile is left out: the
  // next look will say so.
  void SetProcesses(const DaemonStatus& status) {
    const std::array<Process, 2> wanted{Process{status.parent, status.parent_start_ticks},
                                        Process{status.vrrp, status.vrrp_start_ticks}};
    std::erase_if(processes_, [&](const Watched& one) {
      const bool drop = std::find(wanted.begin(), wanted.end(), one.process) == wanted.end();
      if (drop) {
        close(one.pidfd);  // which also takes it out of the epoll set
      }
      return drop;
    });
    for (const Process& process : wanted) {
      const bool present =
          std::any_of(processes_.begin(), processes_.end(), [&](const Watched& one) { return one.process == process; });
      if (process.pid != 0 && !present) {
        Watch(process);
      }
    }
  }

 private:
  struct Process {
    pid_t pid;
    std::uint64_t start_ticks;
    friend bool operator==(const Process&, const Process&) = default;
  };
  struct Watched {
    Process process;
    int pidfd;
  };

  explicit Poll(int fd) : fd_(fd) {}

  absl::Status Add(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) {
      return absl::ErrnoToStatus(errno, "add a descriptor to the epoll set for the daemon");
    }
    return absl::OkStatus();
  }

  void Watch(const Process& process) {
    // glibc 2.36 declares pidfd_open without C linkage, so the call is made directly.
    const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
    if (pidfd < 0) {
      return;
    }
    // The id may have been given away between our look and the open: then this is somebody else.
    const absl::StatusOr<ProcessStat> stat = ReadStat(process.pid);
    if (!stat.ok() || stat->start_ticks != process.start_ticks || !Add(pidfd).ok()) {
      close(pidfd);
      return;
    }
    processes_.push_back({process, pidfd});
  }

  int fd_;
  std::vector<Watched> processes_;
};

absl::StatusOr<std::unique_ptr<DaemonWatch>> DaemonWatch::Open(DaemonPlace place) {
  absl::StatusOr<std::unique_ptr<FileWatch>> files = FileWatch::Open();
  if (!files.ok()) {
    return files.status();
  }
  absl::StatusOr<std::unique_ptr<Poll>> poll = Poll::Open((*files)->fd());
  if (!poll.ok()) {
    return poll.status();
  }
  std::unique_ptr<DaemonWatch> watch(new DaemonWatch(std::move(place), *std::move(files), *std::move(poll)));
  watch->WatchFiles();
  watch->Refresh();
  return watch;
}

DaemonWatch::DaemonWatch(DaemonPlace place, std::unique_ptr<FileWatch> files, std::unique_ptr<Poll> poll)
    : place_(std::move(place)), files_(std::move(files)), poll_(std::move(poll)) {}

DaemonWatch::~DaemonWatch() = default;

int DaemonWatch::fd() const { return poll_->fd(); }

void DaemonWatch::WatchConfiguration(const std::vector<std::string>& files,
                                     const std::vector<std::string>& directories) {
  configuration_.clear();
  for (const std::string& file : files) {
    configuration_.push_back(Watched(file, kConfigurationTopic));
    std::error_code error;
    const std::filesystem::path target = std::filesystem::canonical(file, error);
    if (!error && target != file) {
      configuration_.push_back(Watched(target, kConfigurationTopic));
    }
  }
  for (const std::string& directory : directories) {
    configuration_.push_back({directory, "", kConfigurationTopic});
  }
  WatchFiles();
}

DaemonWatch::Changes DaemonWatch::Drain() {
  const unsigned topics = files_->Drain();
  Changes changes;
  changes.configuration = (topics & kConfigurationTopic) != 0;
  changes.daemon = Refresh();
  return changes;
}

bool DaemonWatch::Refresh() {
  files_->Rearm();
  DaemonStatus now = LookAtDaemon(place_, status_);
  poll_->SetProcesses(now);
  const bool changed = now != status_;
  status_ = std::move(now);
  SampleRun();
  return changed;
}

void DaemonWatch::SampleRun() {
  const absl::StatusOr<ProcessStat> stat = ReadStat(status_.vrrp);
  const absl::StatusOr<std::uint64_t> slices = ReadTimeSlices(status_.vrrp);
  if (status_.vrrp == 0 || !stat.ok() || !slices.ok() || stat->start_ticks != status_.vrrp_start_ticks) {
    return run_.Forget();
  }
  run_.See({stat->pid, stat->start_ticks, stat->state, *slices, IsFrozenByCgroup(stat->pid)},
           std::chrono::steady_clock::now());
}

DaemonArguments DaemonWatch::Arguments() const {
  if (status_.parent == 0) {
    return {};
  }
  const absl::StatusOr<std::vector<std::string>> command_line = ReadCommandLine(status_.parent);
  return command_line.ok() ? ParseDaemonArguments(*command_line) : DaemonArguments();
}

void DaemonWatch::WatchFiles() {
  std::vector<WatchedFile> files = configuration_;
  files.push_back(Watched(place_.pid_file, kPidFileTopic));
  files.push_back(Watched(place_.vrrp_pid_file, kPidFileTopic));
  files_->Set(std::move(files));
}

}  // namespace probe::keepalived
