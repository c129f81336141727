#include "probe/observe/claim_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace probe::observe {
namespace {

using arbiter::IpAddress;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart = Instant() + seconds(1000);

IpAddress Vip(int number) {
  return IpAddress::Parse("10." + std::to_string(number / 62500) + "." + std::to_string(number / 250 % 250) + "." +
                          std::to_string(number % 250 + 1))
      .value();
}
IpAddress Other() { return IpAddress::Parse("192.0.2.77").value(); }

TEST(ClaimBudget, ReadsAllThatAThousandVipsAnnounceAtOnce) {
  ClaimBudget budget;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5'000; ++i) {
      ASSERT_TRUE(budget.Take(Vip(i % 1'000), true, kStart + round * seconds(5) + i * microseconds(100))) << i;
    }
  }
  EXPECT_EQ(budget.passed_over(), 0U);
}

TEST(ClaimBudget, AFloodOfOthersLeavesAVipItsOwn) {
  ClaimBudget budget;
  int others = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Instant now = kStart + i * microseconds(50);
    if (budget.Take(Other(), false, now)) ++others;
    if (i % 2'000 == 1'999) {
      EXPECT_TRUE(budget.Take(Vip(1), true, now)) << i;
    }
  }
  EXPECT_LE(others, 3'600) << "300 at once, and 300 a second";
  EXPECT_GE(others, 3'000);
  EXPECT_EQ(budget.passed_over(), 200'000U - static_cast<unsigned>(others));
}

TEST(ClaimBudget, AFloodForOneVipLeavesTheOthersTheirs) {
  ClaimBudget budget;
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Instant now = kStart + i * microseconds(50);
    if (budget.Take(Vip(1), true, now)) ++read;
    if (i % 2'000 == 1'999) {
      EXPECT_TRUE(budget.Take(Vip(2), true, now)) << i;
    }
  }
  EXPECT_LE(read, 260);
}

TEST(ClaimBudget, KeepsWhatItCanBoundAndNoMore) {
  ClaimBudget budget;
  for (int i = 0; i < 100'000; ++i) {
    budget.Take(Vip(i), true, kStart + i * milliseconds(1));
    ASSERT_LE(budget.kept(), 8'192U);
  }
}

}  // namespace
}  // namespace probe::observe
