#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "arbiter/notify/body.h"
#include "arbiter/notify/delivery.h"

namespace arbiter::notify {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::chrono::milliseconds kLookAgainAfter{100};

// Closes its descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// A file in memory, at its start: unlike a pipe it waits for no reader.
absl::Status Fill(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, "write a notification for a command");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (lseek(fd, 0, SEEK_SET) != 0) return absl::ErrnoToStatus(errno, "rewind a notification for a command");
  return absl::OkStatus();
}

// What posix_spawn takes: stdin is ours, stdout nowhere, stderr the arbiter's own; nothing else is open.
class SpawnPlan {
 public:
  explicit SpawnPlan(int input) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  absl::StatusOr<pid_t> Run(std::vector<std::string> argv, std::vector<std::string> environment) const {
    pid_t pid = 0;
    const int error = posix_spawn(&pid, argv[0].c_str(), &actions_, &attributes_, Pointers(argv).data(),
                                  Pointers(environment).data());
    if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("run ", argv[0]));
    // The haste that the unit grants us (Nice=) is not for what a site's command starts.
    if (getpriority(PRIO_PROCESS, 0) < 0) (void)setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 0);
    return pid;
  }

 private:
  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> EnvironmentOf(const store::Notification& notification) {
  std::vector<std::string> environment = {kPath};
  for (auto& [name, value] : FieldsOf(notification)) {
    value.erase(std::remove(value.begin(), value.end(), '\0'), value.end());
    environment.push_back(absl::StrCat("ARBITER_", absl::AsciiStrToUpper(name), "=", value));
  }
  return environment;
}

class Command final : public Delivery {
 public:
  explicit Command(Target target) : target_(std::move(target)) {}

  absl::Status Deliver(const store::Notification& notification, const std::atomic<bool>& stopping) override {
    const Descriptor input(memfd_create("notification", MFD_CLOEXEC));
    if (input.get() < 0) return absl::ErrnoToStatus(errno, "make a file in memory for a command");
    if (absl::Status filled = Fill(input.get(), JsonBody(notification) + "\n"); !filled.ok()) return filled;
    const SpawnPlan plan(input.get());
    const absl::StatusOr<pid_t> pid = plan.Run(target_.command, EnvironmentOf(notification));
    if (!pid.ok()) return absl::UnavailableError(pid.status().message());
    return Await(*pid, stopping);
  }

 private:
  // Reaps the process, by force where it has to be. Until it is reaped its number is nobody else's.
  absl::Status Await(pid_t pid, const std::atomic<bool>& stopping) const {
    const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const Clock::time_point deadline = Clock::now() + target_.timeout;
    int how = 0;
    pid_t reaped = 0;
    while ((reaped = waitpid(pid, &how, WNOHANG)) == 0 || (reaped < 0 && errno == EINTR)) {
      if (Clock::now() >= deadline || stopping) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, &how, 0) < 0 && errno == EINTR) continue;
        return absl::DeadlineExceededError(absl::StrCat(target_.command[0], ": killed, its time was over"));
      }
      pollfd ended{process.get(), POLLIN, 0};
      poll(&ended, 1, static_cast<int>(kLookAgainAfter.count()));
    }
    if (reaped < 0) return absl::ErrnoToStatus(errno, absl::StrCat("wait for ", target_.command[0]));
    if (WIFSIGNALED(how)) {
      return absl::AbortedError(absl::StrCat(target_.command[0], ": ended by signal ", WTERMSIG(how)));
    }
    if (WEXITSTATUS(how) != 0) {
      return absl::AbortedError(absl::StrCat(target_.command[0], ": exit status ", WEXITSTATUS(how)));
    }
    return absl::OkStatus();
  }

  Target target_;
};

}  // namespace

std::unique_ptr<Delivery> MakeCommand(const Target& target) { return std::make_unique<Command>(target); }

}  // namespace arbiter::notify
