// Which of a configuration's scripts are tried, and as whom.
#include "probe/doctor/script_reader.h"

#include <unistd.h>

#include <filesystem>

#include "probe/doctor/process_run.h"
#include "tests/probe/doctor/doctor_fixture.h"
#include "tests/probe/doctor/script_folder.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;

class ScriptReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    chmod(folder_.path().c_str(), 0755);
  }

  [[nodiscard]] std::string Mark() const { return folder_.path() + "/it-ran"; }
  [[nodiscard]] bool Ran() const { return std::filesystem::exists(Mark()); }

  // A script that leaves a mark, of an owner.
  [[nodiscard]] std::string Script(uid_t owner) const {
    std::string path = folder_.Add("check.sh", "id -un > " + Mark());
    EXPECT_EQ(chown(path.c_str(), owner, 0), 0);
    return path;
  }

  static ScriptFacts Read(const std::string& globals, const std::string& script, const std::string& more = "") {
    const auto all =
        ReadScripts(Configured(absl::StrCat("global_defs {\n", globals, "\n}\nvrrp_script check {\n script \"", script,
                                            "\"\n interval 2\n", more, "\n}\n")),
                    0);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  }

  static uid_t Nobody() { return FindAccount("nobody", "").value().uid; }

  ScriptFolder folder_;
};

TEST_F(ScriptReaderTest, OneOfRootIsTriedBothWays) {
  const ScriptFacts facts = Read("enable_script_security\nscript_user root", Script(0));
  EXPECT_FALSE(facts.not_run.has_value());
  ASSERT_TRUE(facts.as_keepalived.ok() && facts.as_login_shell.ok());
  EXPECT_EQ(facts.as_keepalived->exit_code, 0);
  EXPECT_TRUE(Ran());
}

TEST_F(ScriptReaderTest, OneThatAnotherCanChangeIsNeverTriedAsRoot) {
  const std::string script = Script(Nobody());
  for (const std::string globals : {"script_user root", "enable_script_security\nscript_user root"}) {
    const ScriptFacts facts = Read(globals, script);
    ASSERT_TRUE(facts.not_run.has_value()) << globals;
    EXPECT_THAT(facts.not_run->why, HasSubstr(script + " belongs to nobody"));
    EXPECT_FALSE(facts.as_keepalived.ok());
    EXPECT_FALSE(Ran()) << globals;
  }
}

TEST_F(ScriptReaderTest, OneThatAShellIsToldToRunIsNotEither) {
  EXPECT_TRUE(Read("script_user root", "/bin/sh " + Script(Nobody())).not_run.has_value());
  EXPECT_FALSE(Ran());
}

TEST_F(ScriptReaderTest, OneOfAnotherIsTriedAsThatUser) {
  EXPECT_EQ(chown(folder_.path().c_str(), Nobody(), 0), 0);
  const ScriptFacts facts = Read("enable_script_security\nscript_user root", Script(Nobody()), "user nobody");
  EXPECT_FALSE(facts.not_run.has_value());
  EXPECT_EQ(facts.as_keepalived->exit_code, 0);
  std::string who;
  std::getline(std::ifstream(Mark()), who);
  EXPECT_EQ(who, "nobody");
}

TEST_F(ScriptReaderTest, WithoutItsUserKeepalivedDropsIt) {
  const std::string script = Script(0);
  const ScriptFacts facts = Read("script_user no-such-user", script);
  ASSERT_TRUE(facts.not_run.has_value());
  EXPECT_TRUE(facts.not_run->dropped);
  EXPECT_THAT(facts.not_run->why, HasSubstr("there is no user no-such-user"));
  if (!FindAccount("keepalived_script", "").ok()) {
    EXPECT_TRUE(Read("enable_script_security", script).not_run.has_value()) << "root is no default then";
  }
  EXPECT_FALSE(Ran());
}

}  // namespace
}  // namespace probe::doctor
