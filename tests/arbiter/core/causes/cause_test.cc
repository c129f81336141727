#include "arbiter/core/cause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/arbiter/core/causes/claimants.h"
#include "tests/arbiter/core/causes/lab_faults.h"

namespace arbiter::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class EachFault : public testing::TestWithParam<Fault> {};

TEST_P(EachFault, IsNamedAloneWithEvidenceAndRepair) {
  const std::vector<CauseEvidence> found = GetParam().Inject().Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(GetParam().cause)) << found.back().evidence;
  EXPECT_THAT(found[0].evidence, HasSubstr(GetParam().evidence));
  EXPECT_THAT(found[0].advice, HasSubstr(GetParam().advice));
}

TEST_P(EachFault, StaysNamedWhenTheShutGateHidesTheLosersAdverts) {
  Claimants claimants = GetParam().Inject();
  claimants.previous = claimants.Find();
  claimants.ShutGateOf(GetParam().a_loses ? claimants.a() : claimants.b());
  claimants.now = kConfirmed + std::chrono::seconds(10);
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(GetParam().cause)) << found.back().evidence;
  EXPECT_THAT(found[0].evidence, HasSubstr(GetParam().evidence));
}

TEST_P(EachFault, InvolvesNothingElseWhenItIsSoughtBehindAShutGate) {
  Claimants claimants = GetParam().Inject();
  claimants.ShutGateOf(GetParam().a_loses ? claimants.a() : claimants.b());
  claimants.now = kConfirmed + std::chrono::seconds(10);
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].cause == GetParam().cause || found[0].cause == Cause::kUnknown) << found[0].evidence;
}

// A daemon's silence, or an unwanted address, ends with the hold; why the split began is still told.
TEST_P(EachFault, StaysNamedWhenTheLoserHasGivenTheVipUp) {
  Claimants claimants = GetParam().Inject();
  claimants.previous = claimants.Find();
  Claimant& loser = GetParam().a_loses ? claimants.a() : claimants.b();
  claimants.ShutGateOf(loser);
  loser.FallSilent(DaemonState::kGone);
  loser.vip.configured = loser.vip.effective = false;
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(GetParam().cause));
}

INSTANTIATE_TEST_SUITE_P(Cause, EachFault, testing::ValuesIn(LabFaults()),
                         [](const testing::TestParamInfo<Fault>& fault) { return fault.param.name; });

TEST(Cause, AnAddressThatNobodyElsesDaemonServesIsNotToBeRemovedAtOnce) {
  Claimants claimants;
  for (Claimant* node : {&claimants.a(), &claimants.b()}) {
    node->FallSilent(DaemonState::kRunning);
    node->vip.instance = "";
    node->vip.in_daemon_config = false;
    node->SetVrid(70);
    node->SetList({"192.168.1.215"});
  }
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_EQ(found.front().cause, Cause::kManualAddress);
  EXPECT_THAT(found.front().advice, testing::StartsWith("first have a node's VRRP daemon own 192.168.1.212; then, on"));
}

TEST(Cause, OfAnotherManagersVipNoDaemonIsBlamed) {
  for (const DaemonState daemon : {DaemonState::kGone, DaemonState::kUnknown, DaemonState::kRunning}) {
    Claimants claimants;
    for (Claimant* node : {&claimants.a(), &claimants.b()}) {
      node->FallSilent(daemon);
      node->vip.daemon = DaemonState::kUnknown;
      node->vip.instance = "";
      node->vip.in_daemon_config = false;
      node->vip.vrid.reset();
      node->vip.other_manager = true;
      node->report.instances.clear();
    }
    const std::vector<CauseEvidence> found = claimants.Find();
    EXPECT_THAT(CausesOf(found), ElementsAre(Cause::kUnknown));
    EXPECT_THAT(found.front().evidence,
                HasSubstr("on a and b, 192.168.1.212 is served by another manager than a VRRP daemon"));
    EXPECT_THAT(found.front().evidence, testing::Not(HasSubstr("keepalived")));
    EXPECT_THAT(found.front().advice, testing::AllOf(HasSubstr("Pacemaker"), testing::Not(HasSubstr("keepalived"))));
  }
}

TEST(Cause, WhatTwoDeadDaemonsLeftBehindIsNotToBeRemoved) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kGone);
  claimants.b().FallSilent(DaemonState::kGone);
  for (const CauseEvidence& found : claimants.Find()) {
    if (found.cause == Cause::kDaemonGone) {
      EXPECT_THAT(found.advice, testing::Not(HasSubstr("ip addr del")));
    }
  }
}

TEST(Cause, NamesAStrangerThatAdvertisesTheVipEvenWithOneClaimant) {
  Claimants claimants;
  claimants.nodes.pop_back();
  HeardRouter stranger;
  stranger.source = Ip("192.168.1.77");
  stranger.vrid = 51;
  stranger.version = 2;
  stranger.priority = 255;
  stranger.on_wire = stranger.delivered = stranger.names_vip = true;
  stranger.addresses = {Ip("192.168.1.212")};
  claimants.a().vip.heard = {stranger};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kForeignClaimant));
  EXPECT_THAT(found[0].evidence, HasSubstr("192.168.1.77 advertises 192.168.1.212 under VRID 51 with priority 255"));
  EXPECT_THAT(found[0].advice, HasSubstr("find the host with 192.168.1.77"));
}

TEST(Cause, NamesAStrangerThatAnswersArpForTheVip) {
  Claimants claimants;
  claimants.nodes.pop_back();
  HeardRouter claim;
  claim.source = Ip("192.168.1.212");
  claim.mac = "02:00:00:00:00:09";
  claim.on_wire = claim.names_vip = true;
  claim.defects = {"ARP reply"};
  claimants.a().vip.heard = {claim};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kForeignClaimant));
  EXPECT_THAT(found[0].evidence,
              HasSubstr("a host with MAC 02:00:00:00:00:09 claims 192.168.1.212 (ARP reply), as a sees on"));
}

TEST(Cause, NamesSeveralAtOnceMostLikelyFirst) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.b().SetInterval(std::chrono::seconds(2));
  claimants.LetAllHear();
  claimants.Heard(claimants.a(), claimants.b()).delivered = false;
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch, Cause::kAdvertIntervalMismatch))
      << "a loaded receiver may not have been given the first advert yet";
  claimants.now = *claimants.now + std::chrono::seconds(10);
  EXPECT_THAT(CausesOf(claimants.Find()),
              ElementsAre(Cause::kVridMismatch, Cause::kAdvertIntervalMismatch, Cause::kFilteredOnHost));
}

TEST(Cause, ListsNeedNotAgreeUnderDifferentVirtualRouterIds) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.b().SetList({"192.168.1.212", "192.168.1.214"});
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(Cause, DeadDaemonComesBeforeSettingsThatDoNotAgree) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kGone);
  claimants.b().SetList({"192.168.1.212", "192.168.1.214"});
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kDaemonGone, Cause::kVipListMismatch));
}

TEST(Cause, LeftoverIsNoNewAddressBecauseAProbeHasJustStarted) {
  Claimants claimants;
  claimants.b().FallSilent(DaemonState::kGone);
  claimants.LetAllHear();
  claimants.b().listening_since = kSplit - std::chrono::milliseconds(100);
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kDaemonGone));
}

// A daemon that runs is not frozen: what keeps its adverts, or those that it should hear, from it is the cause.
TEST(Cause, WhatAReceiverDropsAnywayProvesNoFilter) {
  Claimants claimants;
  claimants.LetAllHear();
  HeardRouter& heard = claimants.Heard(claimants.b(), claimants.a());
  heard.defects = {"ttl"};
  heard.delivered = false;
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kChecksumOrTtl));
}

TEST(Cause, SilenceOfARunningDaemonThatIsDeliveredNothingIsTheFilters) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kRunning);
  claimants.a().config().priority = 80;
  claimants.LetAllHear();
  claimants.Heard(claimants.a(), claimants.b()).delivered = false;
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kFilteredOnHost));
}

TEST(Cause, SilenceOfARunningDaemonThatHearsAnotherVirtualRouterIsTheVrids) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kRunning);
  claimants.a().config().priority = 80;
  claimants.b().SetVrid(65);
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(Cause, LossBetweenTwoIsNamedBesideWrongPeersOfAThird) {
  Claimants claimants;
  claimants.AddC();
  for (Claimant& node : claimants.nodes) node.config().unicast_peers = {Ip("192.168.1.1"), Ip("192.168.1.2")};
  claimants.LetAllHear();
  for (Claimant& node : claimants.nodes) node.vip.heard.clear();
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kUnicastPeerMismatch, Cause::kLostInNetwork));
  EXPECT_THAT(found[1].evidence, HasSubstr("none is on the wire of b"));
  EXPECT_THAT(found[1].evidence, testing::Not(HasSubstr("c (")));
}

TEST(Cause, DeadDaemonsNodeThatHearsOthersIsNotCutOffBecauseReferencesAnswerLate) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kGone);
  claimants.LetAllHear();
  claimants.a().reach = Reach{1, 0, {}, {Ip("192.168.1.254")}};
  claimants.b().reach = Reach{1, 1, {Ip("192.168.1.254")}, {}};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kDaemonGone));
}

TEST(Cause, NamesEveryNodeOfThreeThatIsConcerned) {
  Claimants claimants;
  claimants.AddC().SetVrid(65);
  claimants.LetAllHear();
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kVridMismatch));
  EXPECT_EQ(found[0].evidence,
            "a advertises VRID 66, b advertises VRID 66, c advertises VRID 65, all on 192.168.1.0/24");
  EXPECT_THAT(found[0].advice, HasSubstr("on c, in /etc/c.conf:4"));
  EXPECT_THAT(found[0].advice, testing::Not(HasSubstr("on b,")));
}

TEST(Cause, AsksForAReloadWhereTheFileIsRightAlready) {
  Claimants claimants;
  claimants.b().vip.vrid = 65;
  claimants.LetAllHear();
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kVridMismatch));
  EXPECT_EQ(found[0].advice, "/etc/b.conf:4 on b already says `virtual_router_id 66`: reload there");
}

TEST(Cause, AMulticastSourceThatTheNodeHasNotIsNoFaultOfItsOwn) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.b().config().unicast_source = Ip("192.168.9.9");
  claimants.b().vip.primary_address = Ip("192.168.9.9");
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(Cause, AMulticastSourceThatIsTheOtherNodesIsWhatSplits) {
  Claimants claimants;
  claimants.b().config().unicast_source = Ip("192.168.1.1");
  claimants.b().vip.primary_address = Ip("192.168.1.1");
  claimants.b().report.addresses = {Ip("192.168.1.2")};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kSourceAddress)) << found.back().evidence;
  EXPECT_THAT(found[0].advice, HasSubstr("write `mcast_src_ip 192.168.1.2`"));
}

TEST(Cause, AUnicastSourceThatIsReachedIsThereAlthoughNoListHasIt) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.b().config().unicast_source = Ip("192.168.9.9");
  claimants.a().config().unicast_peers = {Ip("192.168.9.9")};
  claimants.b().config().unicast_peers = {Ip("192.168.1.1")};
  claimants.b().vip.primary_address = Ip("192.168.9.9");
  claimants.LetAllHear();
  claimants.Heard(claimants.b(), claimants.a()).destination = Ip("192.168.9.9");
  claimants.Heard(claimants.a(), claimants.b()).destination = Ip("192.168.1.1");
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

// fe80::1 on a bridge for guests, say, on both hosts.
TEST(Cause, ALinkLocalAddressThatBothHaveMayLieOnDifferentLinks) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  for (Claimant& node : claimants.nodes) {
    node.config().segment = node.vip.segment = "fe80::/64";
    node.vip.primary_address = Ip(node.name == "a" ? "fe80::a" : "fe80::b");
    node.report.addresses = {Ip("fe80::1"), *node.vip.primary_address};
  }
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(Cause, NamesTheBlockThatALineStandsIn) {
  Claimants claimants;
  claimants.b().config().auth_fingerprint = "f2";
  claimants.b().config().origin = {{"authentication", "/etc/b.conf:7"}, {"vrrp_instance", "/etc/b.conf:1"}};
  claimants.LetAllHear();
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kAuthMismatch));
  EXPECT_THAT(found[0].advice, HasSubstr("b in /etc/b.conf:7"));
}

TEST(Cause, NeedsNoConfigurationWhereTheWireTells) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.b().config().auth_type = "";
  claimants.LetAllHear();
  for (Claimant& node : claimants.nodes) node.report.instances.clear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch, Cause::kAuthMismatch));
}

TEST(Cause, FlatWireThatFloodsUnicastShowsWhomAdvertsAreMeantFor) {
  Claimants claimants;
  claimants.LetAllHear();
  for (Claimant& node : claimants.nodes) {
    node.report.instances.clear();
    node.vip.heard[0].destination = Ip("192.168.1.99");
    node.vip.heard[0].delivered = false;
  }
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kUnicastPeerMismatch));
}

}  // namespace
}  // namespace arbiter::core
