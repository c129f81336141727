// The arbiter and the probes come and go; status is right again, and holds stand.
#include <gtest/gtest.h>

#include <string>

#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ArbiterRestart, ProbesReconnectAndStatusIsRightAgain) {
  Site site;
  ASSERT_TRUE(site.Start());
  const double term = site.arbiter().CtlJson({"status"})["arbiter"]["term"].number();
  site.arbiter().Stop();
  LetPass(seconds(2));
  const Instant started = Now();
  site.arbiter().Start();
  ASSERT_TRUE(WaitUntil("status is right again", seconds(3), [&] {
    const Json vip = site.Vip();
    const Json holder = vip["holders"].With("node", "a");
    return Seen{vip["state"].text() == "VIP_STATE_HELD" && holder["vrid"].number() == 66 &&
                    holder["priority"].number() == 100 && vip["holders"].items().size() == 1,
                vip.ToString() + site.arbiter().Log()};
  }));
  EXPECT_TRUE(site.AwaitConnected(seconds(1)));
  PrintFigure("arbiter started until status is right", Now() - started);
  EXPECT_GT(site.arbiter().CtlJson({"status"})["arbiter"]["term"].number(), term);
  EXPECT_TRUE(site.Incidents().empty());
}

// What may happen to the daemons while b is held back.
struct RestartCase {
  std::string name;
  void (*restart)(Site& site);
};

void PrintTo(const RestartCase& restart, std::ostream* out) { *out << restart.name; }

class HoldTest : public testing::TestWithParam<RestartCase> {};

TEST_P(HoldTest, StandsThroughARestart) {
  Site site;
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  const Instant guarded = Now();
  GetParam().restart(site);
  ASSERT_TRUE(site.AwaitConnected());
  LetPass(seconds(3));
  const AnswerRecord answers = site.witness().Record();
  EXPECT_EQ(answers.BothAnswered(guarded), Duration::zero()) << answers.Timeline();
  EXPECT_LE(answers.LongestSilenceOf("a", guarded), kNoise) << answers.Timeline();
  EXPECT_TRUE(site.AwaitGuarded("a", {"b"}, seconds(3)));
  EXPECT_EQ(site.Incidents().size(), 1U) << "the incident is resumed, not opened again";
}

INSTANTIATE_TEST_SUITE_P(Restarts, HoldTest,
                         testing::Values(RestartCase{"OfTheArbiter",
                                                     [](Site& site) {
                                                       site.arbiter().Stop();
                                                       site.arbiter().Start();
                                                     }},
                                         RestartCase{"OfAKilledArbiter",
                                                     [](Site& site) {
                                                       site.arbiter().Kill();
                                                       LetPass(seconds(2));
                                                       site.arbiter().Start();
                                                     }},
                                         RestartCase{"OfTheLosersKilledProbe",
                                                     [](Site& site) {
                                                       site.node("b").probe().Kill();
                                                       LetPass(seconds(2));
                                                       site.node("b").probe().Start();
                                                     }},
                                         RestartCase{"OfTheSurvivorsProbe",
                                                     [](Site& site) {
                                                       site.node("a").probe().Stop();
                                                       site.node("a").probe().Start();
                                                     }},
                                         RestartCase{"OfEverything",
                                                     [](Site& site) {
                                                       for (const char* name : {"a", "b"})
                                                         site.node(name).probe().Kill();
                                                       site.arbiter().Kill();
                                                       site.arbiter().Start();
                                                       for (const char* name : {"a", "b"})
                                                         site.node(name).probe().Start();
                                                     }}),
                         [](const auto& parameter) { return parameter.param.name; });

// The network between a probe and the arbiter fails, and nothing else.
TEST(ArbiterRestart, ACutManagementNetworkDemotesNobody) {
  Site site;
  ASSERT_TRUE(site.Start());
  const Instant start = Now();
  site.lab().management().Cut("arbiter");
  LetPass(seconds(5));
  site.lab().management().Mend("arbiter");
  EXPECT_TRUE(site.AwaitConnected(seconds(15)));
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(5)));
  EXPECT_LE(site.witness().Record().LongestSilenceOf("a", start), kNoise);
  EXPECT_TRUE(site.Incidents().empty());
}

}  // namespace
}  // namespace lab
