#include "probe/actuate/command_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "probe/actuate/pidfd.h"

namespace probe::actuate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

netlink::Instant Now() { return std::chrono::steady_clock::now(); }

CommandSpec Shell(std::string script, std::chrono::nanoseconds limit = seconds(20)) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}, .about = {}, .time_limit = limit};
}

// Polls as an event loop does, until the command has ended.
CommandResult Finish(RunningCommand& command) {
  while (true) {
    if (std::optional<CommandResult> result = command.Poll(Now())) return *std::move(result);
    const auto left = std::chrono::ceil<milliseconds>(command.deadline() - Now()).count();
    pollfd wait{command.fd(), POLLIN, 0};
    poll(&wait, 1, left > 0 ? static_cast<int>(left) : -1);
  }
}

CommandResult RunToEnd(const CommandSpec& spec) {
  auto command = RunningCommand::Start(spec, Now());
  EXPECT_TRUE(command.ok()) << command.status();
  return command.ok() ? Finish(**command) : CommandResult{};
}

TEST(CommandRunner, ReportsSuccessAndOutput) {
  const CommandResult result = RunToEnd(Shell("echo out; echo err >&2"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_GT(result.took.count(), 0);
}

TEST(CommandRunner, NamesTheFailure) {
  EXPECT_THAT(std::string(RunToEnd(Shell("exit 3")).status.message()), HasSubstr("run /bin/sh: exit status 3"));
  EXPECT_THAT(std::string(RunToEnd(Shell("kill -TERM $$")).status.message()), HasSubstr("ended by signal 15"));
}

TEST(CommandRunner, ItsEnvironmentIsBare) {
  CommandSpec spec{
      .argv = {"/usr/bin/env"}, .about = {{"VIP", "10.0.0.1"}, {"NODE", "a b"}}, .time_limit = seconds(20)};
  const CommandResult result = RunToEnd(spec);
  EXPECT_THAT(result.output, HasSubstr("ARBITER_VIP=10.0.0.1\n"));
  EXPECT_THAT(result.output, HasSubstr("ARBITER_NODE=a b\n"));
  EXPECT_THAT(result.output, HasSubstr("PATH=/usr"));
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 3);
}

TEST(CommandRunner, ArgumentsNeverMeetAShell) {
  CommandSpec spec{.argv = {"/bin/echo", "$HOME; `id`"}, .about = {}, .time_limit = seconds(20)};
  EXPECT_EQ(RunToEnd(spec).output, "$HOME; `id`\n");
}

TEST(CommandRunner, KillsTheWholeGroupAtTheDeadline) {
  const CommandResult result = RunToEnd(Shell("sleep 1000 & echo $!; wait", milliseconds(300)));
  EXPECT_TRUE(absl::IsDeadlineExceeded(result.status)) << result.status;
  const pid_t grandchild = static_cast<pid_t>(std::stol(result.output));
  const netlink::UniqueFd process = OpenPidfd(grandchild);
  pollfd wait{process.get(), POLLIN, 0};
  EXPECT_TRUE(!process.ok() || poll(&wait, 1, 5000) == 1) << "it lives on";
}

TEST(CommandRunner, DoesNotWaitForWhatItLeavesBehind) {
  const CommandResult result = RunToEnd(Shell("sleep 30 & echo $!"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_LT(result.took, seconds(20));
  const pid_t left = static_cast<pid_t>(std::stol(result.output));
  EXPECT_EQ(kill(left, 0), 0) << "a daemon that a command starts lives on";
  kill(left, SIGKILL);
}

TEST(CommandRunner, KeepsOnlyTheBeginningOfAFlood) {
  CommandSpec spec = Shell("head -c 3000000 /dev/zero");
  const CommandResult result = RunToEnd(spec);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.output.size(), spec.most_output);
  spec.most_output = 100000;
  EXPECT_EQ(RunToEnd(spec).output.size(), 100000U);
}

TEST(CommandRunner, EndsItsCommandWhenItGoes) {
  pid_t child = 0;
  {
    auto command = RunningCommand::Start(Shell("echo $$; sleep 1000"), Now());
    ASSERT_TRUE(command.ok());
    pollfd wait{(*command)->fd(), POLLIN, 0};
    ASSERT_EQ(poll(&wait, 1, 5000), 1);
    EXPECT_FALSE((*command)->Poll(Now()).has_value());
    std::ifstream children(absl::StrCat("/proc/self/task/", gettid(), "/children"));
    children >> child;
    ASSERT_GT(child, 0);
  }
  EXPECT_EQ(kill(child, 0), -1);
}

TEST(CommandRunner, RefusesWhatIsNoCommand) {
  const auto refused = [](CommandSpec spec) { return RunningCommand::Start(spec, Now()).status(); };
  EXPECT_TRUE(absl::IsInvalidArgument(refused({.argv = {}, .about = {}, .time_limit = seconds(1)})));
  EXPECT_TRUE(absl::IsInvalidArgument(refused({.argv = {"sh"}, .about = {}, .time_limit = seconds(1)})));
  EXPECT_TRUE(absl::IsInvalidArgument(refused({.argv = {"/bin/sh"}, .about = {}, .time_limit = {}})));
  EXPECT_TRUE(
      absl::IsInvalidArgument(refused({.argv = {"/bin/sh"}, .about = {{"X=1;Y", "2"}}, .time_limit = seconds(1)})));
  const absl::Status missing = refused({.argv = {"/no/such"}, .about = {}, .time_limit = seconds(1)});
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("/no/such"));
}

}  // namespace
}  // namespace probe::actuate
