// The command hook with real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "arbiter/notify/body.h"
#include "arbiter/notify/delivery.h"
#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

class CommandTest : public testing::Test {
 protected:
  CommandTest() {
    std::string pattern = testing::TempDir() + "hook.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~CommandTest() override { std::filesystem::remove_all(folder_); }

  absl::Status Run(std::vector<std::string> argv, std::chrono::nanoseconds timeout = std::chrono::seconds(20)) {
    Target target;
    target.command = std::move(argv);
    target.timeout = timeout;
    return MakeCommand(target)->Deliver(notification_, stopping_);
  }
  [[nodiscard]] std::string Read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(folder_ + "/" + name).rdbuf();
    return text.str();
  }

  std::string folder_;
  store::Notification notification_ = SampleSplit();
  std::atomic<bool> stopping_{false};
};

TEST_F(CommandTest, GetsJsonOnStdinAndFieldsInItsEnvironment) {
  const absl::Status status = Run({"/bin/sh", "-c", "cat > \"$1/in\"; env > \"$1/env\"", "hook", folder_});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Read("in"), JsonBody(notification_) + "\n");
  EXPECT_THAT(Read("env"), HasSubstr("ARBITER_EVENT=split\n"));
  EXPECT_THAT(Read("env"), HasSubstr("ARBITER_ID=w1-8-1\n"));
  EXPECT_THAT(Read("env"), HasSubstr("ARBITER_VIP=192.0.2.10\n"));
  EXPECT_THAT(Read("env"), HasSubstr("PATH=/usr/local/sbin:"));
  EXPECT_THAT(Read("env"), Not(HasSubstr("HOME=")));
}

TEST_F(CommandTest, RunsNoShell) {
  ASSERT_TRUE(Run({"/usr/bin/touch", folder_ + "/a; touch b"}).ok());
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/a; touch b"));
}

TEST_F(CommandTest, AnotherExitStatusIsTriedAgain) {
  const absl::Status status = Run({"/bin/false"});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "/bin/false: exit status 1");
}

TEST_F(CommandTest, ACommandThatIsNotThereIsTriedAgain) {
  EXPECT_EQ(Run({"/nonexistent/hook"}).code(), absl::StatusCode::kUnavailable);
}

TEST_F(CommandTest, IsKilledAtItsTimeout) {
  EXPECT_EQ(Run({"/bin/sleep", "60"}, std::chrono::milliseconds(100)).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CommandTest, IsKilledWhenTheArbiterStops) {
  stopping_ = true;
  EXPECT_EQ(Run({"/bin/sleep", "60"}).code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace arbiter::notify
