#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Completion : public testing::Test {
 protected:
  Completion() {
    arbiter_.status = Guarded();
    arbiter_.incidents = {Parsed<v1::Incident>("id: '3-1' cluster: 'prod' vip: '192.168.1.212'")};
  }

  // The candidates without their descriptions.
  std::vector<std::string> Words(std::vector<std::string> words) {
    words.insert(words.begin(), {"complete", "--", "--server", arbiter_.address()});
    std::vector<std::string> out;
    for (const absl::string_view line : absl::StrSplit(RunArbctl(words).out, '\n', absl::SkipEmpty())) {
      out.emplace_back(line.substr(0, line.find('\t')));
    }
    return out;
  }

  FakeArbiter arbiter_;
};

TEST_F(Completion, OffersCommandsWithWhatTheyDo) {
  EXPECT_THAT(Words({"inc"}), ElementsAre("incident", "incidents"));
  EXPECT_THAT(Words({"audit", "--s"}), ElementsAre("--server", "--since"));
  EXPECT_THAT(RunArbctl({"complete", "--", "stat"}).out, testing::StartsWith("status\tShow each VIP"));
  EXPECT_THAT(Words({""}), Not(Contains("complete")));
}

TEST_F(Completion, OffersOptionsOfTheCommandAndOfAll) {
  EXPECT_THAT(Words({"status", "--w"}), ElementsAre("--watch"));
  EXPECT_THAT(Words({"status", "--"}), Contains("--cluster"));
  EXPECT_THAT(Words({"nodes", "--"}), Not(Contains("--watch")));
}

TEST_F(Completion, OffersValues) {
  EXPECT_THAT(Words({"status", "-o", ""}), ElementsAre("table", "wide", "json"));
  EXPECT_THAT(Words({"mode", ""}), ElementsAre("observe", "enforce"));
  EXPECT_THAT(Words({"completion", "f"}), ElementsAre("fish"));
}

TEST_F(Completion, AsksTheArbiterForNames) {
  EXPECT_THAT(Words({"status", "--cluster", ""}), ElementsAre("prod"));
  EXPECT_THAT(Words({"demote", ""}), ElementsAre("a"));
  EXPECT_THAT(Words({"demote", "a", ""}), ElementsAre("192.168.1.212"));
  EXPECT_THAT(Words({"release", ""}), ElementsAre("b"));
  EXPECT_THAT(Words({"release", "b", "192"}), ElementsAre("192.168.1.212"));
  EXPECT_THAT(Words({"release", "b", "192.168.1.212", ""}), IsEmpty());
  EXPECT_THAT(Words({"incident", ""}), ElementsAre("3-1"));
}

TEST(CompletionAlone, IsSilentWithoutAnArbiter) {
  const Outcome outcome = RunArbctl({"complete", "--", "--server", "127.0.0.1:1", "demote", ""});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "");
}

TEST(CompletionAlone, UnfinishedAndWrongLinesAreNoError) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"complete"},
                                                {"complete", "--"},
                                                {"complete", "--", "-"},
                                                {"complete", "--", "xyzzy", ""},
                                                {"complete", "--", "--nosuch", "x"},
                                                {"complete", "--", "-o"},
                                                {"complete", "--", "--help", ""}}) {
    EXPECT_EQ(RunArbctl(words).code, 0);
  }
}

TEST(CompletionAlone, HasAScriptForEachShell) {
  EXPECT_THAT(RunArbctl({"completion", "bash"}).out, HasSubstr("complete -o default -F _arbctl arbctl"));
  EXPECT_THAT(RunArbctl({"completion", "zsh"}).out, testing::StartsWith("#compdef arbctl"));
  EXPECT_THAT(RunArbctl({"completion", "fish"}).out, HasSubstr("complete -c arbctl -f"));
}

}  // namespace
}  // namespace arbiter::ctl
