// What is resolved before any keyword is looked at: includes, conditions, definitions, sequences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "probe/keepalived/diagnostic_log.h"
#include "probe/keepalived/statement_reader.h"
#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The statements one a line, words joined by a bar.
std::vector<std::string> Statements(std::map<std::string, std::string> files, DiagnosticLog* log) {
  MapSource source(std::move(files));
  StatementReader reader(&source, "west", {}, log);
  const absl::Status status = reader.Read(kRoot);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<std::string> lines;
  for (const Statement& statement : reader.statements()) {
    std::string line = statement.kind == Statement::Kind::kOpen ? "{" : "}";
    if (statement.kind == Statement::Kind::kWords) {
      line.clear();
      for (const std::string& word : statement.words) {
        line += (line.empty() ? "" : "|") + word;
      }
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> Statements(const std::string& text) {
  DiagnosticLog log;
  return Statements({{kRoot, text}}, &log);
}

struct Case {
  std::string name;
  std::string text;
  std::vector<std::string> statements;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Resolved : public testing::TestWithParam<Case> {};

TEST_P(Resolved, GivesTheseStatements) {
  EXPECT_THAT(Statements(GetParam().text), ElementsAreArray(GetParam().statements));
}

const Case kCases[] = {
    {"Condition", "@west a 1\n@east a 2\n@^west a 3\n@^east a 4\n@west\n@^east\n", {"a|1", "a|4"}},
    {"ConditionAfterABraceTakesTheWholeRest", "v { @east 1 }\nw { @west 1 }\n", {"v", "{", "w", "{", "1", "}"}},
    {"Definition", "$A=x y\nk $A\nk ${A}z\nk $Az\n", {"k|x|y", "k|x|yz", "k|$Az"}},
    {"EmptyDefinition", "$A=\nk ${A}z $A\n", {"k|z"}},
    {"UndefinedNamesStay", "k $A \"${B}\"\n", {"k|$A|${B}"}},
    {"UndefinedNamesInBracesLeaveTheirBraces", "k ${B}x\n", {"k|$", "{", "B", "}", "x"}},
    {"EmptyDefinitionBeforeACondition", "$E=\n$E @west a 1\n$E  @east a 2\n", {"a|1"}},
    {"DefinedComment", "$H=\\#\nk 1 $H 2 {\nk \"${H}\"\nk ${_HASH} 3\n", {"k|1", "k|#", "k"}},
    {"EscapedHash", "k a\\#b\n", {"k|a#b"}},
    {"DefinitionAfterABrace", "v { $A=5 }\nk $A\n", {"v", "{", "k|5", "}"}},
    {"SubstitutionAtUse", "$A=10.${B}\n$B=1\nk ${A}.9\n$B=2\nk ${A}.9\n", {"k|10.1.9", "k|10.2.9"}},
    {"Redefinition", "$A=1\nk $A\n$A=2\nk $A\n", {"k|1", "k|2"}},
    {"NoDefinitionWithASpaceBeforeTheSign", "$A =1\nk $A\n", {"$A|=1", "k|$A"}},
    {"ConditionalDefinition", "@west $P=240\n@east $P=200\npriority $P\n", {"priority|240"}},
    {"DefinedCondition", "$IF=@west\n$IF priority 240\n$UNLESS=@^west\n$UNLESS priority 1\n", {"priority|240"}},
    {"MultiLine",
     "$I= \\\n  v ${N} { \\\n   a $N \\\n  }\n$N=1\n$I\n$N=2\n$I\n",
     {"v|1", "{", "a|1", "}", "v|2", "{", "a|2", "}"}},
    {"MultiLineWithTextOnItsFirstLine", "$M=a 1 \\\n b 2\n$M\n", {"a|1", "b|2"}},
    {"ABlankLineEndsAMultiLine", "$M= \\\n a \\\n\n b\n$M\n", {"b", "a"}},
    {"MultiLineConditions", "$M=a \\\n @west b \\\n @east c\n$M\n", {"a", "b"}},
    {"MultiLineFirstLineForAnotherNode", "$M=@east a \\\n b\n$M\n", {"b"}},
    {"NestedMultiLine",
     "$IN= \\\n x ${Q} \\\n $Q=5 \\\n x ${Q}\n$OUT= \\\n $IN \\\n y\n$Q=4\n$OUT\n",
     {"x|4", "x|5", "y"}},
    {"MultiLineOnlyAtTheEnd", "$M=a \\\n b\nk $M z\nk $M\n", {"k|$M|z", "k|a", "b"}},
    {"ContinuationOfOtherLinesStays", "priority 9\\\nadvert_int 2\n", {"priority|9\\", "advert_int|2"}},
    {"Sequence", "~SEQ(I,1,3) k 10.0.0.$I\n", {"k|10.0.0.1", "k|10.0.0.2", "k|10.0.0.3"}},
    {"SequenceWithStep", "~SEQ(I, 4, -2, 0) k $I\n", {"k|4", "k|2", "k|0"}},
    {"SequenceToEndOnly", "~SEQ(I,2) k $I\n~SEQ(J,-2) l $J\n", {"k|1", "k|2", "l|-1", "l|-2"}},
    {"HexSequence", "~SEQx(I, 0x9e, 0xa1) k ${I}:1\n", {"k|9e:1", "k|9f:1", "k|a0:1", "k|a1:1"}},
    {"SequencesInEachOther", "~SEQ(I,1,2) ~SEQ(J,1,2) k ${I}${J}\n", {"k|11", "k|12", "k|21", "k|22"}},
    {"SequenceOfADefinition", "$END=2\n~SEQ(I,1,$END) k $I\n", {"k|1", "k|2"}},
    {"SequenceOfDefinitions", "$A=1\n$S=2\n$B=3\n~SEQ(I, $A, $S, ${B}) k $I\n", {"k|1", "k|3"}},
    {"SequenceInEachBase", "~SEQ(I,010,0x9) k $I\n", {"k|8", "k|9"}},
    {"SequenceOnTheLineOfABrace", "v { ~SEQ(I,1,2) k $I\n}\n", {"v", "{", "k|1", "k|2", "}"}},
    {"SequenceRepeatsTheWholeRest", "v { ~SEQ(I,1,2) k $I }\n", {"v", "{", "k|1", "}", "k|2", "}"}},
    {"ListOfTuplesOnTheLineOfABrace", "v { ~LST({A,B},{1,2}) k $A.$B\n", {"v", "{", "k|$A.2"}},
    {"SequenceOfAMultiLine", "$M= \\\n a ${I} \\\n b\n~SEQ(I,1,2) $M\n", {"a|1", "b", "a|2", "b"}},
    {"List", "~LST(K, 7, x) k ${K}\n", {"k|7", "k|x"}},
    {"ListTakesADefinitionAsItIs", "$L=1,2\n~LST(K, $L) k $K\n", {"k|1,2"}},
    {"ListWithMissingValues", "~LST({A, B}, {10},{20,4}) k ${A}.${B}\n", {"k|10.", "k|20.4"}},
    {"ListOfTuples", "~LST({A, B}, {10,1},{20,4}) k ${A}.${B}\n", {"k|10.1", "k|20.4"}},
    {"PredefinedNames", "k ${_PWD} ${_INSTANCE}\n", {"k|/etc/keepalived|west"}},
    {"CarriageReturnsAndNoLastNewline", "a 1\r\nb 2", {"a|1", "b|2"}},
    {"ANulByteEndsALine", std::string("a 1\0 b\nc 2\n", 10), {"a|1", "c|2"}},
};

INSTANTIATE_TEST_SUITE_P(Forms, Resolved, testing::ValuesIn(kCases), [](const auto& one) { return one.param.name; });

TEST(Include, ReadsRelativeToTheIncludingFileAndInOrder) {
  DiagnosticLog log;
  EXPECT_THAT(Statements({{kRoot, "a\ninclude sub/*.conf\nz\n"},
                          {"/etc/keepalived/sub/1.conf", "b\ninclude more\n"},
                          {"/etc/keepalived/sub/2.conf", "d ${_PWD}\n"},
                          {"/etc/keepalived/sub/more", "c\n"},
                          {"/etc/keepalived/more", "wrong\n"}},
                         &log),
              ElementsAre("a", "b", "c", "d|/etc/keepalived/sub", "z"));
}

TEST(Include, KnowsItsVariantsConditionsAndDefinitions) {
  DiagnosticLog log;
  EXPECT_THAT(
      Statements({{kRoot,
                   "includer x\nincludem x\nincludew x\nincludeb x\nincludea x\n@west include x\n@east include x\n"
                   "$F=x\ninclude $F\nincludes x\ninclude_check x\n"},
                  {"/etc/keepalived/x", "k\n"}},
                 &log),
      ElementsAre("k", "k", "k", "k", "k", "k", "k", "includes|x", "include_check|x"));
}

TEST(Include, MayOpenAndCloseBlocksOfTheIncludingFile) {
  DiagnosticLog log;
  EXPECT_THAT(Statements({{kRoot, "v {\n include x\n b\n}\n"}, {"/etc/keepalived/x", "1\n}\nw {\n"}}, &log),
              ElementsAre("v", "{", "1", "}", "w", "{", "b", "}"));
}

TEST(Include, OfItselfIsRefusedAndSaid) {
  const Config config = ReadFiles({{kRoot, "include a\n"}, {"/etc/keepalived/a", "\ninclude keepalived.conf\n"}});
  EXPECT_THAT(Texts(config), ElementsAre("/etc/keepalived/a:2: /etc/keepalived/keepalived.conf includes itself: not "
                                         "read again"));
}

TEST(Include, ThatLeadsNowhereIsSaidAndItsDirectoryIsRemembered) {
  const Config config = ReadText("\ninclude conf.d/*.conf\n");
  EXPECT_THAT(Texts(config), ElementsAre("/etc/keepalived/keepalived.conf:2: no file matches conf.d/*.conf"));
  EXPECT_THAT(config.directories, ElementsAre("/etc/keepalived/conf.d"));
  EXPECT_THAT(config.files, ElementsAre(kRoot));
}

TEST(Include, TooDeepIsAnError) {
  std::map<std::string, std::string> files{{kRoot, "include 0\n"}};
  for (int i = 0; i < 40; ++i) {
    files["/etc/keepalived/" + std::to_string(i)] = "include " + std::to_string(i + 1) + "\n";
  }
  MapSource source(files);
  const absl::StatusOr<Config> config = ReadConfigFrom(&source, kRoot, {});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("includes more than 16 deep"));
}

TEST(Definition, ThatContainsItselfIsSkippedAndCounted) {
  const Config config = ReadText("$A=x $A\nk $A\nnet_namespace n\n");
  EXPECT_THAT(Texts(config), ElementsAre(HasSubstr(":2: a definition that contains itself")));
  EXPECT_EQ(config.skipped, 1U);
  EXPECT_EQ(config.globals.net_namespace.value, "n");
}

struct Bomb {
  std::string name;
  std::string text;
};

TEST(Definition, ExpandsWithinBoundsOnly) {
  const Bomb bombs[] = {
      {"lines without end", "$A=x \\\n $A \\\n $A\n$A\n"},
      {"many lines", "~SEQ(I,1,1000) ~SEQ(J,1,1000) k $I\n"},
      {"a long sequence", "~SEQ(I,1,999999999999) k $I\n"},
      {"a long line", "$A=" + std::string(100, 'x') +
                          "\n$B=${A}${A}${A}${A}${A}${A}${A}${A}\n$C=${B}${B}${B}${B}${B}${B}${B}${B}\n"
                          "$D=${C}${C}${C}${C}${C}${C}${C}${C}\n$E=${D}${D}${D}${D}${D}${D}${D}${D}\nk $E\n"},
  };
  for (const Bomb& bomb : bombs) {
    MapSource source({{kRoot, bomb.text}});
    ReadOptions options;
    options.limits.statements = 20'000;
    const absl::StatusOr<Config> config = ReadConfigFrom(&source, kRoot, options);
    EXPECT_EQ(config.status().code(), absl::StatusCode::kResourceExhausted) << bomb.name;
    EXPECT_THAT(std::string(config.status().message()), HasSubstr("keepalived.conf:")) << bomb.name;
  }
}

TEST(Definition, OfARandomValueIsNotGuessed) {
  const Config config = ReadText("vrrp_instance A {\n priority ${_RANDOM 1 9}\n}\n");
  EXPECT_THAT(Texts(config), testing::Contains(HasSubstr(":2: a random value cannot be known")));
  EXPECT_FALSE(config.instances.at(0).priority.stated);
}

TEST(Sequence, ThatCannotBeReadIsSkippedAndSaid) {
  for (const std::string line : {"~SEQ(I,1,0,5) k", "~SEQ(I) k", "~SEQ I k", "~SEQ(I,a) k", "~SEQx(I,-2) k",
                                 "~SEQ(,1) k", "~LST({A,B},{1,2,3}) k", "~LST(A) k", "~SEQ(I,1,-1,5) k"}) {
    const Config config = ReadText(line + "\n");
    EXPECT_EQ(config.diagnostics.size(), 1U) << line;
    EXPECT_EQ(config.skipped, 1U) << line;
  }
}

TEST(Files, AnUnreadableFirstFileIsAnErrorWithItsName) {
  MapSource source({});
  const absl::StatusOr<Config> config = ReadConfigFrom(&source, "/nowhere", {});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("/nowhere"));
}

TEST(Files, AFileThatIsTooLongIsAnError) {
  MapSource source({{kRoot, std::string(101, '#')}});
  ReadOptions options;
  options.limits.file_bytes = 100;
  EXPECT_EQ(ReadConfigFrom(&source, kRoot, options).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Braces, ThatDoNotMatchAreSaidAndTheRestIsRead) {
  const Config config = ReadText("}\n{\n a\n}\nnet_namespace n\nvrrp_instance A {\n");
  EXPECT_THAT(Texts(config),
              ElementsAre(HasSubstr(":1: one '}' too many"), HasSubstr(":6: the block 'vrrp_instance' is never closed"),
                          HasSubstr(":3: unknown keyword 'a'"), HasSubstr("no virtual_router_id"),
                          HasSubstr("no interface"), HasSubstr("no virtual_ipaddress")));
  EXPECT_EQ(config.globals.net_namespace.value, "n");
}

TEST(Braces, MayNestWithoutEnd) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "a {\n";
  }
  const Config config = ReadText(text + std::string(20'000, '}') + "\nnet_namespace n\n");
  EXPECT_EQ(config.globals.net_namespace.value, "n");
  EXPECT_EQ(config.skipped, 20'000U);
}

// The instance that `lines` are added to: what the daemon makes of it, and what is said at which line.
struct BraceCase {
  std::string name;
  std::string text;
  int priority;
  std::vector<std::string> said;
};

TEST(Braces, CountAsTheDaemonCountsThem) {
  const std::string head =
      "vrrp_instance A {\n interface e\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.1\n }\n";
  const BraceCase cases[] = {
      {"unknown block",
       head + " newer {\n  priority 7\n }\n priority 150\n}\n",
       7,
       {":7: '{' after 'newer' opens no block: the daemon ignores it, and the next '}' ends vrrp_instance A",
        ":7: unknown keyword 'newer' in 'vrrp_instance'", ":10: unknown keyword 'priority' in 'the top level'"}},
      {"brace of a flag",
       head + " nopreempt {\n }\n priority 150\n}\n",
       100,
       {":7: '{' after 'nopreempt' opens no block", ":9: unknown keyword 'priority' in 'the top level'"}},
      {"undefined name",
       head + " interface ${NIC}\n priority 150\n}\n",
       100,
       {":7: a name in '${' and '}' is not defined above this line", ":7: '{' after 'interface' opens no block",
        ":7: unknown keyword 'NIC'", ":8: unknown keyword 'priority' in 'the top level'"}},
      {"no opening brace",
       head + " track_interface\n  eth1\n }\n priority 150\n}\n",
       150,
       {":7: 'track_interface' has no '{': the daemon takes it as if it were there"}},
      {"no closing brace",
       head + "vrrp_instance B {\n priority 150\n}\n",
       150,
       {":7: 'vrrp_instance' inside of vrrp_instance A (/etc/keepalived/keepalived.conf:1): a '}' is missing above",
        ":7: '{' after 'vrrp_instance' opens no block", ":7: unknown keyword 'vrrp_instance' in 'vrrp_instance'"}},
      {"rest of the globals",
       "global_defs {\n newer {\n }\n vrrp_version 3\n}\n" + head + " priority 150\n}\n",
       150,
       {":2: '{' after 'newer' opens no block: the daemon ignores it, and the next '}' ends global_defs",
        ":2: unknown keyword 'newer' in 'global_defs'"}},
  };
  for (const BraceCase& one : cases) {
    const Config config = ReadText(one.text);
    ASSERT_EQ(config.instances.size(), 1U) << one.name;
    EXPECT_EQ(config.instances[0].priority.value.value(), one.priority) << one.name;
    EXPECT_EQ(config.globals.vrrp_version.value, 2) << one.name;
    std::vector<testing::Matcher<std::string>> said(one.said.size(), testing::_);
    std::transform(one.said.begin(), one.said.end(), said.begin(),
                   [](const std::string& text) { return HasSubstr(text); });
    EXPECT_THAT(Texts(config), ElementsAreArray(said)) << one.name;
  }
}

TEST(Quote, ThatIsNotClosedIsSaidOnItsLine) {
  const Config config = ReadText("net_namespace n\nnet_namespace \"m\n");
  EXPECT_THAT(Texts(config), testing::Contains(HasSubstr(":2: a double quote is not closed")));
  EXPECT_EQ(config.globals.net_namespace.value, "n");
}

}  // namespace
}  // namespace probe::keepalived
