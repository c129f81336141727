// Observe and enforce: of one cluster, of all, for a while, over a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arbiter/core/engine.h"
#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(EngineMode, AModeSetForAWhileReturns) {
  Stage stage;
  stage.Add("a", 100);
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  mode.for_time = seconds(30);
  stage.Do(mode);
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve);
  stage.Run(seconds(31));
  EXPECT_EQ(stage.Cluster().mode, Mode::kEnforce);
}

TEST(EngineMode, WhatAModeForAWhileReturnsToIsNotAnotherOne) {
  Stage stage;
  stage.Add("a", 100);
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  mode.for_time = seconds(30);
  stage.Do(mode);
  stage.Run(seconds(10));
  mode.for_time = seconds(60);  // it takes longer
  stage.Do(mode);
  stage.Run(seconds(59));
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve);
  stage.Run(seconds(2));
  EXPECT_EQ(stage.Cluster().mode, Mode::kEnforce);
}

TEST(EngineMode, AModeSetForAWhileGoesOnOverARestart) {
  Stage stage;
  stage.Add("a", 100);
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  mode.for_time = seconds(30);
  stage.Do(mode);
  stage.Run(seconds(10));
  stage.Restart();
  stage.Attach("a");
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve);
  stage.Run(seconds(19));
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve);
  stage.Run(seconds(2));
  EXPECT_EQ(stage.Cluster().mode, Mode::kEnforce);
}

TEST(EngineMode, AModeOfAllIsThatOfClustersStillToCome) {
  Stage stage;
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  stage.Do(mode);
  EXPECT_EQ(stage.operator_answers().back().code, Code::kOk) << "although no node has attached yet";
  Split(stage);
  stage.Run(seconds(2));
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve);
  EXPECT_THAT(stage.directives(), IsEmpty());
  stage.Restart();
  stage.Attach("a");
  EXPECT_EQ(stage.Cluster().mode, Mode::kObserve) << "after a restart, too";
  mode.mode = Mode::kEnforce;
  mode.cluster = "prod";
  stage.Do(mode);
  stage.Add("c", 80, "test");
  EXPECT_EQ(stage.Cluster("prod").mode, Mode::kEnforce);
  EXPECT_EQ(stage.Cluster("test").mode, Mode::kObserve);
}

TEST(EngineMode, AModeOfAllThatWasSetForAWhileReturns) {
  Stage stage;
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  mode.for_time = seconds(30);
  stage.Do(mode);
  Split(stage);
  stage.Run(seconds(29));
  EXPECT_THAT(stage.directives(), IsEmpty());
  stage.Run(seconds(2));
  EXPECT_EQ(stage.Cluster().mode, Mode::kEnforce);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), Not(IsEmpty())) << "the split that was seen meanwhile is healed now";
}

TEST(EngineMode, AModeOfAClusterThatNobodyKnowsIsRefused) {
  Stage stage;
  OperatorSetMode mode;
  mode.cluster = "prd";
  mode.mode = Mode::kObserve;
  stage.Do(mode);
  EXPECT_EQ(stage.operator_answers().back().code, Code::kNotFound);
  EXPECT_THAT(stage.operator_answers().back().message, HasSubstr("prd"));
}

TEST(EngineMode, ObserveModeWhileAHoldIsBeingWrittenOpensTheGate) {
  Stage stage;
  stage.disk_hangs = true;
  Split(stage);
  stage.Run(milliseconds(300));
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  stage.Do(mode);
  stage.disk_hangs = false;
  stage.Do(Persisted{1, ""});
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_THAT(stage.Answering(), ElementsAre("a", "b"));
}

TEST(EngineMode, EnforceForAnIncidentOfObserveModeHealsIt) {
  Policy policy;
  policy.default_mode = Mode::kObserve;
  Stage stage(policy);
  Split(stage);
  stage.Run(seconds(5));
  OperatorSetMode mode;
  mode.mode = Mode::kEnforce;
  stage.Do(mode);
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kGuarded);
  EXPECT_EQ(stage.disk().size(), 1U);
}

TEST(EngineMode, ObserveModeOpensAnIncidentAndDemotesNobody) {
  Policy policy;
  policy.default_mode = Mode::kObserve;
  Stage stage(policy);
  Split(stage);
  stage.Run(seconds(30));
  EXPECT_THAT(stage.directives(), IsEmpty());
  EXPECT_EQ(stage.View().state, VipState::kSplit);
  EXPECT_EQ(stage.disk().size(), 1U);
  stage.GiveUp("b");
  stage.Run(seconds(1));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_EQ(stage.disk().begin()->second.state, IncidentState::kClosed);
}

}  // namespace
}  // namespace arbiter::core
