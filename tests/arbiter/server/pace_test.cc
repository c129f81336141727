#include "arbiter/server/pace.h"

#include <gtest/gtest.h>

#include <chrono>

namespace arbiter::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr core::Instant kStart{std::chrono::hours(1)};

// How many it lets come at `now`.
int TakeAll(Pace* pace, core::Instant now) {
  int taken = 0;
  for (; pace->Wait(now) == core::Duration::zero(); ++taken) pace->Take(now);
  return taken;
}

TEST(Pace, LetsSoManyComeAtOnceAndNoMore) {
  Pace pace(16, 200);
  EXPECT_EQ(TakeAll(&pace, kStart), 16);
}

TEST(Pace, OneAtOnceIsOne) {
  Pace pace(1, 200);
  EXPECT_EQ(TakeAll(&pace, kStart), 1);
  EXPECT_EQ(TakeAll(&pace, kStart + milliseconds(5)), 1);
}

TEST(Pace, SaysHowLongUntilTheNextOne) {
  Pace pace(16, 200);
  TakeAll(&pace, kStart);
  EXPECT_EQ(pace.Wait(kStart), milliseconds(5));
  EXPECT_EQ(pace.Wait(kStart + milliseconds(2)), milliseconds(3));
  EXPECT_EQ(TakeAll(&pace, kStart + milliseconds(5) - core::Duration(1)), 0);
  EXPECT_EQ(TakeAll(&pace, kStart + milliseconds(5)), 1);
}

TEST(Pace, WhoLooksLateLosesNone) {
  Pace pace(16, 200);
  int taken = TakeAll(&pace, kStart);
  // A poll that rounds up looks each 6 ms.
  for (milliseconds since{6}; since <= seconds(3); since += milliseconds(6)) taken += TakeAll(&pace, kStart + since);
  EXPECT_EQ(taken, 16 + 600);
}

TEST(Pace, HasNoMoreThanTheFirstTimeAfterALongRest) {
  Pace pace(16, 200);
  TakeAll(&pace, kStart);
  EXPECT_EQ(TakeAll(&pace, kStart + milliseconds(50)), 10);
  EXPECT_EQ(TakeAll(&pace, kStart + std::chrono::hours(24)), 16);
}

}  // namespace
}  // namespace arbiter::server
