// A node that is held back is a hot standby: when the survivor goes, it takes over, whoever else is alive.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TakeoverTest : public testing::TestWithParam<Flavour> {
 protected:
  void Guard() {
    ASSERT_TRUE(site_.Start());
    VridsDiffer().cause(site_);
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
  }

  // b answers alone in the end; how long nobody answered since `gone`.
  Duration Outage(Instant gone, Duration limit) {
    EXPECT_TRUE(site_.AwaitAnswers({"b"}, limit));
    LetPass(milliseconds(500));
    EXPECT_EQ(site_.witness().Latest(), Hosts{"b"}) << site_.witness().Record().Timeline();
    return site_.witness().Record().LongestSilence(gone);
  }

  void Report(const std::string& how, Duration outage) {
    PrintFigure(absl::StrCat("survivor ", how, " ", GetParam().name, ": nobody answered"), outage);
  }

  Site site_{{.flavour = GetParam()}};
};

TEST_P(TakeoverTest, AfterACleanStopTheStandbyAnswersAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant gone = Now();
  site_.node("a").keepalived().Stop();
  const Duration outage = Outage(gone, seconds(10));
  EXPECT_LE(outage, milliseconds(150));
  Report("stopped", outage);
}

TEST_P(TakeoverTest, AfterAKilledDaemonSomebodyAnswersAllAlong) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant gone = Now();
  site_.node("a").keepalived().Kill();
  // The kernel answers on with the address that the daemon left behind; the hold stands, for one that answers is
  // enough.
  LetPass(site_.flavour().master_down() + seconds(3));
  const Duration outage = site_.witness().Record().LongestSilence(gone);
  EXPECT_LE(outage, milliseconds(150));
  EXPECT_EQ(site_.witness().Latest().size(), 1U) << site_.witness().Record().Timeline();
  Report("killed", outage);
}

TEST_P(TakeoverTest, AfterADarkHostTheStandbyAnswersNoLaterThanItsOwnFailover) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant gone = Now();
  site_.lab().host("a").GoDark();
  const Duration outage = Outage(gone, seconds(15));
  EXPECT_LE(outage, site_.flavour().master_down() + seconds(1));
  Report("dark", outage);
}

TEST_P(TakeoverTest, WithADeadArbiterTheProbeReleasesItselfOnceTheSurvivorIsSilent) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  site_.arbiter().Kill();
  LetPass(seconds(2));
  EXPECT_EQ(site_.witness().Latest(), Hosts{"a"}) << "a hold does not need the arbiter";
  const Instant gone = Now();
  site_.lab().host("a").GoDark();
  const Duration outage = Outage(gone, seconds(15));
  EXPECT_LE(outage, site_.flavour().master_down() + seconds(2));
  Report("and arbiter dark", outage);
}

TEST_P(TakeoverTest, WithAnArbiterThatStandsStillTheProbeReleasesItselfAsWell) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant gone = Now();
  site_.arbiter().Freeze();  // its connections stay
  site_.lab().host("a").GoDark();
  const Duration outage = Outage(gone, seconds(20));
  EXPECT_LE(outage, site_.flavour().master_down() + kSilenceLimit);
  EXPECT_NE(site_.node("b").probe().Log().find("has said nothing for"), std::string::npos);
  Report("dark and arbiter stopped by SIGSTOP", outage);
  site_.arbiter().Thaw();
  EXPECT_TRUE(WaitUntil("b is attached again", seconds(15), [&] {
    const std::string log = site_.node("b").probe().Log();
    const std::size_t lost = log.find("has said nothing for");
    return Seen{log.find("attached, term", lost) != std::string::npos, log};
  }));
  EXPECT_EQ(site_.witness().Latest(), Hosts{"b"}) << site_.witness().Record().Timeline();
}

INSTANTIATE_TEST_SUITE_P(Flavours, TakeoverTest, testing::Values(V4(), V6(), V4Vmac()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
