#include "probe/actuate/command_runner.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/actuate/pidfd.h"

namespace probe::actuate {
namespace {

constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool GoodName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           c == '_';
  });
}

absl::Status Check(const CommandSpec& spec) {
  if (spec.argv.empty() || !absl::StartsWith(spec.argv[0], "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("run \"", spec.argv.empty() ? "" : spec.argv[0], "\": a command is an absolute path"));
  }
  if (spec.time_limit <= std::chrono::nanoseconds(0)) {
    return absl::InvalidArgumentError(absl::StrCat("run ", spec.argv[0], ": it has no time limit"));
  }
  for (const auto& [name, value] : spec.about) {
    if (!GoodName(name)) {
      return absl::InvalidArgumentError(absl::StrCat("run ", spec.argv[0], ": bad variable name ARBITER_", name));
    }
  }
  return absl::OkStatus();
}

// What posix_spawn takes, built up and freed in pairs.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  // 0, or an errno.
  int Run(pid_t& pid, std::vector<std::string> argv, std::vector<std::string> environment) const {
    return posix_spawn(&pid, argv[0].c_str(), &actions_, &attributes_, Pointers(argv).data(),
                       Pointers(environment).data());
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

}  // namespace

absl::StatusOr<std::unique_ptr<RunningCommand>> RunningCommand::Start(const CommandSpec& spec, netlink::Instant now) {
  if (absl::Status status = Check(spec); !status.ok()) return status;
  std::unique_ptr<RunningCommand> command(new RunningCommand(spec, now));
  if (absl::Status status = command->Spawn(spec); !status.ok()) return status;
  if (absl::Status status = command->WatchBoth(); !status.ok()) return status;
  return command;
}

absl::Status RunningCommand::Spawn(const CommandSpec& spec) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("run ", name_, ": make pipe"));
  output_fd_ = netlink::UniqueFd(ends[0]);
  const netlink::UniqueFd write_end(ends[1]);
  fcntl(output_fd_.get(), F_SETFL, O_NONBLOCK);
  std::vector<std::string> environment = {kPath};
  for (const auto& [name, value] : spec.about) environment.push_back(absl::StrCat("ARBITER_", name, "=", value));
  const SpawnPlan plan(write_end.get());
  if (const int error = plan.Run(pid_, spec.argv, std::move(environment)); error != 0) {
    pid_ = 0;
    return absl::ErrnoToStatus(error, absl::StrCat("run ", name_));
  }
  // The haste that the unit grants us (Nice=) is not for what a site's command starts.
  if (getpriority(PRIO_PROCESS, 0) < 0) (void)setpriority(PRIO_PROCESS, static_cast<id_t>(pid_), 0);
  return absl::OkStatus();
}

absl::Status RunningCommand::WatchBoth() {
  process_ = OpenPidfd(pid_);  // ours and not reaped yet: the number cannot be another's
  poll_ = netlink::UniqueFd(epoll_create1(EPOLL_CLOEXEC));
  if (!process_.ok() || !poll_.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("watch ", name_));
  for (const int fd : {process_.get(), output_fd_.get()}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("watch ", name_));
    }
  }
  return absl::OkStatus();
}

RunningCommand::~RunningCommand() {
  if (pid_ == 0) return;
  kill(-pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void RunningCommand::ReadOutput() {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t length = read(output_fd_.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return;
    if (length == 0) break;  // everybody has closed it; an epoll that still watched it would wake us for ever
    const std::size_t room = most_output_ - output_.size();
    output_.append(buffer.data(), std::min(room, static_cast<std::size_t>(length)));
  }
  output_fd_.reset();
}

std::optional<CommandResult> RunningCommand::Poll(netlink::Instant now) {
  if (pid_ == 0) return std::nullopt;
  if (output_fd_.ok()) ReadOutput();
  if (now >= deadline_ && !killed_) {
    killed_ = true;
    kill(-pid_, SIGKILL);
  }
  int how = 0;
  if (waitpid(pid_, &how, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  if (output_fd_.ok()) ReadOutput();
  CommandResult result{.status = absl::OkStatus(), .took = now - started_, .output = std::move(output_)};
  if (killed_) {
    result.status = absl::DeadlineExceededError(absl::StrCat("run ", name_, ": killed, its time was over"));
  } else if (WIFSIGNALED(how)) {
    result.status = absl::AbortedError(absl::StrCat("run ", name_, ": ended by signal ", WTERMSIG(how)));
  } else if (WEXITSTATUS(how) != 0) {
    result.status = absl::AbortedError(absl::StrCat("run ", name_, ": exit status ", WEXITSTATUS(how)));
  }
  return result;
}

}  // namespace probe::actuate
