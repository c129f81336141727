// A packet filter that drops adverts: whose, which rule, and that nothing but a text follows from its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "arbiter/core/cause_findings.h"
#include "tests/arbiter/core/causes/claimants.h"

namespace arbiter::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kRule[] = "nft rule `inet filter input ip protocol 112 drop`";
constexpr char kDelete[] = "nft delete rule inet filter input handle 4";
constexpr char kRuleOut[] = "nft rule `inet out out ip protocol 112 drop`";
constexpr char kDeleteOut[] = "nft delete rule inet out out handle 2";

AdvertFilter In(FilterKind kind = FilterKind::kDrops) { return {kind, kRule, kDelete}; }
AdvertFilter Out(FilterKind kind = FilterKind::kDrops) { return {kind, kRuleOut, kDeleteOut}; }

// b does not get a's adverts.
Claimants FilteredInInput(std::vector<AdvertFilter> filters) {
  Claimants claimants;
  claimants.LetAllHear();
  HeardRouter& heard = claimants.Heard(claimants.b(), claimants.a());
  heard.delivered = false;
  heard.filters = std::move(filters);
  return claimants;
}

// With nopreempt; a had the VIP, b has just got it.
Claimants FilteredInOutputOnBoth() {
  Claimants claimants;
  for (Claimant& node : claimants.nodes) {
    node.FallSilent(DaemonState::kRunning);
    node.config().nopreempt = true;
  }
  return claimants;
}

TEST(CauseFilter, NamesTheRuleThatDropsInInputAndTheRepair) {
  const std::vector<CauseEvidence> found = FilteredInInput({In()}).Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_EQ(found[0].evidence,
            "adverts of a (192.168.1.1) are on the wire of b (eth0) and are not delivered there: nft rule `inet filter "
            "input ip protocol 112 drop` drops them");
  EXPECT_EQ(found[0].advice, "on b, let IP protocol 112 in on eth0: nft delete rule inet filter input handle 4");
}

TEST(CauseFilter, WithoutAWordOfTheProbeTheDoctorIsNamed) {
  const std::vector<CauseEvidence> found = FilteredInInput({}).Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(found[0].evidence, testing::EndsWith("are not delivered there"));
  EXPECT_THAT(found[0].advice, HasSubstr("`arbiter-probe doctor` there names the rule"));
}

TEST(CauseFilter, WhatMayDropIsNotSaidToDrop) {
  const AdvertFilter tc{FilterKind::kMayDrop, "what tc has on eth0 (ingress u32)", "look at it"};
  const std::vector<CauseEvidence> found = FilteredInInput({In(FilterKind::kMayDrop), tc}).Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(found[0].evidence, testing::EndsWith("112 drop` or what tc has on eth0 (ingress u32) may drop them"));
}

TEST(CauseFilter, OneThatDropsForCertainOutranksWhatMay) {
  const std::vector<CauseEvidence> found = FilteredInInput({Out(FilterKind::kMayDrop), In()}).Find();
  EXPECT_THAT(found[0].evidence, testing::EndsWith(": nft rule `inet filter input ip protocol 112 drop` drops them"));
  EXPECT_THAT(found[0].advice, testing::EndsWith(kDelete));
}

TEST(CauseFilter, AReversePathFilterIsNoRule) {
  Claimants claimants = FilteredInInput({});
  claimants.Heard(claimants.b(), claimants.a()).dropped_by = "net.ipv4.conf.eth0.rp_filter is 1 in force";
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kReversePathFilter));
}

TEST(CauseFilter, ARuleAndAReversePathFilterAreBothNamed) {
  Claimants claimants = FilteredInInput({In()});
  claimants.Heard(claimants.b(), claimants.a()).dropped_by = "net.ipv4.conf.eth0.rp_filter is 1 in force";
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kReversePathFilter, Cause::kFilteredOnHost));
  claimants.Heard(claimants.b(), claimants.a()).filters = {In(FilterKind::kMayDrop)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kReversePathFilter)) << "it is explained";
}

TEST(CauseFilter, ItsWordsDoNotBreakTheClause) {
  AdvertFilter odd = In();
  odd.by = "nft rule `comment \"a; b\" drop`";
  const std::vector<CauseEvidence> found = FilteredInInput({odd}).Find();
  EXPECT_THAT(found[0].evidence, testing::EndsWith(": nft rule `comment \"a, b\" drop` drops them"));
}

TEST(CauseFilter, WhatIsDeliveredIsNotFiltered) {
  Claimants claimants;
  claimants.LetAllHear();
  claimants.Heard(claimants.b(), claimants.a()).filters = {In()};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kUnknown));
}

TEST(CauseFilter, BothNodesAreNamedWithTheirRulesOnTheWayOut) {
  Claimants claimants = FilteredInOutputOnBoth();
  claimants.a().vip.advert_filters = {Out()};
  claimants.b().vip.advert_filters = {{FilterKind::kDrops, "the policy of nft chain `ip f out`", "nft add rule"}};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_EQ(found[0].evidence,
            "a has 192.168.1.212, its keepalived runs, and none of its adverts gets onto the wire of eth0: nft rule "
            "`inet out out ip protocol 112 drop` drops them; b has 192.168.1.212, its keepalived runs, and none of its "
            "adverts gets onto the wire of eth0: the policy of nft chain `ip f out` drops them");
  EXPECT_EQ(found[0].advice,
            "on a, let IP protocol 112 out on eth0: nft delete rule inet out out handle 2; on b, let IP protocol 112 "
            "out on eth0: nft add rule");
}

TEST(CauseFilter, TheSecondMuteNodeIsNamedWhenItHasHadTimeThoughTheFirstIsNamedAlready) {
  Claimants claimants = FilteredInOutputOnBoth();
  claimants.previous = claimants.Find();
  ASSERT_THAT(CausesOf(claimants.previous), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(claimants.previous[0].evidence, Not(HasSubstr("b has")));
  claimants.b().vip.gate = GateState::kShut;
  claimants.now = kSplit + std::chrono::seconds(3);
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(found[0].evidence, HasSubstr("a has 192.168.1.212"));
  EXPECT_THAT(found[0].evidence, HasSubstr("b has 192.168.1.212"));
}

TEST(CauseFilter, OnOneNodeAloneIsNamedOnlyByTheRule) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kRunning);
  claimants.LetAllHear();
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kUnknown));
  claimants.a().vip.advert_filters = {Out(FilterKind::kMayDrop)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kUnknown)) << "it may as well not";
  claimants.a().vip.advert_filters = {Out()};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(found[0].evidence, testing::StartsWith("a has 192.168.1.212"));
}

TEST(CauseFilter, ABackupWithAnAddressByHandIsNotFiltered) {
  Claimants claimants;
  claimants.b().FallSilent(DaemonState::kRunning);
  claimants.LetAllHear();
  claimants.b().vip.advert_filters = {Out()};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kManualAddress));
}

TEST(CauseFilter, TheNameOfTheRuleTakesThePlaceOfTheDoctors) {
  Claimants before = FilteredInInput({});
  Claimants now = FilteredInInput({In()});
  now.previous = before.Find();
  EXPECT_EQ(now.Find(), FilteredInInput({In()}).Find());
}

TEST(CauseFilter, TheNextRuleTakesThePlaceOfTheFormer) {
  Claimants claimants = FilteredInInput({Out()});
  claimants.previous = FilteredInInput({In()}).Find();
  EXPECT_EQ(claimants.Find(), FilteredInInput({Out()}).Find());
}

TEST(Clauses, AreRenewedOneByOne) {
  EXPECT_EQ(RenewClauses("a: x; b", "b: y; c"), "a: x; b: y; c");
  EXPECT_EQ(RenewClauses("", "a"), "a");
  EXPECT_EQ(RenewClauses("a: x", ""), "a: x");
}

}  // namespace
}  // namespace arbiter::core
