#include "probe/session/liveness.h"

#include <gtest/gtest.h>

namespace probe::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kStart = Instant() + seconds(1000);

// As the daemon does: once a second at least. Whether it was absent at any of these moments.
bool CheckUntil(Liveness& liveness, Instant from, Instant until) {
  bool absent = false;
  for (Instant now = from; now <= until; now += seconds(1)) absent = liveness.Check(now) || absent;
  return absent;
}

TEST(Liveness, TakesAnArbiterForAbsentThatSaysNothingForSoLong) {
  Liveness liveness;
  liveness.Begin(seconds(3), kStart);
  EXPECT_EQ(liveness.Deadline(), kStart + seconds(3));
  EXPECT_FALSE(CheckUntil(liveness, kStart, kStart + seconds(2)));
  EXPECT_FALSE(liveness.Check(kStart + milliseconds(2999)));
  EXPECT_TRUE(liveness.Check(kStart + seconds(3)));
}

TEST(Liveness, WhatItSaysCountsFromThen) {
  Liveness liveness;
  liveness.Begin(seconds(3), kStart);
  for (int second = 1; second <= 60; ++second) {
    liveness.Heard(kStart + seconds(second));
    EXPECT_FALSE(liveness.Check(kStart + seconds(second)));
  }
  EXPECT_EQ(liveness.Deadline(), kStart + seconds(63));
}

TEST(Liveness, AnArbiterThatGivesNoSignsOfLifeIsNeverAbsent) {
  Liveness liveness;
  liveness.Begin(Duration::zero(), kStart);
  EXPECT_FALSE(CheckUntil(liveness, kStart, kStart + minutes(10)));
  EXPECT_EQ(liveness.Deadline(), std::nullopt);
  liveness.Begin(seconds(3), kStart + minutes(10));
  liveness.End();
  EXPECT_FALSE(CheckUntil(liveness, kStart + minutes(10), kStart + minutes(20)));
}

TEST(Liveness, TimeInWhichThisProcessStoodStillSaysNothingOfTheArbiter) {
  Liveness liveness;
  liveness.Begin(seconds(3), kStart);
  EXPECT_FALSE(CheckUntil(liveness, kStart, kStart + seconds(1)));
  // Frozen for a minute: what came meanwhile has not been read yet.
  const Instant thawed = kStart + seconds(61);
  EXPECT_FALSE(liveness.Check(thawed));
  EXPECT_FALSE(liveness.Check(thawed + seconds(1)));
  EXPECT_TRUE(liveness.Check(thawed + seconds(2))) << "a second before it, and two after";
}

TEST(Liveness, IsPatientWithAnArbiterThatWantsToBeAbsentAtOnce) {
  Liveness liveness;
  liveness.Begin(milliseconds(1), kStart);
  EXPECT_FALSE(liveness.Check(kStart + milliseconds(999)));
  EXPECT_TRUE(liveness.Check(kStart + Liveness::kShortest));
}

}  // namespace
}  // namespace probe::session
