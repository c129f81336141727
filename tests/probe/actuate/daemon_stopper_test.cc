#include "probe/actuate/daemon_stopper.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace probe::actuate {
namespace {

// A child that waits to be ended.
class Daemon {
 public:
  Daemon() : pid_(fork()) {
    if (pid_ == 0) {
      while (true) pause();
    }
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(DaemonStopper, EndsThatVeryProcess) {
  const Daemon daemon;
  const auto identity = IdentifyProcess(daemon.pid());
  ASSERT_TRUE(identity.ok()) << identity.status();
  const auto ended = StopDaemon(*identity);
  ASSERT_TRUE(ended.ok()) << ended.status();
  pollfd wait{ended->get(), POLLIN, 0};
  EXPECT_EQ(poll(&wait, 1, 5000), 1);
}

TEST(DaemonStopper, LeavesALaterProcessOfTheSameNumberAlone) {
  const Daemon daemon;
  ProcessIdentity earlier = IdentifyProcess(daemon.pid()).value();
  --earlier.start_ticks;
  const auto ended = StopDaemon(earlier);
  EXPECT_TRUE(absl::IsNotFound(ended.status())) << ended.status();
  EXPECT_EQ(waitpid(daemon.pid(), nullptr, WNOHANG), 0) << "it was stopped";
}

TEST(DaemonStopper, SaysThatNobodyIsThere) {
  pid_t gone = 0;
  {
    const Daemon daemon;
    gone = daemon.pid();
  }
  EXPECT_TRUE(absl::IsNotFound(IdentifyProcess(gone).status()));
  EXPECT_TRUE(absl::IsNotFound(StopDaemon({gone, 1}).status()));
}

}  // namespace
}  // namespace probe::actuate
