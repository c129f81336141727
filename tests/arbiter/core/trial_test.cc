// How a hold ends by itself: the trial behind the shut gate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arbiter/core/engine.h"
#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Trial, ACauseThatHasGoneEndsTheHoldByATrial) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.GiveUp("b");  // its daemon hears the survivor now and steps back by itself
  stage.Run(seconds(10));
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

TEST(Trial, ATrialProvesNothingWhileTheLinkIsDown) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.At("b").vip.link_down = true;  // keepalived leaves the active state for the link's sake
  stage.GiveUp("b");
  stage.Run(seconds(60));
  EXPECT_THAT(stage.Sent<StartTrial>(), IsEmpty());
  EXPECT_THAT(stage.Sent<Release>(), IsEmpty());
  EXPECT_EQ(stage.View().state, VipState::kGuarded);
  stage.At("b").vip.link_down = false;
  stage.Report("b");
  stage.Run(seconds(10));
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
}

TEST(Trial, ALinkThatGoesDownMeanwhileEndsIt) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.GiveUp("b");
  stage.Run(seconds(3));
  ASSERT_THAT(stage.Sent<StartTrial>(), ElementsAre("b")) << "it listens";
  stage.At("b").vip.link_down = true;
  stage.Report("b");
  EXPECT_THAT(stage.Sent<EndTrial>(), ElementsAre("b"));
  stage.Run(seconds(60));
  EXPECT_THAT(stage.Sent<Release>(), IsEmpty());
}

TEST(Trial, ATrialThatFailsShutsAgainAndTheNextOneWaitsLonger) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(60));
  const std::size_t ended = stage.Sent<EndTrial>().size();
  EXPECT_GE(ended, 2U);
  EXPECT_LE(ended, 6U);
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  EXPECT_THAT(stage.Sent<Release>(), IsEmpty());
}

TEST(Trial, WhenTheSurvivorYieldsToATrialTheVipGoesOverAtOnce) {
  Stage stage;
  stage.Add("a", 100).vip.daemon = DaemonState::kGone;
  stage.Add("b", 90);
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("b"));
  stage.At("a").vip.daemon = DaemonState::kRunning;  // it is started again, and has the higher priority
  stage.Take("a");
  stage.Run(seconds(3));
  ASSERT_THAT(stage.Sent<StartTrial>(), testing::Contains("a"));
  stage.GiveUp("b");
  EXPECT_THAT(stage.Answering(), ElementsAre("a"));
  stage.Run(seconds(1));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

// Whose adverts made it yield is let in, not another held node that ranks higher: that one would not yield, the trial
// would fail, and the clients would be handed to and fro with each of them.
TEST(Trial, WhenTheSurvivorYieldsToATrialNoOtherHeldNodeIsLetIn) {
  Stage stage;
  stage.Add("a", 80);
  stage.Add("b", 90);
  stage.Add("d", 100);
  for (const char* name : {"a", "b", "d"}) stage.At(name).reach = Reach{1, 1, {}, {}};
  stage.At("b").reach = stage.At("d").reach = Reach{1, 0, {}, {}};  // a survives, whatever the others' priority
  for (const char* name : {"a", "b", "d"}) stage.Take(name);
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("a"));
  for (const char* name : {"b", "d"}) stage.At(name).reach = Reach{1, 1, {}, {}};
  stage.At("d").vip.link_down = true;  // it is not tried
  stage.Report("d");
  while (stage.Sent<StartTrial>().empty()) stage.Run(std::chrono::milliseconds(100));
  ASSERT_THAT(stage.Sent<StartTrial>(), ElementsAre("b"));
  stage.At("d").vip.link_down = false;
  stage.Report("d");
  stage.GiveUp("a");
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
}

TEST(Survivor, IsNotSucceededByANodeThatReachesNobodyWhereAnotherDoes) {
  Stage stage;
  stage.Add("a", 110).reach = Reach{1, 1, {}, {}};
  stage.Add("b", 90).reach = Reach{1, 1, {}, {}};
  stage.Add("d", 100).reach = Reach{1, 0, {}, {}};
  for (const char* name : {"a", "b", "d"}) stage.Take(name);
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("a"));
  stage.GiveUp("a");
  EXPECT_THAT(stage.Answering(), ElementsAre("b"));
}

TEST(Trial, ANodeThatReachesNobodyIsNotTriedWhileTheSurvivorReachesSomebody) {
  Stage stage;
  Split(stage);
  stage.At("a").reach = Reach{1, 1, {}, {}};
  stage.At("b").reach = Reach{1, 0, {}, {}};
  stage.Run(std::chrono::seconds(8));
  const std::size_t before = stage.Sent<StartTrial>().size();
  stage.Run(std::chrono::seconds(60));
  EXPECT_EQ(stage.Sent<StartTrial>().size(), before) << "its adverts might make the survivor yield";
  stage.At("b").reach = Reach{1, 1, {}, {}};
  stage.Run(std::chrono::seconds(10));
  EXPECT_GT(stage.Sent<StartTrial>().size(), before);
}

}  // namespace
}  // namespace arbiter::core
