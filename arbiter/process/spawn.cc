#include "arbiter/process/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace arbiter::process {
namespace {

constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What posix_spawn takes, built up and freed in pairs.
class Plan {
 public:
  explicit Plan(const Program& program) {
    posix_spawn_file_actions_init(&actions_);
    Stream(program.input, STDIN_FILENO, O_RDONLY);
    Stream(program.output, STDOUT_FILENO, O_WRONLY);
    Stream(program.error, STDERR_FILENO, O_WRONLY);
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
  ~Plan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // 0, or an errno.
  int Run(pid_t* pid, std::vector<std::string> argv, std::vector<std::string> environment) const {
    return posix_spawn(pid, argv[0].c_str(), &actions_, &attributes_, Pointers(argv).data(),
                       Pointers(environment).data());
  }

 private:
  void Stream(int from, int to, int flags) {
    if (from == kNowhere) {
      posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", flags, 0);
    } else {
      posix_spawn_file_actions_adddup2(&actions_, from, to);
    }
  }

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

absl::StatusOr<pid_t> Spawn(const Program& program) {
  std::vector<std::string> environment = {kPath};
  environment.insert(environment.end(), program.environment.begin(), program.environment.end());
  pid_t pid = 0;
  if (const int error = Plan(program).Run(&pid, program.argv, std::move(environment)); error != 0) {
    return absl::ErrnoToStatus(error, absl::StrCat("run ", program.argv[0]));
  }
  if (getpriority(PRIO_PROCESS, 0) < 0) (void)setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 0);
  return pid;
}

}  // namespace arbiter::process
