#include "probe/doctor/process_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace probe::doctor {
namespace {

ProcessPlan Plan(const std::string& code) {
  ProcessPlan plan;
  plan.program = "/bin/sh";
  plan.arguments = {"/bin/sh", "-c", code};
  plan.environment = {"PATH=/usr/bin:/bin"};
  plan.account.uid = geteuid();
  plan.account.gid = getegid();
  plan.time_limit = std::chrono::seconds(10);
  return plan;
}

TEST(RunProcess, HasItsEnvironmentAndDirectoryAndNothingElse) {
  const auto run = RunProcess(Plan("pwd; echo home=$HOME path=$PATH; exit 3"));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->exit_code, 3);
  EXPECT_EQ(run->output, "/ home= path=/usr/bin:/bin");
}

TEST(RunProcess, IsKilledAtItsLimitWithItsChildren) {
  ProcessPlan plan = Plan("sleep 60 & sleep 60");
  plan.time_limit = std::chrono::milliseconds(100);
  const auto run = RunProcess(plan);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_TRUE(run->timed_out);
  EXPECT_LT(run->took, std::chrono::seconds(10));
}

TEST(RunProcess, EndsWithItsProgramEvenWhenAChildHoldsTheOutput) {
  const auto run = RunProcess(Plan("sleep 5 & exit 0"));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->exit_code, 0);
  EXPECT_LT(run->took, std::chrono::seconds(4));
}

TEST(RunProcess, SaysWhatCannotBeExecuted) {
  ProcessPlan plan = Plan("");
  plan.program = "/no/such/program";
  EXPECT_EQ(RunProcess(plan)->exit_code, 127);
}

TEST(RunProcess, SaysTheSignal) { EXPECT_EQ(RunProcess(Plan("kill -TERM $$"))->exit_code, 128 + 15); }

TEST(RunProcess, KeepsOutputPrintableAndShort) {
  const auto run = RunProcess(Plan("printf 'a\\001\\377b'; head -c 100000 /dev/zero"));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->output.substr(0, 4), "a  b");
  EXPECT_LE(run->output.size(), 1024U);
}

TEST(FindAccount, FindsRootAndNobodyElse) {
  const auto root = FindAccount("root", "");
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(FindAccount("no-such-user", "").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace probe::doctor
