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

TEST(CauseRefinement, ThawedDaemonWasFrozenAllTheSame) {
  Claimants claimants = Agreeing();
  claimants.previous = {Named(Cause::kDaemonFrozen)};
  EXPECT_THAT(claimants.Find(), ElementsAre(Named(Cause::kDaemonFrozen)));
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
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kAuthMismatch, Cause::kLostInNetwork));
  EXPECT_THAT(found[1].evidence, HasSubstr("none is on the wire of b"));
}

TEST(CauseRefinement, SecondFaultThatARepairBroughtIsAdded) {
  Claimants claimants;
  claimants.b().SetList({"192.168.1.212", "192.168.1.214"});
  claimants.LetAllHear();
  claimants.previous = {Named(Cause::kVridMismatch)};
  EXPECT_THAT(CausesOf(claimants.Find()), ElementsAre(Cause::kVridMismatch, Cause::kVipListMismatch));
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
