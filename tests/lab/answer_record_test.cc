#include "tests/lab/answer_record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lab {
namespace {

using std::chrono::milliseconds;

// A question every 20 ms; for each the hosts (one letter each) that answer it.
AnswerRecord Make(const std::vector<std::string>& answers) {
  AnswerRecord record;
  Instant at{};
  for (const std::string& hosts : answers) {
    record.Ask(at);
    for (const char host : hosts) record.Answer(std::string(1, host));
    at += milliseconds(20);
  }
  return record;
}

Instant At(int ms) { return Instant{} + milliseconds(ms); }

TEST(AnswerRecord, AddsUpTheTimeInWhichTwoAnswered) {
  EXPECT_EQ(Make({"a", "ab", "ab", "b", "ab", "b", "b"}).BothAnswered({}), milliseconds(60));
  EXPECT_EQ(Make({"a", "ab", "ab", "b", "ab", "b", "b"}).BothAnswered(At(60)), milliseconds(20));
  EXPECT_EQ(Make({"a", "ab", "ab", "b", "ab", "b", "b"}).BothAnswered({}, At(40)), milliseconds(20));
}

TEST(AnswerRecord, DoesNotCountAQuestionWhoseTimeIsNotOver) {
  EXPECT_EQ(Make({"a", "ab"}).BothAnswered({}), milliseconds(0));
  EXPECT_EQ(Make({"a", ""}).LongestSilence({}), milliseconds(0));
}

TEST(AnswerRecord, FindsTheLongestSilence) {
  const AnswerRecord record = Make({"a", "", "a", "", "", "b", "b"});
  EXPECT_EQ(record.LongestSilence({}), milliseconds(40));
  EXPECT_EQ(record.LongestSilenceOf("b", {}), milliseconds(100));
  EXPECT_EQ(record.LongestSilenceOf("b", At(100)), milliseconds(0));
}

TEST(AnswerRecord, KnowsFirstAndLastAnswers) {
  const AnswerRecord record = Make({"", "a", "ab", "b"});
  EXPECT_EQ(record.FirstAnswer("a"), At(20));
  EXPECT_EQ(record.FirstAnswer("a", At(30)), At(40));
  EXPECT_EQ(record.LastAnswer("a"), At(40));
  EXPECT_EQ(record.FirstBothAnswered(), At(40));
  EXPECT_EQ(record.FirstAnswer("c"), std::nullopt);
  EXPECT_EQ(record.LastAnswer("c"), std::nullopt);
}

TEST(AnswerRecord, TellsItsStoryInChanges) {
  EXPECT_EQ(Make({"a", "a", "ab", "b", "", ""}).Timeline(), "0.000 a; 0.040 a+b; 0.060 b; 0.080 nobody");
}

TEST(AnswerRecord, LatestIsTheLastQuestionThatHadItsTime) {
  EXPECT_EQ(Make({"a", "b", ""}).Latest(), std::set<std::string>{"b"});
  EXPECT_TRUE(Make({"a"}).Latest().empty());
}

TEST(AnswerRecord, IgnoresAnAnswerBeforeTheFirstQuestion) {
  AnswerRecord record;
  record.Answer("a");
  EXPECT_EQ(record.questions(), 0U);
}

}  // namespace
}  // namespace lab
