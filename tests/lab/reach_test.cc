// Never demote the only node that clients can reach, and never for the sake of one that is gone.
#include <gmock/gmock.h>
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
using testing::HasSubstr;

// How the nodes know whom to ask.
enum class References { kGateway, kLearned, kConfigured };

struct ReachCase {
  std::string name;
  References references = References::kGateway;
  Flavour flavour = V4();
};

void PrintTo(const ReachCase& reach, std::ostream* out) { *out << reach.name; }

class ReachTest : public testing::TestWithParam<ReachCase> {
 protected:
  ReachTest() {
    const Host& gateway = site_.lab().AddHost("gateway", 254);
    const std::string address = GetParam().flavour.v6 ? gateway.Ipv6() : gateway.Ipv4();
    for (const char* name : {"a", "b"}) {
      Node& node = site_.node(name);
      if (GetParam().references == References::kGateway) {
        node.host().Do({"ip", "route", "add", "default", "via", address});
      }
      if (GetParam().references == References::kConfigured) {
        const std::string file = (site_.lab().directory() / (node.name() + ".yaml")).string();
        node.host().Do({"tee", file}, "references: [\"" + address + "\"]\n");
        node.probe().options().extra_flags = {"--config", file};
      }
    }
  }

  Site site_{{.flavour = GetParam().flavour}};
};

TEST_P(ReachTest, TheNodeThatClientsReachSurvivesAnIsolatedOneOfHigherPriority) {
  ASSERT_TRUE(site_.Start());
  site_.lab().vrrp().Cut("a");
  ASSERT_TRUE(site_.AwaitGuarded("b", {"a"}));
  const auto served = site_.witness().Record().FirstAnswer("b");
  ASSERT_TRUE(served.has_value());
  LetPass(seconds(2));
  EXPECT_LE(site_.witness().Record().LongestSilenceOf("b", *served), kNoise) << site_.witness().Record().Timeline();
  EXPECT_THAT(site_.Vip().ToString(),
              testing::AllOf(HasSubstr("ISOLATED_NODE"),
                             HasSubstr("b survives although a has the higher priority: a reaches none of")));

  const Instant mended = Now();
  site_.lab().vrrp().Mend("a");
  ASSERT_TRUE(site_.AwaitHealthy("a", seconds(15)));
  LetPass(seconds(1));
  const AnswerRecord answers = site_.witness().Record();
  EXPECT_EQ(answers.BothAnswered(mended), Duration::zero()) << answers.Timeline();
  EXPECT_LE(answers.LongestSilence(mended), kNoise) << answers.Timeline();
}

INSTANTIATE_TEST_SUITE_P(References, ReachTest,
                         testing::Values(ReachCase{"Gateway"}, ReachCase{"Learned", References::kLearned},
                                         ReachCase{"Configured", References::kConfigured},
                                         ReachCase{"GatewayV6", References::kGateway, V6()}),
                         [](const auto& parameter) { return parameter.param.name; });

// Ten adverts a second: the peer takes over while the dead node's last heartbeat is still fresh. In three parts of ten,
// so that each is short.
class DarkHostTest : public testing::TestWithParam<int> {};

TEST_P(DarkHostTest, NobodyIsDemotedForTheSakeOfTheDead) {
  Site site({.flavour = V4Fast()});
  ASSERT_TRUE(site.Start());
  std::vector<Duration> outages;
  for (int repetition = 0; repetition < 10; ++repetition) {
    const Instant dark = Now();
    site.lab().host("a").GoDark();
    ASSERT_TRUE(site.AwaitAnswers({"b"}));
    LetPass(seconds(1));
    const AnswerRecord answers = site.witness().Record();
    outages.push_back(answers.LongestSilence(dark));
    const auto taken_over = answers.FirstAnswer("b", dark);
    ASSERT_TRUE(taken_over.has_value());
    EXPECT_LE(answers.LongestSilenceOf("b", *taken_over), kNoise) << answers.Timeline(dark);
    site.lab().host("a").ComeBack();
    ASSERT_TRUE(site.AwaitHealthy("a", seconds(10)));
  }
  EXPECT_LE(Quantile(outages, 0.5), V4Fast().master_down() + milliseconds(150));
  EXPECT_LE(Quantile(outages, 1), V4Fast().master_down() + milliseconds(300));
  PrintFigures("active host dark, 100 ms adverts: nobody answered", outages);
}

INSTANTIATE_TEST_SUITE_P(Parts, DarkHostTest, testing::Values(1, 2, 3));

TEST(Affirmation, NobodyIsDemotedForTheSakeOfASilentProbe) {
  Site site;
  ASSERT_TRUE(site.Start());
  site.node("a").probe().Freeze();
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitAnswers({"a", "b"}));
  const Instant split = Now();
  LetPass(seconds(3));
  const AnswerRecord answers = site.witness().Record();
  EXPECT_LE(answers.LongestSilenceOf("b", split), kNoise) << answers.Timeline();
  EXPECT_TRUE(site.HeldBack().empty());
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, HasSubstr("a"));
  EXPECT_THAT(site.VipState(), testing::AnyOf("SPLIT", "CONTESTED", "UNKNOWN"));
  site.node("a").probe().Thaw();
  EXPECT_TRUE(site.AwaitGuarded("a", {"b"}));
}

}  // namespace
}  // namespace lab
