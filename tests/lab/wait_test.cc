#include "tests/lab/wait.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lab {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(WaitUntil, LooksAgainUntilTheConditionIsMet) {
  int looks = 0;
  EXPECT_TRUE(WaitUntil("the third look", std::chrono::seconds(10), [&] { return Seen{++looks == 3, ""}; }));
  EXPECT_EQ(looks, 3);
}

TEST(WaitUntil, SaysWhatItAwaitedAndWhatItSawLast) {
  const testing::AssertionResult result = WaitUntil("a holds the VIP", milliseconds(1), [] {
    return Seen{false, "held by b"};
  });
  EXPECT_FALSE(result);
  EXPECT_THAT(result.message(), HasSubstr("until a holds the VIP; seen last: held by b"));
}

}  // namespace
}  // namespace lab
