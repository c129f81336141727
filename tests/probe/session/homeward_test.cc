#include "probe/session/homeward.h"

#include <gtest/gtest.h>

#include <set>

namespace probe::session {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Instant kStart = Instant() + seconds(1000);

// The next arbiter that is looked for, and when.
std::size_t Next(Homeward& homeward, Instant& now) {
  EXPECT_TRUE(homeward.Deadline().has_value());
  const Instant due = homeward.Deadline().value_or(now);
  EXPECT_EQ(homeward.LookFor(due - Duration(1)), std::nullopt);
  now = due;
  return homeward.LookFor(now).value_or(99);
}

TEST(Homeward, LooksForNothingWhileItIsAtHomeOrNowhere) {
  Homeward homeward(1);
  EXPECT_EQ(homeward.Deadline(), std::nullopt);
  homeward.Attached(0, kStart);
  EXPECT_EQ(homeward.Deadline(), std::nullopt);
  EXPECT_EQ(homeward.LookFor(kStart + hours(1)), std::nullopt);
  homeward.Attached(1, kStart);
  EXPECT_NE(homeward.Deadline(), std::nullopt);
  homeward.Lost();
  EXPECT_EQ(homeward.LookFor(kStart + hours(1)), std::nullopt);
}

TEST(Homeward, GoesBackToOneThatHasAnsweredForAWhile) {
  Homeward homeward(1);
  homeward.Attached(1, kStart);
  Instant now = kStart;
  for (int answer = 1; answer <= Homeward::kAnswers; ++answer) {
    EXPECT_EQ(Next(homeward, now), 0U);
    EXPECT_EQ(homeward.LookFor(now), std::nullopt) << "one look at a time";
    EXPECT_EQ(homeward.Answered(now), answer == Homeward::kAnswers);
  }
  EXPECT_GE(now - kStart, Homeward::kLookEvery * Homeward::kAnswers / 2);
  EXPECT_LE(now - kStart, Homeward::kLookEvery * Homeward::kAnswers);
}

TEST(Homeward, ArbiterThatComesAndGoesIsNoHome) {
  Homeward homeward(1);
  homeward.Attached(1, kStart);
  Instant now = kStart;
  for (int round = 0; round < 20; ++round) {
    for (int answer = 1; answer < Homeward::kAnswers; ++answer) {
      EXPECT_EQ(Next(homeward, now), 0U);
      EXPECT_FALSE(homeward.Answered(now));
    }
    EXPECT_EQ(Next(homeward, now), 0U);
    homeward.Silent(now);
  }
}

TEST(Homeward, TriesTheEarlierOnesInTurn) {
  Homeward homeward(1);
  homeward.Attached(3, kStart);
  Instant now = kStart;
  for (const std::size_t expected : {0U, 1U, 2U, 0U, 1U}) {
    EXPECT_EQ(Next(homeward, now), expected);
    homeward.Silent(now);
  }
}

TEST(Homeward, ProbesDoNotAllMoveAtOnce) {
  std::set<Instant> when;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Homeward homeward(seed);
    homeward.Attached(1, kStart);
    when.insert(*homeward.Deadline());
  }
  EXPECT_GT(when.size(), 90U);
}

}  // namespace
}  // namespace probe::session
