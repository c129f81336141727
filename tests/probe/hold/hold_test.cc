// Directives one by one: what is done, what is refused, and what is answered.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Directives : public HeldNode {};

TEST_F(Directives, AreRefusedInADryRunAndNothingIsTouched) {
  policy.dry_run = true;
  Start();
  acts.Take();
  for (const Action& action : {Action(ShutForAWhile{seconds(2)}), Action(OrderHold{}), Action(StartTrial{}),
                               Action(EndTrial{}), Action(Release{}), Action(Announce{})}) {
    Obey(action);
    const DirectiveResult result = Only();
    EXPECT_EQ(result.outcome, Outcome::kRefused);
    EXPECT_THAT(result.detail, HasSubstr("dry run"));
  }
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Directives, OfAnOlderTermAreRefusedAfterAWelcomeOfANewerOne) {
  keeper->OnTerm(8, now);
  acts.Take();
  Hold();
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Directives, AreObeyedAtMostOnce) {
  const Directive order = Order(ShutForAWhile{seconds(2)});
  keeper->OnDirective(order, now, boot);
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  acts.Take();
  keeper->OnDirective(order, now, boot);
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Directives, ThatCannotBeRememberedAreObeyedAndSaySo) {
  store.save_error = absl::ResourceExhaustedError("write /run/holds.yaml: No space left on device");
  Hold();
  const std::vector<DirectiveResult> results = Results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].outcome, Outcome::kDone);
  EXPECT_THAT(results[0].detail, HasSubstr("not remembered over a restart: write /run/holds.yaml"));
  store.save_error = absl::OkStatus();
  PassByDeadlines(seconds(2));
  EXPECT_THAT(store.saved.holds, SizeIs(1));
}

TEST_F(Directives, ShutTheGateForAWhile) {
  acts.Take();
  Obey(ShutForAWhile{seconds(2)});
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1 for 2.0s"));
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  ASSERT_THAT(result.rungs, SizeIs(1));
  EXPECT_TRUE(result.rungs[0].worked);
  EXPECT_FALSE(keeper->IsHeld(vip));
}

TEST_F(Directives, DoNotShutTheGateOfAVipThatIsNotHere) {
  state.configured = false;
  See();
  acts.Take();
  Obey(ShutForAWhile{seconds(2)});
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Directives, NeverTurnAStandingHoldIntoAGateShutForAWhile) {
  Hold();
  acts.Take();
  Obey(ShutForAWhile{seconds(2)});
  EXPECT_THAT(acts.acts, IsEmpty());
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(Directives, FailWhenTheKernelDoesNotShowTheGateShut) {
  acts.gate_lies = true;
  Obey(ShutForAWhile{seconds(2)});
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(result.detail, HasSubstr("the kernel's dump does not show"));
}

TEST_F(Directives, LookAgainWhereTheKernelsTimerEndsLater) {
  acts.timer_lag = std::chrono::milliseconds(15);
  Pass(seconds(1));
  Obey(ShutForAWhile{seconds(2)});
  (void)keeper->TakeOutput();
  Pass(seconds(2));
  EXPECT_THAT(keeper->TakeOutput().gates_changed, IsEmpty());
  Pass(std::chrono::milliseconds(10));
  Pass(std::chrono::milliseconds(10));
  EXPECT_THAT(keeper->TakeOutput().gates_changed, ElementsAre(vip));
  EXPECT_EQ(acts.Gate(vip), GateState::kOpen);
}

TEST_F(Directives, MakeAGateThatOpensByItselfBeReadAnew) {
  Obey(ShutForAWhile{seconds(2)});
  (void)keeper->TakeOutput();
  EXPECT_EQ(keeper->NextDeadline(now), now + seconds(2));
  Pass(seconds(2));
  EXPECT_THAT(keeper->TakeOutput().gates_changed, ElementsAre(vip));
}

TEST_F(Directives, HoldAVipOfWhichNobodyHereKnowsIsRefused) {
  state.configured = false;
  state.in_daemon_config = false;
  See();
  Hold();
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(result.detail, HasSubstr("nothing to do"));
  EXPECT_THAT(keeper->holds(), IsEmpty());
}

TEST_F(Directives, HoldAVipThatTheDaemonMayTakeLater) {
  state.configured = false;
  See();
  Hold();
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
  EXPECT_TRUE(acts.track_files[vip]);
}

TEST_F(Directives, HoldIsRememberedBeforeItIsAnswered) {
  Hold();
  ASSERT_TRUE(store.saved.holds.contains(vip));
  const HoldRecord& hold = store.saved.holds.at(vip);
  EXPECT_EQ(hold.incident, "7-1");
  EXPECT_EQ(hold.survivor, "a");
  EXPECT_EQ(hold.since, boot);
  EXPECT_EQ(store.saved.obeyed.at(vip), (Fence{7, 1}));
}

TEST_F(Directives, HoldThatIsStatedAgainKeepsItsBeginning) {
  Hold();
  const BootTime since = keeper->holds().at(vip).since;
  Pass(seconds(30));
  Hold();
  EXPECT_EQ(keeper->holds().at(vip).since, since);
  EXPECT_EQ(keeper->holds().at(vip).fence, (Fence{7, 2}));
}

TEST_F(Directives, RunTheSitesCommandOnceAHold) {
  Hold();
  EXPECT_THAT(acts.Take(), Contains("on_demoted 10.0.0.1"));
  Hold();
  EXPECT_THAT(acts.Take(), Not(Contains("on_demoted 10.0.0.1")));
}

TEST_F(Directives, AnnounceFourTimesWhileTheVipIsHeld) {
  acts.Take();
  Obey(Announce{});
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  EXPECT_THAT(acts.Take(), ElementsAre("announce 10.0.0.1", "on_survivor 10.0.0.1"));
  PassByDeadlines(seconds(10));
  EXPECT_THAT(acts.Take(), ElementsAre("announce 10.0.0.1", "announce 10.0.0.1", "announce 10.0.0.1"));
}

TEST_F(Directives, StopAnnouncingWhenTheVipHasGone) {
  Obey(Announce{});
  state.configured = false;
  See();
  acts.Take();
  PassByDeadlines(seconds(10));
  EXPECT_THAT(acts.Take(), IsEmpty());
}

TEST_F(Directives, AnnounceNothingThatIsNotAnsweredFor) {
  acts.Take();
  state.effective = false;
  See();
  Obey(Announce{});
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Directives, ReleaseOpensLetsGoAndAnnouncesInOneMoment) {
  Hold();
  acts.Take();
  (void)keeper->TakeOutput();
  Obey(Release{"the survivor is gone"});
  EXPECT_THAT(acts.Take(), ElementsAre("open 10.0.0.1", "track 10.0.0.1 0", "announce 10.0.0.1"));
  const Output output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].outcome, Outcome::kDone);
  EXPECT_THAT(output.holds_changed, ElementsAre(vip));
  EXPECT_THAT(keeper->holds(), IsEmpty());
  EXPECT_THAT(store.saved.holds, IsEmpty());
}

TEST_F(Directives, ReleaseOfAGateShutForAWhileOpensIt) {
  Obey(ShutForAWhile{seconds(2)});
  acts.Take();
  Obey(Release{"the other one yielded"});
  EXPECT_THAT(acts.Take(), ElementsAre("open 10.0.0.1", "announce 10.0.0.1"));
  EXPECT_EQ(keeper->NextDeadline(now), now + milliseconds(100));
}

TEST_F(Directives, ReleaseOfAVipThatWasYieldedAnnouncesNothing) {
  Hold();
  state.configured = false;
  See();
  acts.Take();
  Obey(Release{});
  EXPECT_THAT(acts.Take(), ElementsAre("open 10.0.0.1", "track 10.0.0.1 0"));
}

TEST_F(Directives, ReleaseThatCannotOpenTheGateKeepsTheHold) {
  Hold();
  (void)keeper->TakeOutput();
  acts.fails["open"] = absl::PermissionDeniedError("delete element 10.0.0.1: Operation not permitted");
  Obey(Release{});
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(result.detail, HasSubstr("Operation not permitted"));
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(Directives, ReleaseStartsWhatWasStopped) {
  Offer({RungKind::kStopDaemon});
  See();
  Hold();
  state.configured = false;
  state.daemon = DaemonState::kGone;
  See();
  acts.Take();
  Obey(Release{});
  EXPECT_THAT(acts.Take(), ElementsAre("start"));
}

TEST_F(Directives, ReleaseSaysWhatAHandMustDo) {
  Offer({RungKind::kStopDaemon});
  See();
  Hold();
  (void)keeper->TakeOutput();
  acts.fails["start"] = absl::FailedPreconditionError("a hand is needed: start keepalived");
  Obey(Release{});
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  EXPECT_EQ(result.detail, "a hand is needed: start keepalived");
}

TEST_F(Directives, ReleaseByHandIsToldToTheArbiterAtOnceWhenThereIsOne) {
  keeper->OnArbiterConnected(true, now);
  Hold();
  (void)keeper->TakeOutput();
  EXPECT_TRUE(keeper->ReleaseLocally(vip, "arbiter-probe holds --release", now).ok());
  const Output output = keeper->TakeOutput();
  EXPECT_THAT(output.holds_changed, ElementsAre(vip));
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].fence, (Fence{7, 1}));
  EXPECT_THAT(output.results[0].detail, HasSubstr("released on the node: arbiter-probe holds"));
}

TEST_F(Directives, ReleaseByHandOfWhatIsNotHeldIsAnError) {
  EXPECT_EQ(keeper->ReleaseLocally(vip, "by hand", now).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace probe::hold
