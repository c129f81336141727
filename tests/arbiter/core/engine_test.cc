#include "arbiter/core/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Engine, OneHolderIsHeld) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  stage.Run(seconds(5));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_THAT(stage.directives(), IsEmpty());
}

TEST(Engine, TheLoserIsShutAtFirstSightAndNobodyElse) {
  Stage stage;
  Split(stage);
  EXPECT_EQ(stage.View().state, VipState::kContested);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), ElementsAre("b"));
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  EXPECT_THAT(stage.disk(), IsEmpty());
}

TEST(Engine, TheSurvivorAnnouncesOnceTheLoserHasLetGo) {
  Stage stage;
  Split(stage);
  EXPECT_THAT(stage.Sent<Announce>(), ElementsAre("a"));
}

TEST(Engine, AContestThatLastsBecomesAGuardedIncident) {
  Stage stage;
  Split(stage);
  stage.Run(milliseconds(249));
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  stage.Run(milliseconds(2));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
  const VipView view = stage.View();
  EXPECT_EQ(view.state, VipState::kGuarded);
  ASSERT_EQ(view.held_back.size(), 1U);
  EXPECT_EQ(view.held_back[0].hold.node, "b");
  EXPECT_TRUE(view.held_back[0].gate_shut);
  ASSERT_EQ(stage.disk().size(), 1U);
  EXPECT_EQ(stage.disk().begin()->second.survivor, "a");
}

TEST(Engine, AHealthyPreemptionOpensTheGateAndNoIncident) {
  Stage stage;
  Split(stage);
  stage.Run(milliseconds(20));
  stage.GiveUp("b");
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_EQ(stage.Cluster().healthy_contests, 1U);
  EXPECT_THAT(stage.disk(), IsEmpty());
}

TEST(Engine, WhenTheSurvivorYieldsMeanwhileTheGateOpensInTheSameStep) {
  Stage stage;
  Split(stage);
  stage.Run(milliseconds(20));
  stage.GiveUp("a");
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST(Engine, NoHoldIsOrderedBeforeItIsDurable) {
  Stage stage;
  stage.disk_hangs = true;
  Split(stage);
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_NE(stage.View().state, VipState::kGuarded);
}

TEST(Engine, AFailedWriteIsRepeatedUntilItHolds) {
  Stage stage;
  stage.disk_error = "disk full";
  Split(stage);
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_THAT(stage.View().advice, HasSubstr("disk full"));
  stage.disk_error.clear();
  stage.Run(seconds(3));
  EXPECT_EQ(stage.View().state, VipState::kGuarded);
  EXPECT_EQ(stage.disk().begin()->second.note, "") << "what hindered it is over";
}

TEST(Engine, ANodeWithAFreshHeartbeatThatDoesNotAffirmIsNoSurvivorAndNobodyIsDemotedForIt) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  stage.At("a").answers = false;  // its host has just died
  stage.Take("b");
  stage.Run(seconds(10));
  EXPECT_THAT(stage.directives(), IsEmpty());
  EXPECT_THAT(stage.disk(), IsEmpty());
  EXPECT_GE(stage.NoteCount("silent"), 1U);
  EXPECT_EQ(stage.View().state, VipState::kUnknown);
}

TEST(Engine, ASilentProbeThatThawsIsHealedAsAnyOther) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  stage.At("a").answers = false;
  stage.Take("b");
  stage.Run(seconds(5));
  stage.At("a").answers = true;
  stage.Run(seconds(3));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Engine, TheOneThatReachesItsSegmentSurvivesTheHigherPriority) {
  Stage stage;
  stage.Add("a", 100).reach = Reach{2, 0, {}, {Stage::Ip("192.168.1.1"), Stage::Ip("192.168.1.7")}};
  stage.Add("b", 90).reach = Reach{2, 2, {Stage::Ip("192.168.1.1"), Stage::Ip("192.168.1.7")}, {}};
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
  EXPECT_THAT(stage.View().held_back[0].hold.reason,
              HasSubstr("b survives although a has the higher priority: a reaches none of 192.168.1.1, 192.168.1.7"));
}

TEST(Engine, TheOneThatAdvertisesSurvivesALeftoverOfHigherPriority) {
  Stage stage;
  stage.Add("a", 100).vip.daemon = DaemonState::kGone;
  stage.Add("b", 90);
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
}

TEST(Engine, AQuestionSaysWhetherAGateMayFollow) {
  for (const Mode mode : {Mode::kEnforce, Mode::kObserve}) {
    Policy policy;
    policy.default_mode = mode;
    Stage stage(policy);
    Split(stage);
    ASSERT_EQ(stage.questions().size(), 2U);
    for (const AskAffirm& question : stage.questions()) EXPECT_EQ(question.gate_may_follow, mode == Mode::kEnforce);
  }
}

TEST(Engine, OfThreeOnlyTheBestIsLeft) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Add("c", 80);
  stage.Take("a");
  stage.Take("b");
  stage.Take("c");
  stage.Run(seconds(2));
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  EXPECT_EQ(stage.View().held_back.size(), 2U);
}

TEST(Engine, TheSameVipInTwoClustersIsNoConflict) {
  Stage stage;
  stage.Add("a", 100, "east");
  stage.Add("b", 90, "west");
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(2));
  EXPECT_THAT(stage.directives(), IsEmpty());
  EXPECT_EQ(stage.View("east").state, VipState::kHeld);
  EXPECT_EQ(stage.View("west").state, VipState::kHeld);
}

TEST(Engine, WhenTheSurvivorGivesTheVipUpTheHeldNodeIsLetInAtOnce) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.GiveUp("a");
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

TEST(Engine, WhenTheSurvivorIsCutOffTheHeldNodeIsLetIn) {
  Stage stage;
  const IpAddress gateway = Stage::Ip("192.168.1.1");
  stage.Add("a", 100).reach = Reach{1, 1, {gateway}, {}};
  stage.Add("b", 90).reach = Reach{1, 1, {gateway}, {}};
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(2));
  ASSERT_THAT(stage.Answering(), ElementsAre("a"));
  stage.At("a").reach = Reach{1, 0, {}, {gateway}};  // a dead switch port; it affirms all the same
  stage.Run(seconds(6));
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST(Engine, WhereNobodyReachesAnythingTheHoldStands) {
  Stage stage;
  const Reach nobody{1, 0, {}, {Stage::Ip("192.168.1.1")}};
  stage.Add("a", 100).reach = nobody;  // the gateway is down
  stage.Add("b", 90).reach = nobody;
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(20));
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Engine, WhenTheSurvivorsHostDiesTheHoldEndsWithoutWaitingForStaleness) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.At("a").answers = false;
  stage.Run(milliseconds(2700));
  EXPECT_EQ(stage.Sent<Release>().size(), 1U);
  EXPECT_EQ(stage.Sent<Release>()[0], "b");
}

TEST(Engine, ASurvivorWhoseAdvertsAreHeardKeepsItsHoldAlthoughItsProbeIsSilent) {
  Stage stage;
  Split(stage);
  HeardRouter heard;
  heard.source = *stage.At("a").vip.primary_address;
  heard.vrid = 66;
  heard.version = 2;
  heard.on_wire = true;
  stage.At("b").vip.heard = {heard};
  stage.Report("b");
  stage.Run(seconds(1));
  stage.Detach("a");
  stage.Run(milliseconds(500));
  EXPECT_THAT(stage.Sent<Release>(), IsEmpty());
  stage.At("b").vip.heard[0].on_wire = false;
  stage.Report("b");
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
}

TEST(Engine, AnOperatorsReleaseEndsTheHold) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  OperatorRelease release;
  release.request = 7;
  release.node = "b";
  release.vip = Stage::Vip();
  release.who = "carol";
  stage.GiveUp("b");
  stage.Do(release);
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
  ASSERT_EQ(stage.operator_answers().size(), 1U);
  EXPECT_EQ(stage.operator_answers()[0].code, Code::kOk);
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

TEST(Engine, ReleasingANodeThatIsNotHeldIsNotFound) {
  Stage stage;
  stage.Add("a", 100);
  OperatorRelease release;
  release.node = "a";
  release.vip = Stage::Vip();
  stage.Do(release);
  EXPECT_EQ(stage.operator_answers().at(0).code, Code::kNotFound);
}

TEST(Engine, DemotingTheOnlyHolderIsRefused) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  OperatorDemote demote;
  demote.node = "a";
  demote.vip = Stage::Vip();
  stage.Do(demote);
  stage.Run(seconds(1));
  EXPECT_EQ(stage.operator_answers().at(0).code, Code::kFailedPrecondition);
  EXPECT_THAT(stage.directives(), IsEmpty());
}

TEST(Engine, AnOperatorMayDemoteTheBetterOfTwo) {
  Policy policy;
  policy.default_mode = Mode::kObserve;
  Stage stage(policy);
  Split(stage);
  stage.Run(seconds(2));
  OperatorDemote demote;
  demote.node = "a";
  demote.vip = Stage::Vip();
  demote.who = "carol";
  stage.Do(demote);
  stage.Run(milliseconds(1));
  ASSERT_EQ(stage.operator_answers().size(), 1U);
  EXPECT_EQ(stage.operator_answers()[0].code, Code::kOk) << stage.operator_answers()[0].message;
  EXPECT_EQ(stage.operator_answers()[0].survivor, "b");
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST(Engine, AStandingHoldSurvivesARestartOfTheArbiter) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  const std::size_t holds = stage.Sent<OrderHold>().size();
  stage.Restart();
  stage.Attach("b");
  stage.Run(milliseconds(500));
  stage.Attach("a");
  stage.Run(seconds(1));
  EXPECT_EQ(stage.View().state, VipState::kGuarded);
  EXPECT_EQ(stage.Sent<OrderHold>().size(), holds);
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
}

TEST(Engine, AfterARestartASurvivorThatNeverComesBackEndsTheHold) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.Restart();
  stage.Attach("b");
  stage.Run(seconds(4));
  EXPECT_THAT(stage.Answering(), testing::Contains("b"));
}

TEST(Engine, AHoldThatNobodyRemembersIsTakenOver) {
  Stage stage;
  stage.Add("a", 100);
  stage.Take("a");
  Actor& b = stage.Add("b", 90);
  b.holds = {{Stage::Vip(), "1-9", "a", "priority", stage.now(), 1}};
  stage.Detach("b");
  stage.Attach("b");
  EXPECT_EQ(stage.NoteCount("adopted"), 1U);
  EXPECT_EQ(stage.View().held_back.size(), 1U);
}

TEST(Engine, SyncGroupMembersStayTogetherOnOneNode) {
  Stage stage;
  const IpAddress other = Stage::Ip("192.168.1.213");
  for (const auto& [name, priority] : {std::pair("a", 100), std::pair("b", 90)}) {
    Actor& actor = stage.Add(name, static_cast<std::uint8_t>(priority));
    actor.vip.sync_group = "G";
    actor.vip.bound_together = {Stage::Vip(), other};
    actor.more = {other};
    actor.vip.rungs[1].scope = {Stage::Vip(), other};
  }
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(2));
  for (const VipView& vip : stage.Cluster().vips) {
    ASSERT_EQ(vip.holders.size(), 1U);
    EXPECT_EQ(vip.holders[0].node, "a");
  }
}

TEST(Engine, ASyncGroupHasOneSuccessor) {
  Stage stage;
  const IpAddress other = Stage::Ip("192.168.1.213");
  for (const auto& [name, priority] : {std::pair("a", 100), std::pair("b", 90), std::pair("c", 80)}) {
    Actor& actor = stage.Add(name, static_cast<std::uint8_t>(priority));
    actor.vip.sync_group = "G";
    actor.vip.bound_together = {Stage::Vip(), other};
    actor.more = {other};
    actor.vip.rungs[1].scope = {Stage::Vip(), other};
  }
  for (const char* name : {"a", "b", "c"}) stage.Take(name);
  stage.Run(milliseconds(500));
  // For one of the VIPs c comes first, for the other one b would.
  Actor& c = stage.At("c");
  c.more.clear();
  c.unlike[other] = c.vip;
  c.vip.priority = 95;
  stage.Report("c");
  stage.Detach("a");
  stage.Run(milliseconds(500));
  for (const VipView& vip : stage.Cluster().vips) {
    ASSERT_EQ(vip.holders.size(), 1U);
    EXPECT_EQ(vip.holders[0].node, "c") << vip.vip.ToString();
  }
}

TEST(Engine, WithoutAGateNobodyLosesAVipThatNobodyElseServes) {
  Stage stage;
  const IpAddress other = Stage::Ip("192.168.1.213");
  stage.Add("a", 100);
  Actor& b = stage.Add("b", 90);
  b.more = {other};
  b.vip.rungs = {{RungKind::kGate, false, "Linux 5.10 has no egress hook", {Stage::Vip()}},
                 {RungKind::kTrackFile, true, "", {Stage::Vip(), other}}};
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(3));
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_THAT(stage.View().advice, HasSubstr("192.168.1.213"));
  EXPECT_THAT(stage.View().advice, HasSubstr("Linux 5.10 has no egress hook"));
}

TEST(Engine, WithoutAGateTheHoldWaitsForConfirmAfter) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90).vip.rungs = {{RungKind::kTrackFile, true, "", {Stage::Vip()}}};
  stage.Take("a");
  stage.Take("b");
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), IsEmpty());
  stage.Run(milliseconds(251));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Engine, TheSameEventsGiveTheSameEffects) {
  const auto history = [] {
    Stage stage;
    Split(stage);
    stage.Run(seconds(30));
    std::string text;
    for (const Note& note : stage.notes()) text += note.kind + ":" + note.text + "\n";
    for (const Directive& d : stage.directives()) {
      text += d.to.node + std::to_string(d.fence.sequence) + "/" + std::to_string(d.action.index()) + "\n";
    }
    return text;
  };
  EXPECT_EQ(history(), history());
}

}  // namespace
}  // namespace arbiter::core
