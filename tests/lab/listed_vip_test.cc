// A VIP of another manager than a VRRP daemon (Pacemaker, kube-vip): listed under `vips`, and nothing but the gate is
// used for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class OtherManagerTest : public testing::Test {
 protected:
  OtherManagerTest() {
    for (const char* name : {"a", "b"}) {
      const std::filesystem::path config = site_.lab().directory() / absl::StrCat(name, "-probe.yaml");
      std::ofstream(config) << "vips: [" << site_.vip() << "]\n";
      std::filesystem::permissions(config, std::filesystem::perms(0644));
      ProbeOptions& options = site_.node(name).probe().options();
      options.keepalived_conf = (site_.lab().directory() / "no-keepalived-here.conf").string();
      options.extra_flags.insert(options.extra_flags.end(), {"--config", config.string()});
    }
  }

  void Take(const std::string& node) {
    site_.node(node).host().Do({"ip", "addr", "add", site_.vip() + "/32", "dev", kVrrpInterface});
  }
  void Give(const std::string& node) {
    site_.node(node).host().Do({"ip", "addr", "del", site_.vip() + "/32", "dev", kVrrpInterface});
  }

  Site site_;
};

TEST_F(OtherManagerTest, TheLoserIsGatedKeepsItsAddressAndServesAtOnceWhenTheSurvivorGivesUp) {
  ASSERT_TRUE(site_.StartDaemons());
  Take("a");
  ASSERT_TRUE(site_.AwaitAnswers({"a"}));
  ASSERT_TRUE(site_.AwaitHealthy("a", seconds(10)));
  Take("b");
  const auto guarded = [&] { return site_.VipState() == "GUARDED"; };
  ASSERT_TRUE(WaitUntil("the VIP is guarded", seconds(15), [&] {
    return Seen{guarded(), site_.arbiter().Ctl({"status"}).out};
  }));
  ASSERT_EQ(site_.HeldBack().size(), 1U);
  const std::string loser = *site_.HeldBack().begin();
  const std::string survivor = loser == "a" ? "b" : "a";
  ASSERT_TRUE(site_.AwaitAnswers({survivor}));
  const Instant held = Now();
  LetPass(seconds(8));  // the slower rungs would have had their turn
  EXPECT_TRUE(guarded());
  EXPECT_TRUE(site_.addresses().Has(loser, site_.vip())) << "the loser's address stays";
  EXPECT_TRUE(site_.addresses().Has(survivor, site_.vip()));
  EXPECT_TRUE(site_.AnsweredAlone(survivor, held));
  const Json incident = site_.Incidents().front();
  const std::string text = site_.arbiter().Ctl({"incident", incident["id"].text()}).out;
  EXPECT_EQ(CausesOf(incident), std::vector<std::string>{"UNKNOWN"}) << text;
  EXPECT_THAT(text, HasSubstr("another manager than a VRRP daemon"));
  for (const std::string& said : {text, site_.arbiter().Ctl({"status"}).out}) {
    EXPECT_THAT(said, Not(HasSubstr("DAEMON")));
    EXPECT_THAT(said, Not(HasSubstr("keepalived")));
  }
  const Instant given = Now();
  Give(survivor);
  ASSERT_TRUE(site_.AwaitAnswers({loser}, seconds(5)));
  const Duration silent = site_.LongestSilence(given);
  PrintFigure("another manager's VIP: nobody answered when the survivor gave up", silent);
  EXPECT_LE(silent, milliseconds(500));
  EXPECT_TRUE(site_.AwaitHealthy(loser, seconds(5)));
}

}  // namespace
}  // namespace lab
