#include "probe/doctor/check_scripts.h"

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;
using testing::Not;

ScriptRun Ended(int code) { return {code, false, std::chrono::milliseconds(5), ""}; }

// A script that is well in every way.
ScriptFacts Script(const std::string& text = "#!/bin/sh\nexit 0\n") {
  ScriptFacts facts;
  facts.name = "check";
  facts.at = "keepalived.conf:3";
  facts.arguments = {"/etc/keepalived/check_mycat.sh"};
  facts.program = facts.arguments[0];
  facts.login_program = facts.program;
  facts.user = "root";
  facts.keepalived_path = "/usr/bin:/bin";
  facts.login_path = "/opt/mycat/bin:/usr/bin:/bin";
  facts.tracked_by = {"VI_1"};
  facts.text_file = facts.program;
  facts.text = text;
  facts.process_title = "/bin/sh /etc/keepalived/check_mycat.sh";
  facts.process_name = "check_mycat.sh";
  facts.as_keepalived = Ended(0);
  facts.as_login_shell = Ended(0);
  return facts;
}

TEST(CheckScript, ThatIsWellPasses) {
  const Findings findings = CheckScript(Script());
  EXPECT_EQ(Worst(findings), Verdict::kOk);
  EXPECT_THAT(Words(findings), HasSubstr("exit 0 after 5 ms as keepalived runs it (user root) and in a login shell"));
}

TEST(CheckScript, ThatCountsItselfIsAWarning) {
  const Findings findings = CheckScript(Script("#!/bin/sh\n[ `ps -ef | grep mycat | grep -v grep | wc -l` -gt 0 ]\n"));
  EXPECT_EQ(Worst(findings), Verdict::kWarning);
  EXPECT_THAT(Words(findings), HasSubstr("check_mycat.sh:2: ps | grep for `mycat` finds the script itself"));
}

TEST(CheckScript, WithACommandThatOnlyALoginShellFindsIsExplained) {
  ScriptFacts script = Script("#!/bin/sh\nmycat status\n");
  script.bare["mycat"] = {"", "/opt/mycat/bin/mycat"};
  script.as_keepalived = Ended(127);
  const Findings findings = CheckScript(script);
  EXPECT_EQ(Worst(findings), Verdict::kFault);
  EXPECT_THAT(Words(findings), HasSubstr("exit 127 as keepalived runs it"));
  EXPECT_THAT(Words(findings), HasSubstr("`mycat` is nothing by keepalived's PATH (/usr/bin:/bin) and "
                                         "/opt/mycat/bin/mycat by a login shell's"));
  EXPECT_THAT(Words(findings), HasSubstr("write /opt/mycat/bin/mycat in place of mycat"));
}

TEST(CheckScript, ThatRunsCommandsWithoutAPathIsAWarning) {
  ScriptFacts script = Script("#!/bin/sh\ngrep x /y\n");
  script.bare["grep"] = {"/usr/bin/grep", "/usr/bin/grep"};
  const Findings findings = CheckScript(script);
  EXPECT_EQ(Worst(findings), Verdict::kWarning);
  EXPECT_THAT(Words(findings), HasSubstr("finds /usr/bin/grep"));
}

TEST(CheckScript, ThatEndsOtherwiseInALoginShellIsAFault) {
  ScriptFacts script = Script();
  script.as_keepalived = Ended(1);
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kFault);
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("try it so: env -i PATH=/usr/bin:/bin"));
}

TEST(CheckScript, ThatFailsBothWaysIsAWarning) {
  ScriptFacts script = Script();
  script.as_keepalived = Ended(1);
  script.as_login_shell = Ended(1);
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kWarning);
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("the check fails now (VI_1)"));
}

TEST(CheckScript, ThatIsNotFoundCountsAsSuccess) {
  ScriptFacts script = Script();
  script.arguments = {"mycat"};
  script.program = "";
  script.login_program = "/opt/mycat/bin/mycat";
  script.text_file = "";
  const Findings findings = CheckScript(script);
  EXPECT_EQ(Worst(findings), Verdict::kFault);
  EXPECT_THAT(Words(findings), HasSubstr("it drops the script, and VI_1 goes on as if it succeeded"));
  EXPECT_THAT(Words(findings), HasSubstr("write /opt/mycat/bin/mycat at keepalived.conf:3"));
}

TEST(CheckScript, WithoutAPathIsAWarning) {
  ScriptFacts script = Script();
  script.arguments = {"check"};
  script.program = "/usr/bin/check";
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("`check` has no path; keepalived finds /usr/bin/check"));
}

TEST(CheckScript, ThatNeedsAShellGetsNone) {
  ScriptFacts script = Script();
  script.arguments = {"/bin/cat", "/dev/null", "|", "wc", "-l"};
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("`|` is handed to /bin/cat as an argument"));
  script.arguments = {"/bin/sh", "-c", "true", "|"};
  EXPECT_THAT(Words(CheckScript(script)), Not(HasSubstr("is handed to")));
}

TEST(CheckScript, ThatKeepalivedDropsIsAFault) {
  ScriptFacts script = Script();
  script.not_run = NotRun{true, "/x belongs to nobody (uid 65534)", "chown root /x"};
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kFault);
  EXPECT_THAT(
      Words(CheckScript(script)),
      HasSubstr("keepalived does not run it: /x belongs to nobody (uid 65534); it drops the script, and VI_1 goes "
                "on as if it succeeded | chown root /x"));
}

TEST(CheckScript, ThatRootRunsAndOthersCanChangeIsAWarningAndWasNotTried) {
  ScriptFacts script = Script();
  script.not_run = NotRun{false, "/x belongs to nobody (uid 65534)", "chown root /x"};
  script.as_keepalived = absl::UnknownError("not run");
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kWarning);
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("whoever can change it becomes root. It was not tried here"));
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("chown root /x; and write `enable_script_security`"));
}

TEST(CheckScript, ThatTakesTooLongIsAFault) {
  ScriptFacts script = Script();
  script.as_keepalived = ScriptRun{137, true, std::chrono::milliseconds(1000), ""};
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kFault);
  EXPECT_THAT(Words(CheckScript(script)), HasSubstr("longer than its timeout of 1 s"));
}

TEST(CheckScript, ThatMayNotBeRunIsNoProof) {
  ScriptFacts script = Script();
  script.as_keepalived = absl::PermissionDeniedError("run it as other: Operation not permitted");
  EXPECT_EQ(Worst(CheckScript(script)), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
