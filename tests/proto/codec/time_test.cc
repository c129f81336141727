#include "proto/codec/time.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>

namespace arbiter::codec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Durations, ComeThroughAsTheyWere) {
  for (const Duration duration : {Duration(0), Duration(1), Duration(seconds(3)), Duration(milliseconds(3600))}) {
    EXPECT_EQ(FromProto(ToProto(duration)), duration);
  }
}

TEST(Durations, AreReadFromWhateverWasSent) {
  google::protobuf::Duration message;
  const auto read = [&message](std::int64_t s, std::int32_t nanos) {
    message.set_seconds(s);
    message.set_nanos(nanos);
    return FromProto(message);
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int32_t kMostNanos = std::numeric_limits<std::int32_t>::max();
  for (const std::int64_t s : {kMost, std::int64_t{315'576'000'000}, kMost / 1'000'000'000}) {
    EXPECT_EQ(read(s, kMostNanos), std::chrono::hours(24 * 3660)) << s;
  }
  for (const std::int64_t s : {-kMost - 1, std::int64_t{-1}, std::int64_t{0}}) EXPECT_EQ(read(s, -1), Duration(0)) << s;
  EXPECT_EQ(read(1, -1), Duration(999'999'999));
}

TEST(Ages, OfWhatLiesAheadAreNothing) {
  const Instant now(seconds(100));
  EXPECT_EQ(AgeToProto(now - seconds(3), now).seconds(), 3);
  EXPECT_EQ(AgeToProto(now + seconds(3), now).seconds(), 0);
}

}  // namespace
}  // namespace arbiter::codec
