// Every fault that makes two nodes hold one VIP: it is healed, clients reach the survivor, and once the cause has gone
// the hold ends and nobody notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct SplitCase {
  Fault fault;
  Flavour flavour = V4();
  bool track_files = false;

  [[nodiscard]] std::string name() const {
    return absl::StrCat(fault.name, flavour.name, track_files ? "TrackFile" : "");
  }
};

void PrintTo(const SplitCase& split, std::ostream* out) { *out << split.name(); }

class SplitTest : public testing::TestWithParam<SplitCase> {
 protected:
  // Ends with the VIP guarded. `since_` is when the fault was caused.
  void Split() {
    fault_.prepare(site_);
    ASSERT_TRUE(site_.Start());
    since_ = Now();
    fault_.cause(site_);
    if (fault_.name == "DaemonKilled") {
      // What is left behind is removed: the hold has nothing to hold back and may be over already.
      ASSERT_TRUE(site_.AwaitAnswers({"b"}));
      ASSERT_TRUE(WaitUntil("the leftover is removed", seconds(5), [&] {
        return Seen{!site_.addresses().Has("a", site_.vip()), site_.Vip().ToString()};
      }));
    } else {
      ASSERT_TRUE(site_.AwaitGuarded(fault_.survivor, {fault_.loser}));
    }
  }

  // b's: in each of these faults it is the second holder.
  [[nodiscard]] Instant SecondHolder() const {
    return site_.addresses().LastAdded("b", site_.vip(), since_).value_or(since_);
  }

  const Fault& fault_ = GetParam().fault;
  Site site_{{.flavour = GetParam().flavour, .track_files = GetParam().track_files}};
  Instant since_;
};

TEST_P(SplitTest, IsHealedAndClientsReachTheSurvivor) {
  ASSERT_NO_FATAL_FAILURE(Split());
  LetPass(seconds(2));
  const AnswerRecord answers = site_.witness().Record();
  const Instant second_holder = SecondHolder();
  const Instant released = answers.LastAnswer(fault_.loser).value_or(since_);
  EXPECT_LE(released - second_holder, seconds(1));
  PrintFigure(absl::StrCat("split ", GetParam().name(), ": both answered"), answers.BothAnswered(since_));

  const Instant serving = fault_.survivor == "a" ? since_ : second_holder + kNoise;
  EXPECT_LE(answers.LongestSilenceOf(fault_.survivor, serving), kNoise);
  const PingRecord pings = site_.client().Record();
  EXPECT_LE(pings.Lost(released, Now() - milliseconds(100)), 1)  // the one in flight
      << pings.Describe(released, Now());

  const std::vector<Json> incidents = site_.Incidents();
  const auto ours = std::count_if(incidents.begin(), incidents.end(), [&](const Json& incident) {
    return incident["vip"].text() == site_.vip() && incident["survivor"].text() == fault_.survivor &&
           incident["demoted"].items().size() == 1 && incident["demoted"].items()[0].text() == fault_.loser;
  });
  EXPECT_EQ(ours, 1) << site_.arbiter().Ctl({"incidents"}).out;
  EXPECT_EQ(incidents.size(), 1U) << site_.arbiter().Ctl({"incidents"}).out;
}

TEST_P(SplitTest, OnceMendedTheHoldEndsAndNobodyNotices) {
  ASSERT_NO_FATAL_FAILURE(Split());
  const Instant mended = Now();
  fault_.mend(site_);
  const Duration limit = 3 * site_.flavour().advert_interval + site_.flavour().master_down() + seconds(3);
  ASSERT_TRUE(site_.AwaitHealthy("a", limit));
  PrintFigure(absl::StrCat("split ", GetParam().name(), ": mended to healthy"), Now() - mended);
  LetPass(seconds(1));
  const AnswerRecord answers = site_.witness().Record();
  EXPECT_EQ(answers.BothAnswered(mended), Duration::zero());
  EXPECT_LE(answers.LongestSilence(mended), kNoise);
  const PingRecord pings = site_.client().Record();
  EXPECT_LE(pings.Lost(mended, Now() - milliseconds(100)), 1) << pings.Describe(mended, Now());
  // A reload that lengthens the list of an active daemon puts the new address on both for up to an advert interval.
  const bool lists = absl::StrContains(GetParam().name(), "Lists");
  EXPECT_LE(site_.Incidents().size(), lists ? 2U : 1U) << "a second split";
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SplitTest,
    testing::Values(SplitCase{VridsDiffer()}, SplitCase{VridsDiffer(), V6()}, SplitCase{VridsDiffer(), V4Vmac()},
                    SplitCase{VridsDiffer(), V4VmacXmitBase()}, SplitCase{VridsDiffer(), V6Vmac()},
                    SplitCase{VridsDiffer(), V4(), true}, SplitCase{VridsDiffer(), V6(), true},
                    SplitCase{VrrpFiltered()}, SplitCase{VrrpFiltered(), V6()}, SplitCase{VrrpFiltered(), V4Vmac()},
                    SplitCase{PasswordsDiffer()}, SplitCase{VersionsDiffer()}, SplitCase{ListsOverlap()},
                    SplitCase{ListsOverlap(), V6()}, SplitCase{IntervalsDiffer()}, SplitCase{UnicastMisdirected()},
                    SplitCase{DaemonKilled()}, SplitCase{DaemonKilled(), V6()}, SplitCase{DaemonKilled(), V4Vmac()},
                    SplitCase{DaemonFrozen()}, SplitCase{DaemonFrozen(), V6()}, SplitCase{DaemonFrozen(), V4Vmac()},
                    SplitCase{DaemonFrozen(), V4(), true}),
    [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
