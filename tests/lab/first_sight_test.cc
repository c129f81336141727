// Shut first, judge afterwards: how long two nodes answer when a split begins, by a witness that asks 200 times a
// second.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "proto/value/duration.h"
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

// How long the questions took that went out, as the log has them: "affirmed ... took=1.3ms".
std::vector<Duration> Affirmations(const std::string& log) {
  std::vector<Duration> took;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (!absl::StrContains(line, "affirmed ")) continue;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, "took=");
    const auto duration = arbiter::ParseDuration(parts.back());
    if (parts.size() == 2 && duration.ok()) took.push_back(*duration);
  }
  return took;
}

class FirstSightTest : public testing::TestWithParam<FirstSightCase> {};

TEST_P(FirstSightTest, TwoAnswerForMillisecondsOnly) {
  const Fault& fault = GetParam().fault;
  Site site({.flavour = GetParam().flavour, .arbiter_flags = {"--log-level", "debug"}, .questions_per_second = 200});
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
  const std::vector<Duration> affirmations = Affirmations(site.arbiter().Log());
  EXPECT_GE(affirmations.size(), 2 * both.size()) << "each split asks both nodes";
  PrintFigures(absl::StrCat("first sight ", GetParam().name(), ": of this the affirmation of a node"), affirmations);
}

INSTANTIATE_TEST_SUITE_P(Faults, FirstSightTest,
                         testing::Values(FirstSightCase{VridsDiffer(), V4Fast()},
                                         FirstSightCase{VrrpFiltered(), V4Fast()},
                                         FirstSightCase{VridsDiffer(), V6Fast()},
                                         FirstSightCase{VridsDiffer(), V4VmacFast()}),
                         [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
