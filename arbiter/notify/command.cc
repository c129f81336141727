#include <poll.h>
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
#include "arbiter/process/descriptor.h"
#include "arbiter/process/spawn.h"
#include "arbiter/process/write.h"

namespace arbiter::notify {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAgainAfter{100};

std::vector<std::string> EnvironmentOf(const store::Notification& notification) {
  std::vector<std::string> environment;
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
    const auto input = process::MemoryFile("notification", JsonBody(notification) + "\n");
    if (!input.ok()) return input.status();
    // What it says on stderr is in the journal beside ours.
    const absl::StatusOr<pid_t> pid = process::Spawn({.argv = target_.command,
                                                      .environment = EnvironmentOf(notification),
                                                      .input = input->get(),
                                                      .output = process::kNowhere,
                                                      .error = STDERR_FILENO});
    if (!pid.ok()) return absl::UnavailableError(pid.status().message());
    return Await(*pid, stopping);
  }

 private:
  // Reaps the process, by force where it has to be. Until it is reaped its number is nobody else's.
  absl::Status Await(pid_t pid, const std::atomic<bool>& stopping) const {
    const process::Descriptor ended_by(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const Clock::time_point deadline = Clock::now() + target_.timeout;
    int how = 0;
    pid_t reaped = 0;
    while ((reaped = waitpid(pid, &how, WNOHANG)) == 0 || (reaped < 0 && errno == EINTR)) {
      if (Clock::now() >= deadline || stopping) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, &how, 0) < 0 && errno == EINTR) continue;
        return absl::DeadlineExceededError(absl::StrCat(target_.command[0], ": killed, its time was over"));
      }
      pollfd ended{ended_by.get(), POLLIN, 0};
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
