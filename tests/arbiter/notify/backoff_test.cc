#include "arbiter/notify/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace arbiter::notify {
namespace {

TEST(Backoff, DoublesUpToItsLongestAndKeepsHalfOfIt) {
  Backoff backoff({absl::Seconds(1), absl::Seconds(8)}, 1);
  for (const int whole : {1, 2, 4, 8, 8, 8}) {
    const absl::Duration wait = backoff.Failed();
    EXPECT_GE(wait, absl::Seconds(whole) / 2);
    EXPECT_LE(wait, absl::Seconds(whole));
  }
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff({absl::Seconds(1), absl::Seconds(8)}, 1);
  (void)backoff.Failed();
  (void)backoff.Failed();
  backoff.Succeeded();
  EXPECT_LE(backoff.Failed(), absl::Seconds(1));
}

TEST(Backoff, IsNotTheSameForTwoTargets) { EXPECT_NE(Backoff({}, 1).Failed(), Backoff({}, 2).Failed()); }

}  // namespace
}  // namespace arbiter::notify
