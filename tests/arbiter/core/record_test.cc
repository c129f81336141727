// What the record of a split says, and that it is of now: what changed or ended it, for how long two answered, who
// survived.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const IncidentRecord& Only(const Stage& stage) { return stage.disk().begin()->second; }

std::vector<std::string> Told(const IncidentRecord& record) {
  std::vector<std::string> texts;
  for (const TimelineEntry& entry : record.timeline) texts.push_back(entry.text);
  return texts;
}

Policy Observing() {
  Policy policy;
  policy.default_mode = Mode::kObserve;
  return policy;
}

TEST(Record, ARestartInObserveModeIsTheSameSplit) {
  Stage stage(Observing());
  Split(stage);
  stage.Run(seconds(10));
  ASSERT_EQ(stage.View().state, VipState::kSplit);
  ASSERT_THAT(stage.disk(), SizeIs(1));
  stage.Restart();
  stage.Run(seconds(3));
  stage.Attach("a");
  stage.Run(seconds(3));
  stage.Attach("b");
  stage.Run(seconds(4));
  ASSERT_THAT(stage.disk(), SizeIs(1)) << "no second incident";
  EXPECT_EQ(stage.View().state, VipState::kSplit);
  EXPECT_FALSE(Only(stage).closed.has_value());
  EXPECT_FALSE(Only(stage).healed.has_value()) << "nothing was healed";
  EXPECT_THAT(Told(Only(stage)), Not(Contains(HasSubstr("is over"))));
  stage.GiveUp("b");
  stage.Run(seconds(20));
  ASSERT_THAT(stage.disk(), SizeIs(1));
  ASSERT_TRUE(Only(stage).closed.has_value());
  EXPECT_GE(Only(stage).dual_hold, seconds(20)) << "both answered all the time, the arbiter's absence included";
  EXPECT_LE(Only(stage).dual_hold, seconds(21));
}

TEST(Record, WhatEndedWhileTheArbiterWasAwayIsOverOnceItsNodesAreHere) {
  Stage stage(Observing());
  Split(stage);
  stage.Run(seconds(10));
  stage.Restart();
  stage.At("b").vip.configured = stage.At("b").vip.advertises = false;
  stage.Run(seconds(60));
  EXPECT_FALSE(Only(stage).closed.has_value()) << "nobody is here to tell";
  stage.Attach("a");
  stage.Attach("b");
  stage.Run(seconds(1));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_TRUE(Only(stage).closed.has_value());
  EXPECT_LE(Only(stage).dual_hold, seconds(10));
}

TEST(Record, AReleaseByHandOnTheNodeIsToldAndNoHealing) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(5));
  ASSERT_EQ(stage.View().state, VipState::kGuarded);
  ASSERT_TRUE(Only(stage).healed.has_value());
  const auto healed = stage.NoteCount("healed");
  stage.At("b").obeys = false;  // it is let in, and stays in
  stage.ReleaseByHand("b");
  stage.Run(milliseconds(600));
  ASSERT_THAT(stage.disk(), SizeIs(1)) << "one split, one incident";
  EXPECT_THAT(Told(Only(stage)), Contains(HasSubstr("b ended its hold on 192.168.1.212 by itself")));
  EXPECT_FALSE(Only(stage).healed.has_value()) << "two answer again";
  EXPECT_EQ(stage.NoteCount("healed"), healed);
  EXPECT_EQ(stage.NoteCount("split"), 2U);
  stage.At("b").obeys = true;
  stage.Run(seconds(20));
  EXPECT_EQ(stage.View().state, VipState::kGuarded);
  ASSERT_THAT(stage.disk(), SizeIs(1));
  EXPECT_TRUE(Only(stage).healed.has_value());
}

TEST(Record, AReleaseByHandWhileTheArbiterWasAwayIsTold) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(5));
  stage.Restart();
  stage.ReleaseByHand("b");
  stage.Attach("a");
  stage.Attach("b");
  stage.Run(seconds(5));
  ASSERT_THAT(stage.disk(), SizeIs(1));
  EXPECT_THAT(Told(Only(stage)), Contains(HasSubstr("b came without its hold on 192.168.1.212")));
}

TEST(Record, TheSurvivorIsNeverOneOfTheDemoted) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(3));
  ASSERT_THAT(Only(stage).demoted, ElementsAre("b"));
  stage.GiveUp("a");
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("b"));
  EXPECT_EQ(Only(stage).survivor, "b");
  EXPECT_THAT(Only(stage).demoted, Not(Contains("b")));
  EXPECT_THAT(Told(Only(stage)), Contains(HasSubstr("b has to give 192.168.1.212 up"))) << "the story keeps it";
  stage.Take("a");
  stage.Run(seconds(60));
  for (const auto& [id, record] : stage.disk()) EXPECT_THAT(record.demoted, Not(Contains(record.survivor)));
}

TEST(Record, CausesAreJudgedAnewAndWhatHasGoneIsStruck) {
  Stage stage;
  stage.Add("a", 100).vip.vrid = 66;
  stage.Add("b", 90).vip.vrid = 65;
  for (const char* name : {"a", "b"}) {
    stage.At(name).vip.segment = "192.168.1.0/24";
    stage.At(name).report.config_path = "/etc/keepalived.conf";
  }
  HeardRouter of_a;  // b hears a all the time
  of_a.source = *stage.At("a").vip.primary_address;
  of_a.vrid = 66;
  of_a.version = 2;
  of_a.on_wire = of_a.delivered = of_a.names_vip = true;
  stage.At("b").vip.heard = {of_a};
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(30));
  ASSERT_THAT(stage.View().causes, ElementsAre(Cause::kVridMismatch));
  stage.At("b").vip.vrid = 66;
  stage.Report("b");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.View().causes, IsEmpty());
  ASSERT_THAT(Only(stage).causes, SizeIs(1)) << "the record keeps it";
  EXPECT_TRUE(Only(stage).causes[0].ended.has_value());
  EXPECT_THAT(Told(Only(stage)), Contains("VRID_MISMATCH no longer holds"));
  EXPECT_THAT(stage.View().advice, HasSubstr("what was wrong has been mended"));
  stage.At("b").vip.vrid = 65;
  stage.Report("b");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.View().causes, ElementsAre(Cause::kVridMismatch)) << "and it is back";
}

TEST(Record, NextNeverTakesTheAddressFromTheOnlyNodeThatServes) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  for (const char* name : {"a", "b"}) stage.At(name).report.config_path = "/etc/keepalived.conf";
  stage.Take("a");
  stage.Run(seconds(5));
  Actor& b = stage.At("b");  // first fault: an address by hand on b
  b.vip.daemon = b.report.daemon = DaemonState::kGone;
  stage.Take("b");
  stage.Run(seconds(10));
  ASSERT_EQ(stage.View().state, VipState::kGuarded);
  ASSERT_THAT(stage.View().advice, HasSubstr("remove 192.168.1.212"));
  stage.At("a").vip.daemon = stage.At("a").report.daemon =
      DaemonState::kGone;  // second: a's daemon ends, and its address goes
  stage.GiveUp("a");
  stage.Run(seconds(20));
  ASSERT_THAT(stage.Answering(), ElementsAre("b"));
  EXPECT_THAT(stage.View().advice, Not(HasSubstr("remove 192.168.1.212")));
}

OperatorForget ForgetB() {
  OperatorForget forget;
  forget.request = 7;
  forget.node = "b";
  forget.who = "kim";
  return forget;
}

TEST(Retired, ANodeThatIsConnectedIsNotForgotten) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Do(ForgetB());
  ASSERT_THAT(stage.operator_answers(), SizeIs(1));
  EXPECT_EQ(stage.operator_answers()[0].code, Code::kFailedPrecondition);
  EXPECT_THAT(stage.Cluster().nodes, SizeIs(2));
}

TEST(Retired, NothingIsLeftOfItButWhatIsRecorded) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(5));
  ASSERT_EQ(stage.View().state, VipState::kGuarded);
  stage.Detach("b");
  stage.Do(ForgetB());
  ASSERT_THAT(stage.operator_answers(), SizeIs(1));
  EXPECT_EQ(stage.operator_answers()[0].code, Code::kOk);
  EXPECT_TRUE(stage.operator_answers()[0].known);
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Cluster().nodes, SizeIs(1));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_FALSE(stage.View().no_standby) << "a is a cluster of its own now";
  EXPECT_TRUE(Only(stage).closed.has_value());
  EXPECT_THAT(Told(Only(stage)), Contains("the hold on b is over: the node is forgotten by kim"));
  EXPECT_EQ(stage.NoteCount("forgotten"), 1U);
  stage.Attach("b");  // it had its hold still
  stage.Run(seconds(5));
  EXPECT_THAT(stage.Cluster().nodes, SizeIs(2));
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
}

TEST(Retired, ANodeOfAnEarlierLifeIsToldAsForgottenToo) {
  Stage stage;
  stage.Add("a", 100);
  stage.Do(ForgetB());
  EXPECT_FALSE(stage.operator_answers()[0].known);
  EXPECT_EQ(stage.NoteCount("forgotten"), 1U);
}

}  // namespace
}  // namespace arbiter::core
