#include "tests/lab/process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/numbers.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Process, GivesExitCodeAndBothOutputs) {
  const auto outcome = Execute({.argv = {"sh", "-c", "cat; echo err >&2; exit 3"}, .input = "in"});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_EQ(outcome->out, "in");
  EXPECT_EQ(outcome->err, "err\n");
}

TEST(Process, ASignalIsAnExitCodeToo) {
  Process process({.argv = {"sleep", "60"}});
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(seconds(5)), 128 + SIGTERM);
}

TEST(Process, OneThatCannotBeExecutedEndsWith127) {
  Process process({.argv = {"/nowhere/to/be/found"}});
  EXPECT_EQ(process.Wait(seconds(5)), 127);
}

TEST(Process, ItsWholeGroupDiesWithIt) {
  pid_t grandchild = 0;
  {
    Process process({.argv = {"sh", "-c", "sleep 60 & echo $!; wait"}});
    ASSERT_TRUE(WaitUntil("the shell names its child", seconds(5), [&] {
      return Seen{absl::SimpleAtoi(process.Out(), &grandchild), process.Out()};
    }));
  }
  // Nobody of ours reaps it: it may be a zombie for a moment.
  EXPECT_TRUE(WaitUntil("the grandchild is gone", seconds(5), [&] { return Seen{kill(grandchild, 0) != 0, ""}; }));
}

TEST(Process, TellsWhatItHasUsedOfAProcessor) {
  const Process busy({.argv = {"sh", "-c", "while :; do :; done"}});
  EXPECT_TRUE(WaitUntil("it has used a tenth of a second", seconds(20), [&] {
    return Seen{busy.ProcessorTime() >= milliseconds(100), ""};
  }));
  const Process idle({.argv = {"sleep", "60"}});
  EXPECT_LT(idle.ProcessorTime(), milliseconds(100));
}

TEST(Process, WaitingHasADeadline) {
  EXPECT_EQ(Execute({.argv = {"sleep", "60"}}, milliseconds(1)).status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace lab
