// That each fault does what it says with keepalived alone: without it the tests of the product would prove nothing.
#include "tests/lab/fault.h"

#include <gtest/gtest.h>

#include <chrono>

namespace lab {
namespace {

using std::chrono::seconds;

class FaultTest : public testing::TestWithParam<Fault> {};

TEST_P(FaultTest, MakesBothAnswerForAsLongAsItLasts) {
  const Fault& fault = GetParam();
  Site site;
  fault.prepare(site);
  ASSERT_TRUE(site.StartKeepalived());
  fault.cause(site);
  ASSERT_TRUE(site.AwaitAnswers({"a", "b"}));
  const Instant split = Now();
  LetPass(seconds(2));
  EXPECT_GE(site.witness().Record().BothAnswered(split), seconds(2) - 2 * kNoise) << site.witness().Record().Timeline();
  fault.mend(site);
  EXPECT_TRUE(site.AwaitAnswers({"a"}));
}

INSTANTIATE_TEST_SUITE_P(All, FaultTest,
                         testing::Values(VridsDiffer(), VrrpFiltered(), PasswordsDiffer(), VersionsDiffer(),
                                         ListsOverlap(), IntervalsDiffer(), UnicastMisdirected(), DaemonKilled(),
                                         DaemonFrozen(), VrrpLostInNetwork(), AddressByHand(), TtlLowered()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
