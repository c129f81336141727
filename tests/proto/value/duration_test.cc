#include "proto/value/duration.h"

#include <gtest/gtest.h>

#include <string>

namespace arbiter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ParseDuration, ReadsWhatOperatorsWrite) {
  EXPECT_EQ(*ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(*ParseDuration("3s"), seconds(3));
  EXPECT_EQ(*ParseDuration("1m30s"), seconds(90));
  EXPECT_EQ(*ParseDuration("0"), seconds(0));
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const std::string text : {"", "250", "-1s", "inf", "3 s", "1y", "s", "999999999h"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(FormatDuration, UsesThePrecisionThatMatters) {
  EXPECT_EQ(FormatDuration(milliseconds(8)), "8ms");
  EXPECT_EQ(FormatDuration(milliseconds(8123)), "8.1s");
  EXPECT_EQ(FormatDuration(seconds(95)), "1m35s");
  EXPECT_EQ(FormatDuration(hours(3) + std::chrono::minutes(12)), "3h12m");
  EXPECT_EQ(FormatDuration(hours(98)), "4d2h");
}

}  // namespace
}  // namespace arbiter
