#include "proto/value/token_bucket.h"

#include <gtest/gtest.h>

#include <chrono>

namespace arbiter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TokenBucket::Instant kStart{std::chrono::hours(1)};

// How many it lets come at `now`.
int TakeAll(TokenBucket* bucket, TokenBucket::Instant now) {
  int taken = 0;
  while (bucket->Take(now)) ++taken;
  return taken;
}

TEST(TokenBucket, LetsSoManyComeAtOnceAndNoMore) {
  TokenBucket bucket({200, 16});
  EXPECT_EQ(TakeAll(&bucket, kStart), 16);
}

TEST(TokenBucket, OneAtOnceIsOne) {
  TokenBucket bucket({200, 1});
  EXPECT_EQ(TakeAll(&bucket, kStart), 1);
  EXPECT_EQ(TakeAll(&bucket, kStart + milliseconds(5)), 1);
}

TEST(TokenBucket, SaysHowLongUntilTheNextOne) {
  TokenBucket bucket({200, 16});
  TakeAll(&bucket, kStart);
  EXPECT_EQ(bucket.Wait(kStart), milliseconds(5));
  EXPECT_EQ(bucket.Wait(kStart + milliseconds(2)), milliseconds(3));
  EXPECT_EQ(TakeAll(&bucket, kStart + milliseconds(5) - TokenBucket::Duration(1)), 0);
  EXPECT_EQ(TakeAll(&bucket, kStart + milliseconds(5)), 1);
}

TEST(TokenBucket, WhoLooksLateLosesNone) {
  TokenBucket bucket({200, 16});
  int taken = TakeAll(&bucket, kStart);
  // A poll that rounds up looks each 6 ms.
  for (milliseconds since{6}; since <= seconds(3); since += milliseconds(6)) taken += TakeAll(&bucket, kStart + since);
  EXPECT_EQ(taken, 16 + 600);
}

TEST(TokenBucket, HasNoMoreThanTheFirstTimeAfterALongRest) {
  TokenBucket bucket({200, 16});
  TakeAll(&bucket, kStart);
  EXPECT_EQ(TakeAll(&bucket, kStart + milliseconds(50)), 10);
  EXPECT_EQ(TakeAll(&bucket, kStart + std::chrono::hours(24)), 16);
}

}  // namespace
}  // namespace arbiter
