// Why nobody serves a VIP, whether anybody else could, and who is heard that is not here.
#include "arbiter/core/standby.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

Hindrance NoCarrier(const std::string& interface = "sync") {
  return {HindranceKind::kLink, interface + " has no carrier, which keeps VI_1 in FAULT",
          "look at cable and switch port of " + interface};
}

HeardRouter AdvertOf(const std::string& source, std::uint8_t vrid = 66) {
  HeardRouter heard;
  heard.source = Stage::Ip(source);
  heard.vrid = vrid;
  heard.priority = 90;
  heard.version = 2;
  heard.on_wire = heard.delivered = heard.names_vip = true;
  heard.addresses = Addresses({Stage::Vip()});
  heard.advert_interval = seconds(1);
  return heard;
}

// a holds, b is its backup.
class Pair : public testing::Test {
 protected:
  Pair() {
    stage.Add("a", 100);
    stage.Add("b", 90);
    stage.Take("a");
  }

  Stage stage;
};

using StandbyTest = Pair;

TEST_F(StandbyTest, AHealthyPairHasOne) {
  EXPECT_FALSE(stage.View().no_standby);
  EXPECT_THAT(stage.View().obstacles, IsEmpty());
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

struct NoStandbyCase {
  std::string name;
  std::function<void(Stage&, Actor&)> make;
  std::string says;
};
void PrintTo(const NoStandbyCase& c, std::ostream* out) { *out << c.name; }

class NoStandby : public testing::TestWithParam<NoStandbyCase> {};

TEST_P(NoStandby, IsSaidForAsLongAsItIsSo) {
  Stage stage;
  stage.Add("a", 100);
  Actor& b = stage.Add("b", 90);
  stage.Take("a");
  const Actor before = b;
  GetParam().make(stage, b);
  stage.Report("b");
  stage.Run(seconds(30));
  EXPECT_TRUE(stage.View().no_standby);
  ASSERT_THAT(stage.View().obstacles, SizeIs(1));
  EXPECT_EQ(stage.View().obstacles[0].node, "b");
  EXPECT_THAT(stage.View().obstacles[0].evidence, HasSubstr(GetParam().says));
  EXPECT_THAT(stage.View().obstacles[0].repair, Not(IsEmpty()));
  EXPECT_EQ(stage.View().state, VipState::kHeld) << "it is served";
  b.vip = before.vip;
  stage.Attach("b");
  EXPECT_FALSE(stage.View().no_standby);
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, NoStandby,
    testing::Values(NoStandbyCase{"DaemonGone", [](Stage&, Actor& b) { b.vip.daemon = DaemonState::kGone; },
                                  "keepalived does not run"},
                    NoStandbyCase{"DaemonFrozen", [](Stage&, Actor& b) { b.vip.daemon = DaemonState::kFrozen; },
                                  "is there and does not run"},
                    NoStandbyCase{"NoCarrier", [](Stage&, Actor& b) { b.vip.hindrances = {NoCarrier()}; },
                                  "sync has no carrier"},
                    NoStandbyCase{"LinkDownByAnOlderProbe", [](Stage&, Actor& b) { b.vip.link_down = true; },
                                  "eth0 carries nothing"},
                    NoStandbyCase{"NoInstance",
                                  [](Stage&, Actor& b) {
                                    b.vip.in_daemon_config = b.vip.vouched = false;
                                    b.vip.vrid.reset();
                                    b.vip.not_ours = "only other nodes name it";
                                  },
                                  "its configuration does not have it"},
                    NoStandbyCase{"ProbeAway", [](Stage& stage, Actor&) { stage.Detach("b"); }, "its probe is away"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Standby, OneOfTwoOthersIsEnough) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90).vip.daemon = DaemonState::kGone;
  stage.Add("c", 80);
  stage.Take("a");
  stage.Report("b");
  EXPECT_FALSE(stage.View().no_standby);
  stage.At("c").vip.daemon = DaemonState::kGone;
  stage.Report("c");
  EXPECT_TRUE(stage.View().no_standby);
  EXPECT_THAT(InWords(stage.View().obstacles), StartsWith("b and c: keepalived does not run: start keepalived there"));
}

TEST(Standby, OfASingleNodeThereIsNothingToSay) {
  Stage stage;
  stage.Add("a", 100);
  stage.Take("a");
  EXPECT_FALSE(stage.View().no_standby);
}

TEST(Standby, ANodeThatNeedsNoDaemonIsOne) {
  Stage stage;
  for (const char* name : {"a", "b"}) {  // `vips:` of another manager
    Actor& actor = stage.Add(name, 0);
    actor.vip.in_daemon_config = false;
    actor.vip.vrid.reset();
    actor.vip.daemon = DaemonState::kGone;
  }
  stage.Take("a");
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_FALSE(stage.View().no_standby);
  stage.GiveUp("a");
  EXPECT_THAT(stage.View().advice, HasSubstr("another program is to give it out"));
  EXPECT_THAT(stage.View().advice, Not(HasSubstr("start the VRRP daemon")));
}

TEST_F(StandbyTest, AHoldOfOursIsNoObstacle) {
  stage.Take("b");
  stage.Run(seconds(1));
  ASSERT_EQ(stage.View().state, VipState::kGuarded);
  EXPECT_FALSE(stage.View().no_standby);
}

using UnheldTest = Pair;

TEST_F(UnheldTest, BothPortsOfTheVrrpLinkAreDown) {
  for (const char* name : {"a", "b"}) stage.At(name).vip.hindrances = {NoCarrier()};
  stage.GiveUp("a");
  stage.Report("b");
  EXPECT_EQ(stage.View().state, VipState::kUnheld);
  EXPECT_EQ(stage.View().advice,
            "nobody answers for it; a and b: sync has no carrier, which keeps VI_1 in FAULT: look at cable and switch "
            "port of sync");
}

TEST_F(UnheldTest, EachNodeHasAReasonOfItsOwn) {
  stage.At("a").vip.daemon = DaemonState::kGone;
  stage.GiveUp("a");
  stage.At("b").vip.instance = "VI_1";
  stage.At("b").vip.fault_suspects = {"script chk (keepalived.conf:4)"};
  stage.Report("b");
  EXPECT_THAT(stage.View().advice, HasSubstr("b: keepalived runs and has not taken it yet")) << "it may be about to";
  stage.Run(seconds(5));
  EXPECT_THAT(stage.View().advice, AllOf(HasSubstr("a: keepalived does not run: start keepalived there"),
                                         HasSubstr("b: keepalived runs and VI_1 does not take it: likely in FAULT "
                                                   "because of script chk (keepalived.conf:4)")));
}

TEST_F(UnheldTest, TheAddressWasTakenBehindTheDaemonsBack) {
  stage.At("a").report.address_managers = {"systemd-networkd"};
  stage.At("a").vip.configured = false;
  stage.Report("a");
  stage.Detach("b");
  stage.Run(seconds(5));
  EXPECT_THAT(stage.View().advice,
              AllOf(HasSubstr("a: keepalived advertises it and the address is gone: taken away behind its back "
                              "(systemd-networkd runs there): have systemd-networkd leave eth0's addresses alone"),
                    HasSubstr("b: its probe is away")));
}

TEST_F(UnheldTest, DuplicateAddressDetectionFailed) {
  Actor& a = stage.At("a");
  a.vip.effective = false;
  a.vip.hindrances = {{HindranceKind::kDadFailed, "it is dadfailed on eth0", "find the host that has it"}};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnheld);
  EXPECT_THAT(stage.View().advice, HasSubstr("a: it is dadfailed on eth0: find the host that has it"));
}

TEST_F(UnheldTest, AHeldNodeIsLetInAtOnceWhenTheSurvivorLosesItsLink) {
  stage.Take("b");
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("a"));
  stage.At("a").vip.effective = false;
  stage.At("a").vip.hindrances = {NoCarrier("eth0")};
  stage.Report("a");
  EXPECT_THAT(stage.Answering(), ElementsAre("b")) << "in the same moment";
}

using AwayTest = Pair;

TEST_F(AwayTest, ASecondHolderIsASplitByANodeThatCannotBeTold) {
  stage.Detach("b");
  stage.Run(seconds(20));
  ASSERT_EQ(stage.View().state, VipState::kHeld);
  stage.At("a").vip.heard = {AdvertOf("192.168.1.12")};
  stage.Report("a");
  stage.Run(seconds(8));
  EXPECT_EQ(stage.View().state, VipState::kHeld) << "whoever gives it up is heard for a while";
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kSplit);
  EXPECT_THAT(stage.View().advice, AllOf(HasSubstr("start arbiter-probe on b"), HasSubstr("arbctl incident")));
  ASSERT_THAT(stage.disk(), SizeIs(1));
  EXPECT_THAT(stage.disk().begin()->second.causes[0].evidence,
              HasSubstr("b (192.168.1.12) advertises it under VRID 66 with priority 90, as a hears on eth0"));
  EXPECT_THAT(stage.directives(), IsEmpty());
  stage.At("b").vip.configured = stage.At("b").vip.advertises = true;
  stage.Attach("b");
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kGuarded) << "now it can be told";
  EXPECT_THAT(stage.disk(), SizeIs(1)) << "one split, one incident";
}

TEST_F(AwayTest, ASecondHolderThatFallsSilentEndsIt) {
  stage.Detach("b");
  stage.Run(seconds(20));
  stage.At("a").vip.heard = {AdvertOf("192.168.1.12")};
  stage.Report("a");
  stage.Run(seconds(10));
  ASSERT_EQ(stage.View().state, VipState::kSplit);
  stage.At("a").vip.heard.clear();
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_TRUE(stage.View().no_standby);
}

TEST_F(AwayTest, ASlowAdvertiserIsGivenTheTimeThatItsLastAdvertCounts) {
  stage.Detach("b");
  stage.Run(seconds(20));
  stage.At("a").vip.heard = {AdvertOf("192.168.1.12")};
  stage.At("a").vip.heard[0].advert_interval = seconds(5);
  stage.Report("a");
  stage.Run(seconds(23));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kSplit);
}

TEST_F(AwayTest, ALoneOneIsUnknownAndNamed) {
  stage.Detach("b");
  stage.GiveUp("a");
  EXPECT_EQ(stage.View().state, VipState::kUnheld);
  stage.At("a").vip.heard = {AdvertOf("192.168.1.12")};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnknown);
  EXPECT_THAT(stage.View().advice, StartsWith("b (192.168.1.12) advertises it"));
  stage.At("a").vip.heard[0].defects = {"ttl"};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnheld) << "what a receiver drops counts for nothing";
}

TEST_F(AwayTest, AnArpClaimOfItsMacTellsItToo) {
  stage.At("b").report.macs = {"02:00:00:00:00:0b"};
  stage.At("b").vip.in_daemon_config = false;  // a VIP of another manager: nobody advertises it
  stage.Report("b");
  stage.Detach("b");
  stage.GiveUp("a");
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = true;
  claim.defects = {"ARP reply"};
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnknown);
  EXPECT_THAT(stage.View().advice, HasSubstr("b (02:00:00:00:00:0b) claims it (ARP reply)"));
}

TEST_F(AwayTest, AClaimThatOnlyOthersRememberIsNoSplitBesideAHolder) {
  stage.At("b").report.macs = {"02:00:00:00:00:0b"};
  stage.Report("b");
  stage.Add("c", 80);
  stage.Detach("b");
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = true;
  claim.defects = {"gratuitous ARP"};
  stage.At("c").vip.heard = {claim};
  stage.Report("c");
  stage.Run(seconds(40));
  EXPECT_EQ(stage.View().state, VipState::kHeld) << "b announced it before a took over";
  EXPECT_THAT(stage.disk(), IsEmpty());
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  stage.Run(seconds(20));
  EXPECT_EQ(stage.View().state, VipState::kSplit) << "the holder itself hears it";
}

TEST_F(AwayTest, AClaimOfAMinuteAgoIsNoSignOfADaemonThatWouldAdvertise) {
  stage.At("b").report.macs = {"02:00:00:00:00:0b"};
  stage.Report("b");
  stage.Detach("b");
  stage.GiveUp("a");
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = true;
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnheld);
  stage.At("a").vip.heard = {claim, AdvertOf("192.168.1.12")};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kUnknown);
  EXPECT_THAT(stage.View().advice, StartsWith("b (192.168.1.12) advertises it")) << "the advert, and not the claim";
}

TEST(Foreign, AThirdRoutersVipIsNobodysFault) {
  Stage stage;
  for (const char* name : {"a", "b"}) {
    Actor& actor = stage.Add(name, 0);
    actor.vip.in_daemon_config = actor.vip.vouched = false;
    actor.vip.vrid.reset();
    actor.vip.not_ours = "only other nodes name it";
    actor.vip.heard = {AdvertOf("192.168.1.77", 7)};
    stage.Report(name);
  }
  EXPECT_EQ(stage.View().state, VipState::kForeign);
  EXPECT_EQ(stage.View().advice, "");
  EXPECT_EQ(stage.View().note,
            "192.168.1.77 advertises it under VRID 7 with priority 90, as a hears on eth0; no node of this cluster has "
            "it");
  EXPECT_FALSE(stage.View().no_standby);
}

}  // namespace
}  // namespace arbiter::core
