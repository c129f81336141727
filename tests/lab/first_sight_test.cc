// Shut first, judge afterwards: how long two nodes answer when a split begins, by a witness that asks 200 times a
// second.
#include <gtest/gtest.h>

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

struct FirstSightCase {
  Fault fault;
  Flavour flavour;

  [[nodiscard]] std::string name() const { return fault.name + flavour.name; }
};

void PrintTo(const FirstSightCase& first_sight, std::ostream* out) { *out << first_sight.name(); }

class FirstSightTest : public testing::TestWithParam<FirstSightCase> {};

TEST_P(FirstSightTest, TwoAnswerForMillisecondsOnly) {
  const Fault& fault = GetParam().fault;
  Site site({.flavour = GetParam().flavour, .questions_per_second = 200});
  ASSERT_TRUE(site.Start());
  std::vector<Duration> both;
  for (int repetition = 0; repetition < 13; ++repetition) {
    const Instant since = Now();
    fault.cause(site);
    ASSERT_TRUE(site.AwaitGuarded(fault.survivor, {fault.loser}));
    both.push_back(site.witness().Record().BothAnswered(since));
    fault.mend(site);
    ASSERT_TRUE(site.AwaitHealthy("a", seconds(15)));
  }
  EXPECT_LE(Quantile(both, 0.5), milliseconds(100));
  EXPECT_LE(Quantile(both, 1), milliseconds(150));
  PrintFigures(absl::StrCat("first sight ", GetParam().name(), ": both answered"), both);
}

INSTANTIATE_TEST_SUITE_P(Faults, FirstSightTest,
                         testing::Values(FirstSightCase{VridsDiffer(), V4Fast()},
                                         FirstSightCase{VrrpFiltered(), V4Fast()},
                                         FirstSightCase{VridsDiffer(), V6Fast()},
                                         FirstSightCase{VridsDiffer(), V4VmacFast()}),
                         [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
