#include "probe/keepalived/daemon_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/probe/keepalived/mock_daemon.h"
#include "tests/probe/keepalived/temporary_directory.h"

namespace probe::keepalived {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A directory for the pid files, and a look at them.
class Daemon : public testing::Test {
 protected:
  [[nodiscard]] DaemonPlace Place() const {
    return {directory_.Path("keepalived.pid"), directory_.Path("vrrp.pid"), "keepalived"};
  }
  [[nodiscard]] DaemonStatus Look(const DaemonStatus& last = {}) const { return LookAtDaemon(Place(), last); }
  void WritePid(const std::string& name, pid_t pid) const { directory_.Write(name, std::to_string(pid) + "\n"); }

  [[nodiscard]] std::unique_ptr<DaemonWatch> OpenWatch() const {
    absl::StatusOr<std::unique_ptr<DaemonWatch>> watch = DaemonWatch::Open(Place());
    EXPECT_TRUE(watch.ok()) << watch.status();
    return *std::move(watch);
  }

  // Whether the watch becomes readable; it does so at once, or the test waits in vain.
  static bool IsReadable(const DaemonWatch& watch, int limit_ms) {
    pollfd entry{watch.fd(), POLLIN, 0};
    return poll(&entry, 1, limit_ms) == 1;
  }

  // Drains until something changed or ten seconds have passed.
  static DaemonWatch::Changes NextChange(DaemonWatch* watch) {
    while (IsReadable(*watch, 10'000)) {
      const DaemonWatch::Changes changes = watch->Drain();
      if (changes.configuration || changes.daemon) {
        return changes;
      }
    }
    ADD_FAILURE() << "nothing changed";
    return {};
  }

  TemporaryDirectory directory_;
};

TEST_F(Daemon, ThatWasNeverSeenIsUnknown) {
  const DaemonStatus status = Look();
  EXPECT_EQ(status.state, DaemonState::kUnknown);
  EXPECT_FALSE(status.seen);
  EXPECT_THAT(status.why, HasSubstr("there is no pid file " + directory_.Path("keepalived.pid")));
}

TEST_F(Daemon, RunsWithItsVrrpProcess) {
  const MockDaemon daemon(2);
  WritePid("keepalived.pid", daemon.parent());
  WritePid("vrrp.pid", daemon.child(1));
  const DaemonStatus status = Look();
  EXPECT_EQ(status.state, DaemonState::kRunning) << status.why;
  EXPECT_EQ(status.parent, daemon.parent());
  EXPECT_EQ(status.parent_start_ticks, ReadStat(daemon.parent())->start_ticks);
  EXPECT_EQ(status.vrrp, daemon.child(1));
  EXPECT_TRUE(status.seen);
}

TEST_F(Daemon, IsFoundByItsOnlyChildWithoutASecondPidFile) {
  const MockDaemon daemon(1);
  WritePid("keepalived.pid", daemon.parent());
  EXPECT_EQ(Look().vrrp, daemon.child(0));
}

TEST_F(Daemon, ThatIsStoppedIsFrozenUntilItGoesOn) {
  const MockDaemon daemon(2);
  WritePid("keepalived.pid", daemon.parent());
  WritePid("vrrp.pid", daemon.child(0));
  MockDaemon::Stop(daemon.child(0));
  EXPECT_EQ(Look().state, DaemonState::kFrozen);
  EXPECT_THAT(Look().why, HasSubstr("is stopped"));
  MockDaemon::Continue(daemon.child(0));
  EXPECT_EQ(Look().state, DaemonState::kRunning);
}

TEST_F(Daemon, RunsOnWhenOnlyAnotherProcessOfItIsStopped) {
  const MockDaemon daemon(2);
  WritePid("keepalived.pid", daemon.parent());
  WritePid("vrrp.pid", daemon.child(0));
  MockDaemon::Stop(daemon.parent());
  MockDaemon::Stop(daemon.child(1));
  EXPECT_EQ(Look().state, DaemonState::kRunning) << Look().why;
}

TEST_F(Daemon, WhoseVrrpProcessIsNotKnownIsFrozenOnlyWhenAllAre) {
  const MockDaemon daemon(2);
  WritePid("keepalived.pid", daemon.parent());
  MockDaemon::Stop(daemon.child(0));
  EXPECT_EQ(Look().state, DaemonState::kRunning);
  EXPECT_EQ(Look().vrrp, 0);
  EXPECT_THAT(Look().why, HasSubstr("which of them speaks VRRP is not known"));
  MockDaemon::Stop(daemon.child(1));
  EXPECT_EQ(Look().state, DaemonState::kFrozen);
}

TEST_F(Daemon, WithoutAVrrpProcessIsAboutToStartOneUnlessItIsStopped) {
  const MockDaemon daemon(0);
  WritePid("keepalived.pid", daemon.parent());
  EXPECT_EQ(Look().state, DaemonState::kUnknown);
  EXPECT_EQ(Look().parent, daemon.parent());
  MockDaemon::Stop(daemon.parent());
  EXPECT_EQ(Look().state, DaemonState::kFrozen);
}

TEST_F(Daemon, WhosePidFileNamesNobodyIsGone) {
  MockDaemon daemon(0);
  const pid_t pid = daemon.parent();
  WritePid("keepalived.pid", pid);
  daemon.Kill();
  EXPECT_EQ(Look().state, DaemonState::kGone);
  EXPECT_EQ(Look().parent, 0);
  EXPECT_THAT(Look().why, HasSubstr("process " + std::to_string(pid) + " does not exist"));
}

TEST_F(Daemon, WhosePidIsAnotherProcessNowIsGone) {
  const MockDaemon other(1, "nginx");
  WritePid("keepalived.pid", other.parent());
  EXPECT_EQ(Look().state, DaemonState::kGone);
  EXPECT_THAT(Look().why, HasSubstr("is 'nginx', not keepalived"));
}

TEST_F(Daemon, StaysKnownWithoutItsPidFileWhileItLives) {
  MockDaemon daemon(1);
  WritePid("keepalived.pid", daemon.parent());
  const DaemonStatus before = Look();
  std::filesystem::remove(directory_.Path("keepalived.pid"));
  EXPECT_EQ(Look(before).state, DaemonState::kRunning);
  daemon.Kill();
  EXPECT_EQ(Look(before).state, DaemonState::kGone);
}

TEST_F(Daemon, IsNotTakenForAnotherThatGotItsId) {
  const MockDaemon another(1);
  DaemonStatus last;
  last.seen = true;
  last.parent = another.parent();
  last.parent_start_ticks = ReadStat(another.parent())->start_ticks - 1;
  EXPECT_EQ(Look(last).state, DaemonState::kGone);
}

TEST_F(Daemon, WithAPidFileThatCannotBeReadIsUnknown) {
  directory_.Write("keepalived.pid", "");
  EXPECT_EQ(Look().state, DaemonState::kUnknown);
  EXPECT_THAT(Look().why, HasSubstr("holds no process id"));
  std::filesystem::create_directory(directory_.Path("dir"));
  const DaemonStatus status = LookAtDaemon({directory_.Path("dir"), "", "keepalived"}, {});
  EXPECT_EQ(status.state, DaemonState::kUnknown);
  EXPECT_THAT(status.why, HasSubstr("Is a directory"));
}

TEST_F(Daemon, IsWatchedFromStartToEnd) {
  const std::unique_ptr<DaemonWatch> watch = OpenWatch();
  EXPECT_EQ(watch->status().state, DaemonState::kUnknown);
  EXPECT_FALSE(IsReadable(*watch, 0));
  MockDaemon daemon(1);
  WritePid("vrrp.pid", daemon.child(0));
  WritePid("keepalived.pid", daemon.parent());
  while (watch->status().state != DaemonState::kRunning) {
    ASSERT_TRUE(NextChange(watch.get()).daemon);
  }
  daemon.Kill();
  while (watch->status().state != DaemonState::kGone) {
    ASSERT_TRUE(NextChange(watch.get()).daemon);
  }
  while (IsReadable(*watch, 0)) {  // what is left in the queue ends, too: a dead process is not told for ever
    watch->Drain();
  }
}

TEST_F(Daemon, TellsWhenOnlyItsVrrpProcessDies) {
  const MockDaemon daemon(1);
  WritePid("keepalived.pid", daemon.parent());
  const std::unique_ptr<DaemonWatch> watch = OpenWatch();
  ASSERT_EQ(watch->status().state, DaemonState::kRunning);
  kill(daemon.child(0), SIGKILL);
  EXPECT_TRUE(NextChange(watch.get()).daemon);
  EXPECT_EQ(watch->status().state, DaemonState::kUnknown);
  EXPECT_EQ(watch->status().parent, daemon.parent());
}

TEST_F(Daemon, ThatFreezesIsSeenByRefresh) {
  const MockDaemon daemon(1);
  WritePid("keepalived.pid", daemon.parent());
  const std::unique_ptr<DaemonWatch> watch = OpenWatch();
  EXPECT_FALSE(watch->Refresh());
  MockDaemon::Stop(daemon.child(0));
  EXPECT_FALSE(IsReadable(*watch, 0));
  EXPECT_TRUE(watch->Refresh());
  EXPECT_EQ(watch->status().state, DaemonState::kFrozen);
}

TEST_F(Daemon, SaysHowItWasStarted) {
  const MockDaemon daemon(0);  // its command line is this test's
  WritePid("keepalived.pid", daemon.parent());
  EXPECT_EQ(OpenWatch()->Arguments().config_path, "");
  EXPECT_THAT(*ReadCommandLine(daemon.parent()), SizeIs(testing::Ge(1U)));
}

class Configuration : public Daemon {
 protected:
  void SetUp() override {
    directory_.Write("k.conf", "a\n");
    std::filesystem::create_directory(directory_.Path("conf.d"));
    watch_ = OpenWatch();
    watch_->WatchConfiguration({directory_.Path("k.conf")}, {directory_.Path("conf.d")});
    EXPECT_THAT(watch_->Unwatched(), IsEmpty());
  }

  std::unique_ptr<DaemonWatch> watch_;
};

TEST_F(Configuration, IsToldWhenItIsWrittenInPlace) {
  directory_.Write("k.conf", "b\n");
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
}

TEST_F(Configuration, IsToldWhenItIsReplacedByARename) {
  directory_.Write("new", "b\n");
  EXPECT_FALSE(watch_->Drain().configuration);  // another file in the same directory
  std::filesystem::rename(directory_.Path("new"), directory_.Path("k.conf"));
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
}

TEST_F(Configuration, IsToldWhenItVanishes) {
  std::filesystem::remove(directory_.Path("k.conf"));
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
}

TEST_F(Configuration, IsToldWhenAFileAppearsWhereAnIncludeLooks) {
  directory_.Write("conf.d/new.conf", "b\n");
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
}

TEST_F(Configuration, IsToldAtTheOtherEndOfALink) {
  directory_.Write("real/k.conf", "a\n");
  std::filesystem::create_symlink("real/k.conf", directory_.Path("link.conf"));
  watch_->WatchConfiguration({directory_.Path("link.conf")}, {});
  watch_->Drain();
  directory_.Write("real/k.conf", "b\n");
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
  directory_.Write("k.conf", "no longer watched\n");
  EXPECT_FALSE(watch_->Drain().configuration);
}

TEST_F(Configuration, IsWatchedAgainWhenItsDirectoryComesBack) {
  std::filesystem::remove_all(directory_.Path("conf.d"));
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
  EXPECT_THAT(watch_->Unwatched(), SizeIs(1));
  std::filesystem::create_directory(directory_.Path("conf.d"));
  watch_->Refresh();
  EXPECT_THAT(watch_->Unwatched(), IsEmpty());
  directory_.Write("conf.d/x", "");
  EXPECT_TRUE(NextChange(watch_.get()).configuration);
}

}  // namespace
}  // namespace probe::keepalived
