#include "arbiter/server/question_log.h"

#include <gtest/gtest.h>

namespace arbiter::server {
namespace {

using std::chrono::milliseconds;

constexpr core::Instant kStart{std::chrono::hours(1)};

TEST(QuestionLog, KnowsHowLongEachAnswerTook) {
  QuestionLog log;
  log.Asked(7, {"prod", "a"}, kStart);
  log.Asked(7, {"prod", "b"}, kStart);
  EXPECT_EQ(log.Answered(7, {"prod", "b"}, kStart + milliseconds(3)), milliseconds(3));
  EXPECT_EQ(log.Answered(7, {"prod", "a"}, kStart + milliseconds(9)), milliseconds(9));
}

TEST(QuestionLog, HasNothingForWhatWasNotAskedOrIsAnsweredTwice) {
  QuestionLog log;
  log.Asked(7, {"prod", "a"}, kStart);
  EXPECT_EQ(log.Answered(8, {"prod", "a"}, kStart), std::nullopt);
  EXPECT_EQ(log.Answered(7, {"other", "a"}, kStart), std::nullopt);
  EXPECT_TRUE(log.Answered(7, {"prod", "a"}, kStart).has_value());
  EXPECT_EQ(log.Answered(7, {"prod", "a"}, kStart), std::nullopt);
}

TEST(QuestionLog, ForgetsTheOldestOfTooMany) {
  QuestionLog log(2);
  for (std::uint64_t nonce = 1; nonce <= 3; ++nonce) log.Asked(nonce, {"prod", "a"}, kStart);
  EXPECT_EQ(log.Answered(1, {"prod", "a"}, kStart), std::nullopt);
  EXPECT_TRUE(log.Answered(3, {"prod", "a"}, kStart).has_value());
}

}  // namespace
}  // namespace arbiter::server
