// A node that was silent is asked as soon as it says anything again, however long the contest has waited for it.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct ThawCase {
  std::string name;
  std::vector<std::string> frozen;  // the nodes whose probes stand still
  bool known = true;                // the arbiter has seen the split before; otherwise it begins while they stand still
};

void PrintTo(const ThawCase& thaw, std::ostream* out) { *out << thaw.name; }

// Ten adverts a second: the split is made and mended quickly.
class ThawTest : public testing::TestWithParam<ThawCase> {
 protected:
  void Freeze() {
    for (const std::string& node : GetParam().frozen) site_.node(node).probe().Freeze();
    frozen_ = Now();
  }

  void SetMode(const std::string& mode) {
    const Outcome outcome = site_.arbiter().Ctl({"mode", mode});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  // Two answer, and nothing can be done about it.
  void SplitWhileFrozen() {
    if (!GetParam().known) {
      Freeze();
      VridsDiffer().cause(site_);
      ASSERT_TRUE(site_.AwaitAnswers({"a", "b"}));
      return;
    }
    SetMode("observe");
    VridsDiffer().cause(site_);
    ASSERT_TRUE(site_.AwaitAnswers({"a", "b"}));
    ASSERT_TRUE(WaitUntil("the split is seen", seconds(5), [&] {
      return Seen{site_.VipState() == "SPLIT", site_.Vip().ToString()};
    }));
    Freeze();
    SetMode("enforce");
  }

  Site site_{{.flavour = V4Fast()}};
  Instant frozen_;
};

TEST_P(ThawTest, AfterAThawedProbeTwoAnswerForAMomentOnly) {
  ASSERT_TRUE(site_.Start());
  std::vector<Duration> both;
  // The contest asks ever more seldom, and a node is called silent after three seconds: it must not matter when it
  // wakes.
  for (const Duration frozen_for : {milliseconds(1200), milliseconds(1900), milliseconds(2600), milliseconds(6000)}) {
    const Instant since = Now();
    ASSERT_NO_FATAL_FAILURE(SplitWhileFrozen());
    ASSERT_TRUE(WaitUntil("they have stood still for long enough", seconds(15), [&] {
      return Seen{Now() - frozen_ >= frozen_for, site_.Timelines()};
    }));
    const Instant thawed = Now();
    for (const std::string& node : GetParam().frozen) site_.node(node).probe().Thaw();
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
    both.push_back(site_.BothAnswered(thawed));
    PrintFigure(absl::StrCat("probe of ", GetParam().name, " frozen for ", Milliseconds(frozen_for),
                             " ms: both answered after it"),
                both.back());
    EXPECT_LE(site_.witness().Record().LongestSilenceOf("a", since), kNoise) << site_.Timelines();
    VridsDiffer().mend(site_);
    ASSERT_TRUE(site_.AwaitHealthy("a", seconds(15)));
  }
  EXPECT_LE(Quantile(both, 1), milliseconds(500));
}

INSTANTIATE_TEST_SUITE_P(Probes, ThawTest,
                         testing::Values(ThawCase{"Loser", {"b"}}, ThawCase{"Survivor", {"a"}},
                                         ThawCase{"Both", {"a", "b"}}, ThawCase{"LoserBeforeIt", {"b"}, false},
                                         ThawCase{"SurvivorBeforeIt", {"a"}, false}),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
