#include "probe/doctor/script_remarks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::doctor {
namespace {

const ScriptProcess kMycat{"/bin/sh /etc/keepalived/check_mycat.sh", "check_mycat.sh"};

enum class Counts { kNothing, kScript, kGrep };

struct CountCase {
  std::string name;
  std::string text;
  Counts counts = Counts::kNothing;
};

void PrintTo(const CountCase& c, std::ostream* out) { *out << c.name; }

class SelfCountTest : public testing::TestWithParam<CountCase> {};

TEST_P(SelfCountTest, IsFound) {
  const auto found = FindSelfCounts(ReadShellText(GetParam().text), kMycat);
  ASSERT_EQ(!found.empty(), GetParam().counts != Counts::kNothing);
  if (!found.empty()) {
    EXPECT_EQ(found[0].script, GetParam().counts == Counts::kScript);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, SelfCountTest,
    testing::Values(
        CountCase{"TheScriptOfTheStory", "n=`ps -ef | grep mycat | grep -v grep | wc -l`\n", Counts::kScript},
        CountCase{"InASubstitution", "if [ $(ps -ef | grep mycat | grep -v grep | wc -l) -eq 0 ]; then exit 1; fi\n",
                  Counts::kScript},
        CountCase{"InQuotes", "n=\"$(ps aux | grep -v grep | grep \"mycat\" | wc -l)\"\n", Counts::kScript},
        CountCase{"ByAPath", "/bin/ps -ef | /bin/grep mycat | /bin/grep -vc grep\n", Counts::kScript},
        CountCase{"ByAVariable", "NAME=mycat\nps -ef | grep \"$NAME\" | grep -v grep\n", Counts::kScript},
        CountCase{"TheGrepItself", "ps -ef | grep tomcat | wc -l\n", Counts::kGrep},
        CountCase{"Bracketed", "ps -ef | grep '[t]omcat' | wc -l\n", Counts::kNothing},
        CountCase{"BracketedButNamedSo", "ps -ef | grep '[m]ycat' | wc -l\n", Counts::kScript},
        CountCase{"GrepLeftOut", "ps -ef | grep tomcat | grep -v grep | wc -l\n", Counts::kNothing},
        CountCase{"ScriptLeftOut", "ps -ef | grep mycat | grep -v check_ | grep -v grep\n", Counts::kNothing},
        CountCase{"OfOneName", "ps -C mycat | grep mycat\n", Counts::kNothing},
        CountCase{"Comment", "# ps -ef | grep mycat\nexit 0\n", Counts::kNothing},
        CountCase{"GrepOfAFile", "grep mycat /etc/services\n", Counts::kNothing},
        CountCase{"UnknownVariable", "ps -ef | grep $1 | grep -v grep\n", Counts::kNothing},
        CountCase{"Pgrep", "pgrep mycat >/dev/null\n", Counts::kScript},
        CountCase{"PgrepFull", "pgrep -f keepalived/check\n", Counts::kScript},
        CountCase{"PgrepExact", "pgrep -x mycat\n", Counts::kNothing}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(SelfCount, SaysTheLine) {
  const auto found = FindSelfCounts(ReadShellText("#!/bin/sh\n\nps -ef |\n  grep mycat | grep -v grep\n"), kMycat);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 3);
  EXPECT_EQ(found[0].pattern, "mycat");
}

struct BareCase {
  std::string name;
  std::string text;
  std::vector<std::string> commands;
};

void PrintTo(const BareCase& c, std::ostream* out) { *out << c.name; }

class BareCommandsTest : public testing::TestWithParam<BareCase> {};

TEST_P(BareCommandsTest, AreThoseWithoutAPath) {
  EXPECT_EQ(BareCommands(ReadShellText(GetParam().text)), GetParam().commands);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BareCommandsTest,
    testing::Values(
        BareCase{"Plain", "mytool status\n", {"mytool"}}, BareCase{"WithAPath", "/opt/bin/mytool status\n", {}},
        BareCase{"EachOnce", "ps | grep a\ngrep b x\n", {"ps", "grep"}},
        BareCase{"Builtins", "cd /tmp; echo a && [ -f x ] || exit 1\nset -e\n", {}},
        BareCase{"AfterKeywords",
                 "if ! mytool; then other; else third; fi\nwhile fourth; do :; done\n",
                 {"mytool", "other", "third", "fourth"}},
        BareCase{"AfterAssignments", "LANG=C mytool\nA=1\n", {"mytool"}},
        BareCase{"InSubstitutions", "x=$(mytool a)\ny=\"`other b`\"\n", {"mytool", "other"}},
        BareCase{"SubstitutionAsAnArgument", "[ $(mytool) -gt 0 ] && exit 0\n", {"mytool"}},
        BareCase{"SubstitutionAsACommand", "$(which x) run\n", {"which"}},
        BareCase{"Functions", "check() {\n mytool\n}\ncheck\n", {"mytool"}},
        BareCase{"CasePatterns", "case $1 in\n start|go) mytool ;;\n *) exit 1 ;;\nesac\n", {"mytool"}},
        BareCase{"ForLists", "for x in one two; do mytool $x; done\n", {"mytool"}},
        BareCase{"Redirections", "mytool 2>&1 >/dev/null < input &> log\n", {"mytool"}},
        BareCase{"Subshell", "(mytool; other)\n", {"mytool", "other"}},
        BareCase{"HereDocument", "cat <<EOF\nnot a command\nEOF\nmytool\n", {"cat", "mytool"}},
        BareCase{"QuotedIsOneWord", "echo 'a; b | c' \"d; e\"\n", {}}, BareCase{"Exec", "exec mytool\n", {"mytool"}},
        BareCase{"Continuation", "mytool \\\n  other\n", {"mytool"}}, BareCase{"Variable", "$TOOL run\n", {}},
        BareCase{"Arithmetic", "x=$((1 + 2))\nmytool\n", {"mytool"}}),
    [](const auto& parameter) { return parameter.param.name; });

// Whatever is in a file, reading it ends.
TEST(ShellText, EndsOnUnfinishedText) {
  for (const char* text :
       {"\"", "'", "`", "$(", "$((", "${", "a |", "<<", "<<EOF", ")", "((", "\\", ">", "a()", "``)`"}) {
    ReadShellText(text);
  }
  EXPECT_TRUE(ReadShellText("").pipelines.empty());
}

}  // namespace
}  // namespace probe::doctor
