// The gate: one VIP and no other, shut for as long as the hold lasts, whatever happens to what keeps it.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Two VIPs: .212 as ever, and .213 in VI_2 with the priorities the other way about.
void AddOppositeInstance(Site& site) {
  for (const char* name : {"a", "b"}) {
    InstanceConfig second = InstanceOf(V4(), site.node(name).instance().priority == 100 ? 90 : 100);
    second.name = "VI_2";
    second.virtual_router_id = 77;
    second.virtual_ipaddress = {"192.168.1.213/24"};
    site.node(name).config.instances.push_back(second);
  }
}

class GateTest : public testing::Test {
 protected:
  void Guard() {
    ASSERT_TRUE(site_.Start());
    VridsDiffer().cause(site_);
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
    guarded_ = Now();
  }

  // From the guarding on b was never heard, but for `allowed`.
  void ExpectStillShut(Duration allowed = Duration::zero()) {
    LetPass(seconds(2));
    const AnswerRecord answers = site_.witness().Record();
    EXPECT_LE(answers.BothAnswered(guarded_), allowed) << answers.Timeline();
    EXPECT_LE(answers.LongestSilenceOf("a", guarded_), kNoise) << answers.Timeline();
    EXPECT_EQ(site_.witness().Latest(), Hosts{"a"});
    EXPECT_TRUE(site_.AwaitGuarded("a", {"b"}, seconds(5)));
  }

  Site site_;
  Instant guarded_;
};

TEST_F(GateTest, SurvivesAFlushOfTheWholeRuleset) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  site_.node("b").firewall().Flush();
  ExpectStillShut(milliseconds(100));
  PrintFigure("nft flush ruleset on the loser: both answered", site_.witness().Record().BothAnswered(guarded_));
}

TEST_F(GateTest, SurvivesAPulledCable) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  site_.lab().vrrp().Pull("b");
  LetPass(seconds(1));
  site_.lab().vrrp().PlugIn("b");
  LetPass(seconds(4));  // keepalived leaves its fault state and becomes active again
  ExpectStillShut();
}

TEST_F(GateTest, SurvivesARename) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  Host& b = site_.lab().host("b");
  b.RenameVrrp("lan0");
  LetPass(seconds(1));
  b.Do({"ip", "addr", "replace", "192.168.1.212/24", "dev", "lan0"});  // by hand: keepalived looks for eth0
  LetPass(seconds(1));
  EXPECT_EQ(site_.witness().Latest(), Hosts{"a"}) << site_.witness().Record().Timeline();
  b.Do({"ip", "addr", "del", "192.168.1.212/24", "dev", "lan0"});
  b.RenameVrrp(kVrrpInterface, "lan0");
  LetPass(seconds(4));
  ExpectStillShut(milliseconds(100));
}

TEST_F(GateTest, SurvivesAnInterfaceTakenAwayAndReplaced) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  Host& b = site_.lab().host("b");
  b.UnplugVrrp();
  LetPass(milliseconds(500));
  b.ReplugVrrp();
  LetPass(seconds(4));
  ExpectStillShut(milliseconds(100));
}

TEST_F(GateTest, SurvivesAKilledProbe) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  site_.node("b").probe().Kill();
  LetPass(seconds(10));
  EXPECT_EQ(site_.witness().Record().BothAnswered(guarded_), Duration::zero());
  site_.node("b").probe().Start();
  ExpectStillShut();
}

TEST_F(GateTest, SurvivesAStoppedProbe) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  site_.node("b").probe().Stop();
  LetPass(seconds(4));
  EXPECT_EQ(site_.witness().Record().BothAnswered(guarded_), Duration::zero());
  site_.node("b").probe().Start();
  ExpectStillShut();
}

TEST_F(GateTest, LeavesOtherTablesByteForByteAsTheyAre) {
  // The shapes of firewalld and Docker: inet tables with sets and verdict maps, ip tables with NAT hooks.
  site_.node("b").firewall().Load(R"(
    table inet firewalld {
      set allowed { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
      chain filter_INPUT { type filter hook input priority filter + 10; policy accept;
        ct state established,related accept
        meta l4proto icmp accept
      }
    }
    table ip nat {
      chain DOCKER { iifname "docker0" counter return; }
      chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local counter jump DOCKER; }
    }
    table netdev foreign {
      chain in { type filter hook ingress device "eth0" priority 0; policy accept; counter; }
    }
  )");
  const std::string before = site_.node("b").firewall().ForeignRuleset();
  ASSERT_NO_FATAL_FAILURE(Guard());
  EXPECT_EQ(site_.node("b").firewall().ForeignRuleset(), before);
  VridsDiffer().mend(site_);
  ASSERT_TRUE(site_.AwaitHealthy("a", seconds(15)));
  EXPECT_EQ(site_.node("b").firewall().ForeignRuleset(), before);
}

TEST_F(GateTest, AnotherVipOfTheLoserNeverMissesAnAnswer) {
  AddOppositeInstance(site_);
  const AnswerWitness other(site_.lab().AddHost("witness2", 249), "192.168.1.213");
  ASSERT_NO_FATAL_FAILURE(Guard());
  ASSERT_TRUE(other.Record().FirstAnswer("b").has_value());
  const Instant served = *other.Record().FirstAnswer("b");
  ExpectStillShut();
  EXPECT_LE(other.Record().LongestSilenceOf("b", served), kNoise) << other.Record().Timeline();
}

TEST_F(GateTest, OppositePrioritiesInOneSyncGroupEndOnOneNode) {
  AddOppositeInstance(site_);
  for (const char* name : {"a", "b"}) {
    site_.node(name).config.sync_groups = {{.name = "G", .instances = {"VI_1", "VI_2"}}};
  }
  const AnswerWitness other(site_.lab().AddHost("witness2", 249), "192.168.1.213");
  ASSERT_TRUE(site_.StartDaemons());
  for (const char* name : {"a", "b"}) site_.node(name).firewall().DropVrrp();
  for (const char* name : {"a", "b"}) site_.node(name).StartKeepalived();
  ASSERT_TRUE(WaitUntil("both VIPs are guarded, and one node answers for both", seconds(15), [&] {
    const Hosts hosts = other.Latest();
    const bool guarded = site_.VipState() == "GUARDED" && site_.VipState("192.168.1.213") == "GUARDED";
    return Seen{guarded && hosts.size() == 1 && hosts == site_.witness().Latest(),
                site_.witness().Record().Timeline() + " / " + other.Record().Timeline()};
  }));
  const Instant settled = Now();
  const std::string holder = *other.Latest().begin();
  LetPass(seconds(3));
  for (const AnswerRecord& record : {site_.witness().Record(), other.Record()}) {
    EXPECT_LE(record.LongestSilenceOf(holder, settled), kNoise) << record.Timeline();
    EXPECT_EQ(record.BothAnswered(settled), Duration::zero()) << record.Timeline();
  }
}

// How often the incident's story speaks of a trial.
int Trials(const Site& site) {
  int trials = 0;
  for (const Json& incident : site.Incidents()) {
    const Json whole = site.arbiter().CtlJson({"incident", incident["id"].text()});
    for (const Json& entry : whole["timeline"].items()) {
      if (absl::StrContains(absl::AsciiStrToLower(entry["text"].text()), "trial")) ++trials;
    }
  }
  return trials;
}

// Ten adverts a second and a short settling time, so that trials come quickly.
TEST(Gate, TwentyTrialsOfACauseThatPersistsAreNotNoticed) {
  Site site({.flavour = V4Fast(), .arbiter_config = "settle_min: 300ms\nsettle_max: 600ms\n"});
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  const Instant guarded = Now();
  EXPECT_TRUE(WaitUntil("twenty trials", seconds(90), [&] {
    const int trials = Trials(site);
    return Seen{trials >= 20, absl::StrCat(trials, " trials")};
  }));
  const AnswerRecord answers = site.witness().Record();
  EXPECT_EQ(answers.BothAnswered(guarded), Duration::zero()) << answers.Timeline();
  EXPECT_LE(answers.LongestSilenceOf("a", guarded), kNoise) << answers.Timeline();
  const PingRecord pings = site.client().Record();
  EXPECT_EQ(pings.Lost(guarded, Now() - milliseconds(100)), 0) << pings.Describe(guarded, Now());
  EXPECT_EQ(site.HeldBack(), Hosts{"b"});
}

}  // namespace
}  // namespace lab
