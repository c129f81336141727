#include "probe/daemon/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace probe::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::variant<CommandLine, Exit> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "arbiter-probe");
  return ReadCommandLine(static_cast<int>(words.size()), words.data(), "1.2.3");
}

CommandLine Parsed(const std::vector<const char*>& words) {
  auto line = Parse(words);
  if (auto* parsed = std::get_if<CommandLine>(&line)) return *parsed;
  ADD_FAILURE() << "exit code " << std::get<Exit>(line).code;
  return {};
}

TEST(ProbeCommandLine, RunsWithoutASubcommand) {
  const CommandLine line = Parsed({});
  EXPECT_TRUE(std::holds_alternative<RunCommand>(line.subcommand));
  EXPECT_EQ(line.config_path, "/etc/arbiter/probe.yaml");
  EXPECT_FALSE(line.config_given);
}

TEST(ProbeCommandLine, TakesListsAndRepetitions) {
  const CommandLine line = Parsed({"--arbiter", "a:1,b:2", "--interface", "eth0", "--interface", "eth1", "--actuators",
                                   "gate,stop_daemon", "--node", "n", "--node", "m"});
  EXPECT_THAT(line.flags.arbiter(), ElementsAre("a:1", "b:2"));
  EXPECT_THAT(line.flags.interface(), ElementsAre("eth0", "eth1"));
  EXPECT_THAT(line.flags.actuators(), ElementsAre("gate", "stop_daemon"));
  EXPECT_EQ(line.flags.node(), "m");
}

TEST(ProbeCommandLine, TakesTheDaemonsFlagsBehindASubcommand) {
  const CommandLine line = Parsed({"holds", "--release", "VI_1", "--runtime-dir", "/run/x"});
  EXPECT_EQ(line.flags.runtime_dir(), "/run/x");
  EXPECT_EQ(std::get<HoldsCommand>(line.subcommand).release, "VI_1");
}

TEST(ProbeCommandLine, ChecksTheConfigurationOnlyWhenAsked) {
  EXPECT_TRUE(Parsed({"--check-config"}).check_config);
  EXPECT_TRUE(Parsed({"run", "--check-config"}).check_config);
  EXPECT_FALSE(Parsed({"run"}).check_config);
}

TEST(ProbeCommandLine, ReadsEachSubcommand) {
  EXPECT_TRUE(std::holds_alternative<RunCommand>(Parsed({"run", "--dry-run"}).subcommand));
  EXPECT_TRUE(std::holds_alternative<SnippetCommand>(Parsed({"snippet"}).subcommand));
  EXPECT_TRUE(std::get<HoldsCommand>(Parsed({"holds", "--release-all"}).subcommand).release_all);
  EXPECT_TRUE(std::get<HoldsCommand>(Parsed({"holds", "--forget-term"}).subcommand).forget_term);
  const auto sniff = std::get<SniffOptions>(Parsed({"sniff", "-i", "eth0", "-i", "eth1", "-o", "json"}).subcommand);
  EXPECT_THAT(sniff.interfaces, ElementsAre("eth0", "eth1"));
  EXPECT_TRUE(sniff.json);
  EXPECT_EQ(std::get<SniffOptions>(Parsed({"sniff", "--read", "x.pcap"}).subcommand).read, "x.pcap");
}

TEST(ProbeCommandLine, SaysInOneLineWhatIsWrong) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--frobnicate"},
                                                {"frobnicate"},
                                                {"sniff", "-o", "xml"},
                                                {"--node"},
                                                {"--actuators", ""},
                                                {"--actuators", " , "},
                                                {"holds", "--release", "x", "--release-all"},
                                                {"holds", "--forget-term", "--release-all"},
                                                {"run", "holds"}}) {
    testing::internal::CaptureStderr();
    const auto line = Parse(words);
    const std::string said = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(std::holds_alternative<Exit>(line)) << words.back();
    EXPECT_EQ(std::get<Exit>(line).code, 64);
    EXPECT_THAT(said, HasSubstr("arbiter-probe: "));
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
}

TEST(ProbeCommandLine, PrintsVersionAndHelp) {
  testing::internal::CaptureStdout();
  const auto line = Parse({"--version"});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "arbiter-probe 1.2.3\n");
  EXPECT_EQ(std::get<Exit>(line).code, 0);
}

}  // namespace
}  // namespace probe::daemon
