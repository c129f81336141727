#include "arbiter/server/directive_ledger.h"

#include <gtest/gtest.h>

namespace arbiter::server {
namespace {

const core::NodeKey kA{"prod", "a"};
const core::NodeKey kB{"prod", "b"};

core::Directive ReleaseTo(const core::NodeKey& node, std::uint64_t sequence) {
  return {{{1, sequence}, {}, {}, {IpAddress::Parse("10.0.0.1").value()}, "1-1", core::Release{"r"}}, node};
}

TEST(DirectiveLedger, KnowsWhatAResultIsAnAnswerTo) {
  DirectiveLedger ledger;
  ledger.Sent(ReleaseTo(kA, 1), {});
  const auto found = ledger.Find({1, 1}, kA);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, "release");
  EXPECT_EQ(found->vips.front().ToString(), "10.0.0.1");
}

TEST(DirectiveLedger, KnowsADirectiveAlsoAtItsSecondResult) {
  DirectiveLedger ledger;
  ledger.Sent(ReleaseTo(kA, 1), {});
  EXPECT_FALSE(ledger.Answer({1, 1}, kA).value().answered);
  const auto again = ledger.Answer({1, 1}, kA);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->answered);
  EXPECT_EQ(again->kind, "release");
  EXPECT_TRUE(ledger.Find({1, 1}, kA).has_value());
}

TEST(DirectiveLedger, OfThoseAnsweredForgetsTheOldestPastTheirLimit) {
  DirectiveLedger ledger(100, 2);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    ledger.Sent(ReleaseTo(kA, i), {});
  }
  for (std::uint64_t i = 2; i <= 4; ++i) {
    ledger.Answer({1, i}, kA);
    ledger.Answer({1, i}, kA);
  }
  EXPECT_FALSE(ledger.Find({1, 2}, kA).has_value());
  EXPECT_TRUE(ledger.Find({1, 3}, kA).has_value());
  EXPECT_TRUE(ledger.Find({1, 4}, kA).has_value());
  EXPECT_TRUE(ledger.Find({1, 1}, kA).has_value()) << "it has not been answered";
}

TEST(DirectiveLedger, NoNodeAnswersForAnother) {
  DirectiveLedger ledger;
  ledger.Sent(ReleaseTo(kA, 1), {});
  EXPECT_FALSE(ledger.Find({1, 1}, kB).has_value());
  EXPECT_FALSE(ledger.Answer({1, 1}, kB).has_value());
  EXPECT_TRUE(ledger.Find({1, 1}, kA).has_value());
}

TEST(DirectiveLedger, ForgetsTheOldestPastItsCapacity) {
  DirectiveLedger ledger(2);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ledger.Sent(ReleaseTo(kA, i), {});
  }
  EXPECT_FALSE(ledger.Find({1, 1}, kA).has_value());
  EXPECT_TRUE(ledger.Find({1, 3}, kA).has_value());
}

}  // namespace
}  // namespace arbiter::server
