// What was named before, and what is known by now.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/arbiter/core/causes/claimants.h"

namespace arbiter::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Claimants Agreeing() {
  Claimants claimants;
  claimants.LetAllHear();
  return claimants;
}

CauseEvidence Named(Cause cause) { return {cause, "as found before", "as advised before"}; }

TEST(CauseRefinement, UnknownGivesWayToWhatIsFound) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.LetAllHear();
  claimants.previous = {Named(Cause::kUnknown)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(CauseRefinement, UnknownIsWrittenAnew) {
  Claimants claimants = Agreeing();
  claimants.previous = {Named(Cause::kUnknown)};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kUnknown));
  EXPECT_THAT(found[0].evidence, Not(HasSubstr("as found before")));
}

CauseEvidence Ended(Cause cause, Instant at = kConfirmed) {
  CauseEvidence ended = Named(cause);
  ended.ended = at;
  return ended;
}

TEST(CauseRefinement, ThawedDaemonWasFrozenAndIsNoLonger) {
  Claimants claimants = Agreeing();
  claimants.ShutGateOf(claimants.b());
  claimants.previous = {Named(Cause::kDaemonFrozen)};
  EXPECT_THAT(claimants.Find(), ElementsAre(Ended(Cause::kDaemonFrozen)));
}

TEST(CauseRefinement, WhatEndedKeepsItsTime) {
  Claimants claimants = Agreeing();
  claimants.ShutGateOf(claimants.b());
  claimants.previous = {Ended(Cause::kDaemonFrozen, kSplit)};
  EXPECT_THAT(claimants.Find(), ElementsAre(Ended(Cause::kDaemonFrozen, kSplit)));
}

TEST(CauseRefinement, ANodeThatIsAwayEndsNothing) {
  Claimants claimants = Agreeing();
  claimants.ShutGateOf(claimants.b());
  claimants.b().fresh = false;
  claimants.previous = {Named(Cause::kDaemonFrozen)};
  EXPECT_THAT(claimants.Find(), ElementsAre(Named(Cause::kDaemonFrozen)));
}

TEST(CauseRefinement, SettingsThatAgreeNowDifferNoLonger) {
  for (const Cause cause : {Cause::kVridMismatch, Cause::kVersionMismatch, Cause::kAuthMismatch,
                            Cause::kVipListMismatch, Cause::kUnicastPeerMismatch, Cause::kWrongInterface}) {
    Claimants claimants = Agreeing();
    claimants.ShutGateOf(claimants.b());
    claimants.previous = {Named(cause)};
    EXPECT_THAT(claimants.Find(), ElementsAre(Ended(cause)));
  }
}

TEST(CauseRefinement, WhatAShutGateHidesHasNotEnded) {
  for (const Cause cause : {Cause::kFilteredOnHost, Cause::kLostInNetwork, Cause::kChecksumOrTtl}) {
    Claimants claimants = Agreeing();
    claimants.ShutGateOf(claimants.b());
    claimants.previous = {Named(cause)};
    EXPECT_THAT(claimants.Find(), ElementsAre(Named(cause)));
    Claimants open = Agreeing();
    open.previous = {Named(cause)};
    EXPECT_THAT(CausesOf(open.Find()), ElementsAre(Cause::kUnknown, cause)) << "and two answer all the same";
    EXPECT_EQ(open.Find()[1].ended, kConfirmed);
  }
}

TEST(CauseRefinement, AStrangerThatLeftEndsItsCause) {
  Claimants claimants = Agreeing();
  claimants.ShutGateOf(claimants.b());
  claimants.previous = {Named(Cause::kForeignClaimant)};
  EXPECT_THAT(claimants.Find(), ElementsAre(Ended(Cause::kForeignClaimant)));
}

TEST(CauseRefinement, NothingTellsToTakeTheAddressFromTheOnlyNodeThatServes) {
  Claimants claimants;
  claimants.b().FallSilent(DaemonState::kGone);
  claimants.LetAllHear();
  claimants.previous = claimants.Find();
  ASSERT_THAT(CausesOf(claimants.previous), ElementsAre(Cause::kManualAddress));
  ASSERT_THAT(claimants.previous[0].advice, testing::StartsWith("on b, remove"));
  claimants.a().vip.configured = claimants.a().vip.advertises = false;  // and now b is the only one
  claimants.a().vip.daemon = claimants.a().report.daemon = DaemonState::kGone;
  for (const CauseEvidence& cause : claimants.Find()) {
    EXPECT_THAT(cause.advice, Not(testing::StartsWith("on b, remove")));
    EXPECT_THAT(cause.advice, Not(HasSubstr("or remove 192.168.1.212")));
  }
}

TEST(CauseRefinement, ASecondFaultIsNamedOnceTheFirstIsMended) {
  Claimants claimants;
  claimants.b().FallSilent(DaemonState::kFrozen);
  claimants.LetAllHear();
  claimants.b().vip.configured_since = kStart - std::chrono::hours(1);
  claimants.previous = {Named(Cause::kVridMismatch)};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kDaemonFrozen, Cause::kVridMismatch));
  EXPECT_FALSE(found[0].ended.has_value());
  EXPECT_TRUE(found[1].ended.has_value());
}

TEST(CauseRefinement, ConfigurationThatArrivesLaterAddsTheLine) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.LetAllHear();
  claimants.previous = {Named(Cause::kVridMismatch)};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kVridMismatch));
  EXPECT_THAT(found[0].advice, HasSubstr("/etc/b.conf:4"));
}

TEST(CauseRefinement, DirectionHiddenByTheGateIsKeptBesideTheOther) {
  Claimants claimants = Agreeing();
  claimants.Heard(claimants.a(), claimants.b()).delivered = false;
  claimants.previous = claimants.Find();
  claimants.ShutGateOf(claimants.b());
  claimants.Heard(claimants.b(), claimants.a()).delivered = false;
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kFilteredOnHost));
  EXPECT_THAT(found[0].evidence, HasSubstr("on the wire of a"));
  EXPECT_THAT(found[0].evidence, HasSubstr("on the wire of b"));
}

TEST(CauseRefinement, SameFactIsNotSaidTwice) {
  Claimants claimants = Agreeing();
  Claimants::Forget(claimants.b(), claimants.a());
  claimants.previous = claimants.Find();
  EXPECT_EQ(claimants.Find(), claimants.previous);
}

TEST(CauseRefinement, IsolatedNodeExplainsTheLoss) {
  Claimants claimants = Agreeing();
  Claimants::Forget(claimants.a(), claimants.b());
  Claimants::Forget(claimants.b(), claimants.a());
  claimants.previous = claimants.Find();
  ASSERT_THAT(CausesOf(claimants.previous), ElementsAre(Cause::kLostInNetwork));
  claimants.a().reach = Reach{1, 0, {}, {Ip("192.168.1.254")}};
  claimants.b().reach = Reach{1, 1, {Ip("192.168.1.254")}, {}};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kIsolatedNode));
}

TEST(CauseRefinement, LossDoesNotComeBackWhenReachIsNotAskedForAnyMore) {
  Claimants claimants = Agreeing();
  Claimants::Forget(claimants.a(), claimants.b());
  Claimants::Forget(claimants.b(), claimants.a());
  claimants.previous = {Named(Cause::kIsolatedNode)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kIsolatedNode));
}

TEST(CauseRefinement, AddressThatSeemedToBeNobodysIsADeadDaemons) {
  Claimants claimants;
  claimants.a().FallSilent(DaemonState::kGone);
  claimants.LetAllHear();
  claimants.previous = {Named(Cause::kManualAddress)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kDaemonGone));
}

TEST(CauseRefinement, DaemonThatIsStoppedWhileHeldBackIsNoCause) {
  Claimants claimants;
  claimants.b().SetVrid(65);
  claimants.LetAllHear();
  claimants.previous = claimants.Find();
  claimants.ShutGateOf(claimants.b());
  claimants.b().FallSilent(DaemonState::kGone);
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch));
}

TEST(CauseRefinement, LossThatWasNamedBesideAProvenCauseStillGainsItsOtherDirection) {
  Claimants claimants = Agreeing();
  Claimants::Forget(claimants.a(), claimants.b());
  Claimants::Forget(claimants.b(), claimants.a());
  claimants.previous = {Named(Cause::kAuthMismatch), Named(Cause::kLostInNetwork)};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kLostInNetwork, Cause::kAuthMismatch)) << "the passwords agree now";
  EXPECT_THAT(found[0].evidence, HasSubstr("none is on the wire of b"));
}

TEST(CauseRefinement, SecondFaultThatARepairBroughtIsAdded) {
  Claimants claimants;
  claimants.b().SetList({"192.168.1.212", "192.168.1.214"});
  claimants.LetAllHear();
  claimants.previous = {Named(Cause::kVridMismatch)};
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kVipListMismatch, Cause::kVridMismatch));
  EXPECT_FALSE(found[0].ended.has_value());
  EXPECT_TRUE(found[1].ended.has_value()) << "the VRIDs agree now";
}

TEST(CauseRefinement, LossIsNamedAsSoonAsAFreshProbeHasListenedForAnInterval) {
  Claimants claimants = Agreeing();
  Claimants::Forget(claimants.b(), claimants.a());
  claimants.b().listening_since = kConfirmed - std::chrono::milliseconds(300);
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kUnknown));
  claimants.now = kConfirmed + std::chrono::seconds(1);
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kLostInNetwork));
}

}  // namespace
}  // namespace arbiter::core
