#include "probe/daemon/concern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace probe::daemon {
namespace {

using arbiter::IpAddress;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

constexpr Instant kStart = Instant() + seconds(1000);

IpAddress Vip(int number) {
  return IpAddress::Parse("10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1)).value();
}

TEST(ConcernPace, DelaysNothingThatComesAfterAPause) {
  ConcernPace pace;
  EXPECT_EQ(pace.Due(), Instant::max());
  for (int i = 0; i < 3; ++i) {
    const std::optional<Concern> due = pace.Add({false, {Vip(i)}}, kStart + i * ConcernPace::kPause);
    ASSERT_TRUE(due.has_value());
    EXPECT_THAT(due->vips, ElementsAre(Vip(i)));
    EXPECT_EQ(pace.Due(), Instant::max());
  }
}

TEST(ConcernPace, PutsTogetherWhatComesWithinOne) {
  ConcernPace pace;
  ASSERT_TRUE(pace.Add({}, kStart).has_value());
  EXPECT_FALSE(pace.Add({false, {Vip(1)}}, kStart + milliseconds(1)).has_value());
  EXPECT_FALSE(pace.Add({false, {Vip(2)}}, kStart + milliseconds(99)).has_value());
  EXPECT_EQ(pace.Due(), kStart + ConcernPace::kPause);
  EXPECT_FALSE(pace.TakeDue(kStart + milliseconds(99)).has_value());
  const std::optional<Concern> due = pace.TakeDue(kStart + milliseconds(100));
  ASSERT_TRUE(due.has_value());
  EXPECT_THAT(due->vips, ElementsAre(Vip(1), Vip(2)));
  EXPECT_FALSE(due->all);
  EXPECT_FALSE(pace.TakeDue(kStart + seconds(1)).has_value());
}

TEST(ConcernPace, GivesAllThatWaitsToWhoCannotWait) {
  ConcernPace pace;
  ASSERT_TRUE(pace.Add({}, kStart).has_value());
  EXPECT_FALSE(pace.TakeFor({Vip(1)}, kStart).has_value());
  EXPECT_FALSE(pace.Add({false, {Vip(2)}}, kStart + milliseconds(1)).has_value());
  EXPECT_FALSE(pace.TakeFor({Vip(1)}, kStart + milliseconds(2)).has_value()) << "it is not about that one";
  EXPECT_TRUE(pace.TakeFor({Vip(1), Vip(2)}, kStart + milliseconds(2)).has_value());
  EXPECT_FALSE(pace.Add({true, {}}, kStart + milliseconds(3)).has_value());
  const std::optional<Concern> all = pace.TakeFor({Vip(1)}, kStart + milliseconds(4));
  ASSERT_TRUE(all.has_value());
  EXPECT_TRUE(all->all);
  EXPECT_FALSE(pace.Add({}, kStart + milliseconds(103)).has_value()) << "the pause begins anew";
}

TEST(ConcernPace, KeepsNoMoreThanItListsVips) {
  ConcernPace pace;
  ASSERT_TRUE(pace.Add({}, kStart).has_value());
  for (int i = 0; i < 1001; ++i) EXPECT_FALSE(pace.Add({false, {Vip(i)}}, kStart).has_value());
  const std::optional<Concern> due = pace.TakeFor({Vip(1)}, kStart);
  ASSERT_TRUE(due.has_value());
  EXPECT_TRUE(due->all);
  EXPECT_TRUE(due->vips.empty());
}

TEST(LookPace, WhatComesAfterAPauseIsLookedAtAtOnce) {
  LookPace pace;
  EXPECT_TRUE(pace.IsDue(kStart));
  pace.Looked(kStart, kStart + milliseconds(1));
  EXPECT_FALSE(pace.IsDue(kStart + milliseconds(1)));
  EXPECT_EQ(pace.Due(), kStart + milliseconds(4));
  EXPECT_TRUE(pace.IsDue(kStart + milliseconds(4)));
}

TEST(LookPace, ALookThatTookLongDelaysNothingForLong) {
  LookPace pace;
  pace.Looked(kStart, kStart + seconds(2));
  EXPECT_EQ(pace.Due(), kStart + seconds(2) + LookPace::kLongestPause);
}

}  // namespace
}  // namespace probe::daemon
