#include "probe/observe/flood_watch.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace probe::observe {
namespace {

using std::chrono::seconds;

constexpr Instant kStart = Instant() + seconds(1000);

TEST(FloodWatch, SaysNothingWhileAllIsRead) {
  FloodWatch flood;
  for (int second = 0; second < 200; ++second) EXPECT_FALSE(flood.Look(0, kStart + seconds(second)));
  EXPECT_FALSE(flood.lasts());
}

TEST(FloodWatch, TellsOnceAMinuteAndWhenItIsOver) {
  FloodWatch flood;
  std::vector<int> told;
  for (int second = 1; second <= 130; ++second) {
    if (const auto news = flood.Look(static_cast<std::uint64_t>(second) * 100, kStart + seconds(second))) {
      told.push_back(second);
      EXPECT_FALSE(news->over);
      EXPECT_EQ(news->not_read, second == 1 ? 100U : 6'000U);
    }
  }
  EXPECT_EQ(told, (std::vector<int>{1, 61, 121}));
  EXPECT_TRUE(flood.lasts());
  for (int second = 131; second < 140; ++second) EXPECT_FALSE(flood.Look(13'000, kStart + seconds(second)));
  const auto over = flood.Look(13'000, kStart + seconds(140));
  ASSERT_TRUE(over);
  EXPECT_TRUE(over->over);
  EXPECT_EQ(over->not_read, 900U);
  EXPECT_FALSE(flood.lasts());
  EXPECT_TRUE(flood.Look(13'001, kStart + seconds(141))) << "the next one is another";
}

}  // namespace
}  // namespace probe::observe
