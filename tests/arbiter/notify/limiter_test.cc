#include "arbiter/notify/limiter.h"

#include <gtest/gtest.h>

#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

using std::chrono::seconds;

const core::Instant kStart = core::Instant(std::chrono::hours(1));

TEST(Limiter, LetsABurstThroughAndThenOneAWindowWithItsCount) {
  Limiter limiter;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(limiter.Offer(SampleSplit(), kStart).has_value());
    EXPECT_TRUE(limiter.Offer(SampleHealed(), kStart).has_value());
  }
  EXPECT_FALSE(limiter.Offer(SampleSplit(), kStart + seconds(1)).has_value());
  EXPECT_FALSE(limiter.Offer(SampleSplit(), kStart + seconds(2)).has_value());
  EXPECT_FALSE(limiter.Offer(SampleHealed(), kStart + seconds(3)).has_value());
  EXPECT_TRUE(limiter.Due(kStart + seconds(59)).empty());
  const auto due = limiter.Due(kStart + seconds(60));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].event, "healed");
  EXPECT_EQ(due[0].count, 3U);
  EXPECT_FALSE(limiter.Offer(SampleSplit(), kStart + seconds(61)).has_value());
  EXPECT_EQ(limiter.Due(kStart + seconds(120)).size(), 1U);
}

TEST(Limiter, AfterAQuietWindowABurstPassesAgain) {
  Limiter limiter;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limiter.Offer(SampleSplit(), kStart).has_value());
  EXPECT_TRUE(limiter.Due(kStart + seconds(60)).empty());
  EXPECT_TRUE(limiter.Offer(SampleSplit(), kStart + seconds(61)).has_value());
}

TEST(Limiter, OneVipDoesNotHoldUpAnother) {
  Limiter limiter;
  for (int i = 0; i < 9; ++i) limiter.Offer(SampleSplit(), kStart);
  store::Notification other = SampleSplit();
  other.vip = "192.0.2.11";
  EXPECT_TRUE(limiter.Offer(other, kStart).has_value());
}

}  // namespace
}  // namespace arbiter::notify
