#include "probe/report/to_proto.h"

#include <gtest/gtest.h>

namespace probe::report {
namespace {

using std::chrono::seconds;

TEST(ToProto, NeverGivesAHoldANegativeAge) {
  hold::HoldRecord hold;
  hold.since = hold::BootTime(seconds(10));
  EXPECT_EQ(ToProto(hold, hold::BootTime(seconds(5))).held_for().seconds(), 0);
}

}  // namespace
}  // namespace probe::report
