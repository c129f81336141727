// What an operator does about a split, with arbctl and on the node itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/fault.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(Operator, SetsObserveModeAndNobodyIsToldToGiveUp) {
  Site site({.arbiter_flags = {"--mode", "observe"}});
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(WaitUntil("the split is seen", seconds(15), [&] {
    return Seen{site.VipState() == "SPLIT", site.Vip().ToString()};
  }));
  const Instant split = Now();
  LetPass(seconds(1));
  const AnswerRecord answers = site.witness().Record();
  EXPECT_LE(answers.LongestSilenceOf("a", split), kNoise) << answers.Timeline();
  EXPECT_LE(answers.LongestSilenceOf("b", split), kNoise) << answers.Timeline();
  // And once it may act, it does.
  EXPECT_EQ(site.arbiter().Ctl({"mode", "enforce"}).exit_code, 0);
  EXPECT_TRUE(site.AwaitGuarded("a", {"b"}));
}

TEST(Operator, ReleasesAHold) {
  Site site;
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  VridsDiffer().mend(site);
  const Outcome released = site.arbiter().Ctl({"release", "b", site.vip()});
  EXPECT_EQ(released.exit_code, 0) << released.err;
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(10)));
}

TEST(Operator, ReleasesAHoldOnTheNodeWithoutAnArbiter) {
  Site site;
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  site.arbiter().Kill();
  EXPECT_THAT(site.node("b").probe().Sub({"holds"}).out, HasSubstr(site.vip()));
  const Outcome released = site.node("b").probe().Sub({"holds", "--release-all"});
  EXPECT_EQ(released.exit_code, 0) << released.err;
  EXPECT_TRUE(site.AwaitAnswers({"a", "b"}));
}

TEST(Operator, MayNotDemoteTheOnlyHolder) {
  Site site;
  ASSERT_TRUE(site.Start());
  const Instant start = Now();
  const Outcome refused = site.arbiter().Ctl({"demote", "a", site.vip()});
  EXPECT_EQ(refused.exit_code, 1) << refused.out << refused.err;
  EXPECT_FALSE(refused.err.empty());
  LetPass(seconds(1));
  EXPECT_LE(site.witness().Record().LongestSilenceOf("a", start), kNoise) << site.witness().Record().Timeline();
}

// Both hold it and the arbiter only observes: the operator decides, against the priorities.
TEST(Operator, DemotesOneOfTwoHolders) {
  Site site({.arbiter_flags = {"--mode", "observe"}});
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitAnswers({"a", "b"}));
  ASSERT_TRUE(WaitUntil("the arbiter sees both", seconds(5), [&] {
    return Seen{site.Vip()["holders"].items().size() == 2, site.Vip().ToString()};
  }));
  const Outcome demoted = site.arbiter().Ctl({"demote", "a", site.vip()});
  EXPECT_EQ(demoted.exit_code, 0) << demoted.err;
  EXPECT_TRUE(site.AwaitAnswers({"b"}, seconds(5)));
}

}  // namespace
}  // namespace lab
