// Run as root, which most of these need: what belongs to somebody else is made so by chown.
#include "probe/doctor/script_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/probe/doctor/script_folder.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr gid_t kOtherGroup = 50;

Account Root() { return FindAccount("root", "").value(); }
Account Nobody() { return FindAccount("nobody", "").value(); }

class ScriptPathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    chmod(folder_.path().c_str(), 0755);
    script_ = folder_.Add("check.sh");
  }

  // What is at fault when root would run it; empty: nothing.
  static std::string FaultOf(const std::string& path, const std::vector<std::string>& arguments = {}) {
    const Permit permit = AskToRun(path, arguments, Root(), true);
    return permit.not_run ? permit.not_run->why : std::string();
  }

  ScriptFolder folder_;
  std::string script_;
};

TEST_F(ScriptPathTest, OfRootAloneIsRun) {
  const Permit permit = AskToRun(script_, {"-v", "10.0.0.1"}, Root(), true);
  EXPECT_FALSE(permit.not_run.has_value());
  EXPECT_EQ(permit.executed, script_);
}

TEST_F(ScriptPathTest, IsSafeBelowAFolderInWhichEachMayOnlyChangeHisOwn) {
  fs::create_directory(folder_.path() + "/sticky");
  const std::string script = folder_.Add("sticky/check.sh");
  ASSERT_EQ(chmod((folder_.path() + "/sticky").c_str(), 01777), 0);
  EXPECT_EQ(FaultOf(script), "");
  ASSERT_EQ(chmod((folder_.path() + "/sticky").c_str(), 0777), 0);
  EXPECT_EQ(FaultOf(script), folder_.path() + "/sticky may be written by everybody");
}

TEST_F(ScriptPathTest, OfSomebodyElseIsDroppedWithTheRepair) {
  ASSERT_EQ(chown(script_.c_str(), Nobody().uid, 0), 0);
  const Permit permit = AskToRun(script_, {}, Root(), true);
  ASSERT_TRUE(permit.not_run.has_value());
  EXPECT_TRUE(permit.not_run->dropped);
  EXPECT_THAT(permit.not_run->why, HasSubstr(script_ + " belongs to nobody (uid "));
  EXPECT_EQ(permit.not_run->repair, "chown root " + script_);
}

TEST_F(ScriptPathTest, WithoutScriptSecurityKeepalivedRunsItAndWeDoNot) {
  ASSERT_EQ(chown(script_.c_str(), Nobody().uid, 0), 0);
  const Permit permit = AskToRun(script_, {}, Root(), false);
  ASSERT_TRUE(permit.not_run.has_value());
  EXPECT_FALSE(permit.not_run->dropped);
}

TEST_F(ScriptPathTest, AFolderOfSomebodyElseOnTheWayCounts) {
  ASSERT_EQ(chown(folder_.path().c_str(), Nobody().uid, 0), 0);
  EXPECT_THAT(FaultOf(script_), HasSubstr(folder_.path() + " belongs to nobody"));
}

TEST_F(ScriptPathTest, TheGroupCountsWhereItIsNotRoots) {
  ASSERT_EQ(chmod(script_.c_str(), 0775), 0);
  EXPECT_EQ(FaultOf(script_), "");
  ASSERT_EQ(chown(script_.c_str(), 0, kOtherGroup), 0);
  EXPECT_THAT(FaultOf(script_), HasSubstr("may be written by group "));
  ASSERT_EQ(chmod(script_.c_str(), 0755), 0);
  EXPECT_EQ(FaultOf(script_), "");
}

TEST_F(ScriptPathTest, WhatRunsWithoutRootsPowersMayBeAnybodys) {
  ASSERT_EQ(chown(script_.c_str(), Nobody().uid, 0), 0);
  EXPECT_FALSE(AskToRun(script_, {}, Nobody(), true).not_run.has_value());
  EXPECT_TRUE(AskToRun(script_, {}, FindAccount("nobody", "root").value(), true).not_run.has_value())
      << "with root's group";
}

TEST_F(ScriptPathTest, WhatIsRunAsRootByItsModeCountsAsRoots) {
  ASSERT_EQ(chmod(script_.c_str(), 04777), 0);
  EXPECT_TRUE(AskToRun(script_, {}, Nobody(), true).not_run.has_value());
}

TEST_F(ScriptPathTest, LinksAreResolvedAndTheLastNameStays) {
  fs::create_directory(folder_.path() + "/real");
  const std::string script = folder_.Add("real/check.sh");
  fs::create_directory_symlink(folder_.path() + "/real", folder_.path() + "/link");
  fs::create_symlink("check.sh", folder_.path() + "/real/other-name");
  fs::create_symlink(script, folder_.path() + "/far-name");
  EXPECT_EQ(AskToRun(folder_.path() + "/link/../link//check.sh", {}, Root(), true).executed, script);
  EXPECT_EQ(AskToRun(folder_.path() + "/link/other-name", {}, Root(), true).executed,
            folder_.path() + "/real/other-name");
  EXPECT_EQ(AskToRun(folder_.path() + "/far-name", {}, Root(), true).executed, script)
      << "its name does not stand beside it";
}

TEST_F(ScriptPathTest, TheFileBehindALinkCountsAndALinkThatKeepsItsName) {
  ASSERT_EQ(symlink("check.sh", (folder_.path() + "/name").c_str()), 0);
  EXPECT_EQ(FaultOf(folder_.path() + "/name"), "");
  ASSERT_EQ(lchown((folder_.path() + "/name").c_str(), Nobody().uid, 0), 0);
  const Permit permit = AskToRun(folder_.path() + "/name", {}, Root(), true);
  ASSERT_TRUE(permit.not_run.has_value());
  EXPECT_EQ(permit.not_run->repair, "chown -h root " + folder_.path() + "/name");
  ASSERT_EQ(lchown((folder_.path() + "/name").c_str(), 0, 0), 0);
  ASSERT_EQ(chown(script_.c_str(), Nobody().uid, 0), 0);
  EXPECT_THAT(FaultOf(folder_.path() + "/name"), HasSubstr(script_ + " belongs to nobody"));
}

TEST_F(ScriptPathTest, WhatAShellIsToldToRunCountsThoughKeepalivedDoesNotLook) {
  EXPECT_EQ(FaultOf("/bin/sh", {script_}), "");
  ASSERT_EQ(chown(script_.c_str(), Nobody().uid, 0), 0);
  const Permit permit = AskToRun("/bin/sh", {"-e", script_}, Root(), true);
  ASSERT_TRUE(permit.not_run.has_value());
  EXPECT_FALSE(permit.not_run->dropped) << "keepalived runs it";
  EXPECT_EQ(FaultOf("/usr/bin/test", {"-f", script_}), "") << "it is no program there";
  EXPECT_FALSE(AskToRun("/bin/sh", {script_}, Nobody(), true).not_run.has_value());
}

TEST_F(ScriptPathTest, ThatTheUserMayNotExecuteOrReachIsDropped) {
  ASSERT_EQ(chmod(script_.c_str(), 0644), 0);
  EXPECT_THAT(FaultOf(script_), HasSubstr("is not executable for user root"));
  ASSERT_EQ(chmod(script_.c_str(), 0744), 0);
  EXPECT_THAT(AskToRun(script_, {}, Nobody(), false).not_run->why, HasSubstr("is not executable for user nobody"));
  ASSERT_EQ(chmod(script_.c_str(), 0755), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0700), 0);
  const Permit permit = AskToRun(script_, {}, Nobody(), false);
  ASSERT_TRUE(permit.not_run.has_value());
  EXPECT_TRUE(permit.not_run->dropped);
  EXPECT_THAT(permit.not_run->why, HasSubstr("user nobody cannot come to " + script_ + ": Permission denied"));
  EXPECT_EQ(geteuid(), 0U) << "it acts as the user for a moment only";
  EXPECT_EQ(getegid(), 0U);
}

TEST_F(ScriptPathTest, ThatIsNotThereIsDropped) {
  EXPECT_THAT(FaultOf(folder_.path() + "/none"), HasSubstr("No such file or directory"));
  EXPECT_EQ(FromRoot("check.sh"), "/check.sh") << "the daemon's directory";
}

}  // namespace
}  // namespace probe::doctor
