#include "arbiter/server/repeat_limit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace arbiter::server {
namespace {

using std::chrono::seconds;

const core::Instant kStart = core::Instant(std::chrono::hours(1));

TEST(RepeatLimit, ShowsTheSameOnceAPeriodWithItsCount) {
  RepeatLimit limit(seconds(60), 10);
  int shown = 0;
  for (int second = 0; second < 60; second += 4) {
    shown += limit.Ask("b refused", kStart + seconds(second)).show ? 1 : 0;
  }
  EXPECT_EQ(shown, 1);
  const RateLimit::Verdict verdict = limit.Ask("b refused", kStart + seconds(60));
  EXPECT_TRUE(verdict.show);
  EXPECT_EQ(verdict.not_shown, 14U);
  EXPECT_FALSE(limit.Ask("b refused", kStart + seconds(119)).show);
  EXPECT_EQ(limit.Ask("b refused", kStart + seconds(120)).not_shown, 1U);
}

TEST(RepeatLimit, OneDoesNotHideAnother) {
  RepeatLimit limit(seconds(60), 10);
  limit.Ask("b refused", kStart);
  EXPECT_TRUE(limit.Ask("c refused", kStart).show);
  EXPECT_TRUE(limit.Ask("b too large", kStart).show);
}

TEST(RepeatLimit, ForgetsTheOldestPastItsCapacity) {
  RepeatLimit limit(seconds(60), 3);
  for (int i = 0; i < 4; ++i) limit.Ask(std::to_string(i), kStart + seconds(i));
  EXPECT_TRUE(limit.Ask("0", kStart + seconds(4)).show);
  EXPECT_FALSE(limit.Ask("3", kStart + seconds(5)).show);
}

}  // namespace
}  // namespace arbiter::server
