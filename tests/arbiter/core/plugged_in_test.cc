// A daemon that ignores its link (dont_track_primary) is active all along behind a cable that is out. When it is in
// again two answer until one has heard the other's next advert: a change of hands, and no split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "arbiter/core/engine.h"
#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class PluggedIn : public testing::Test {
 protected:
  // a's cable is out, b serves, and then it is in again.
  void PlugIn(std::uint8_t priority_of_a, std::uint32_t reached_by_a = 2) {
    stage.Add("a", priority_of_a).reach = Reach{2, 2, {}, {}};
    stage.Add("b", 90).reach = Reach{2, 2, {}, {}};
    stage.Take("a");
    stage.Run(seconds(1));
    Actor& a = stage.At("a");
    a.vip.link_down = true;
    a.vip.effective = a.vip.advertises = false;
    stage.Report("a");
    stage.Take("b");
    stage.Run(seconds(5));
    ASSERT_EQ(stage.View().state, VipState::kHeld);
    a.vip.link_down = false;
    a.vip.effective = true;
    a.reach = Reach{2, reached_by_a, {}, {}};
    stage.Report("a");
    stage.Run(milliseconds(900));
    ASSERT_THAT(stage.Sent<OrderHold>(), IsEmpty()) << "an advert interval has not passed";
  }

  void ExpectNothingWasWrong() {
    stage.Run(seconds(5));
    EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
    EXPECT_EQ(stage.View().incident, IncidentId());
    EXPECT_EQ(stage.View().state, VipState::kHeld);
  }

  Stage stage;
};

TEST_F(PluggedIn, TheHigherPriorityIsNotShutForItHasNotHadItsTurnToAdvertise) {
  PlugIn(100);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), ElementsAre("b"));
  stage.At("a").vip.advertises = true;
  stage.Report("a");
  stage.GiveUp("b");  // it has heard that
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  ExpectNothingWasWrong();
}

// The switch takes a while to forward what comes from a port that has just come up.
TEST_F(PluggedIn, WhoReachesNobodyYetIsAskedAgain) {
  PlugIn(100, 0);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), IsEmpty());
  stage.At("a").reach = Reach{2, 2, {}, {}};
  stage.Run(milliseconds(300));
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), ElementsAre("b"));
  stage.At("a").vip.advertises = true;
  stage.Report("a");
  stage.Run(milliseconds(900));  // b hears its next advert
  stage.GiveUp("b");
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  ExpectNothingWasWrong();
}

TEST_F(PluggedIn, WhoReachesNobodyInTimeIsCutOff) {
  PlugIn(100, 0);
  stage.Run(seconds(2));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST_F(PluggedIn, TheLowerPriorityHearsTheOtherAndYields) {
  PlugIn(80);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), ElementsAre("a"));
  stage.GiveUp("a");
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
  ExpectNothingWasWrong();
}

TEST_F(PluggedIn, WhatDoesNotAdvertiseInTimeSurvivesNobody) {
  PlugIn(100);
  stage.Run(seconds(2));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST_F(PluggedIn, WhoeverAdvertisesAndDoesNotMakeTheOtherYieldIsInASplit) {
  PlugIn(100);
  stage.At("a").vip.advertises = true;
  stage.Report("a");
  stage.Run(seconds(2));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
}

TEST_F(PluggedIn, ALinkThatComesAndGoesPutsNothingOffForEver) {
  PlugIn(100);
  Actor& a = stage.At("a");
  for (int i = 0; i < 20; ++i) {
    a.vip.link_down = true;
    stage.Report("a");
    a.vip.link_down = false;
    stage.Report("a");
    stage.Run(milliseconds(200));
  }
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST_F(PluggedIn, ALeftoverOfADeadDaemonHasNoTurn) {
  Actor& a = stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("b");
  a.vip.daemon = DaemonState::kGone;
  a.vip.link_down = true;
  a.vip.effective = false;
  stage.Take("a");
  stage.Run(seconds(1));
  a.vip.link_down = false;
  a.vip.effective = true;
  stage.Report("a");
  stage.Run(milliseconds(500));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("a"));
}

}  // namespace
}  // namespace arbiter::core
