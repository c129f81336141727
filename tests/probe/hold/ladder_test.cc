// The ladder: which rung comes when, and when it is believed.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

auto Worked(RungKind kind) { return AllOf(Field(&RungResult::kind, kind), Field(&RungResult::worked, true)); }
auto Failed(RungKind kind, const std::string& why) {
  return AllOf(Field(&RungResult::kind, kind), Field(&RungResult::worked, false),
               Field(&RungResult::detail, HasSubstr(why)));
}

class Ladder : public HeldNode {
 protected:
  void HoldAfresh() {
    See();
    acts.Take();
    (void)keeper->TakeOutput();
    Hold();
  }
};

TEST_F(Ladder, AnswersAsSoonAsTheGateIsShutAndAgainWhenTheRestIsDone) {
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 1", "on_demoted 10.0.0.1"));
  std::vector<DirectiveResult> results = Results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].outcome, Outcome::kDone);
  EXPECT_THAT(results[0].rungs, ElementsAre(Worked(RungKind::kGate)));
  Pass(milliseconds(3));
  state.configured = false;
  See();
  results = Results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].fence, (Fence{7, 1}));
  EXPECT_THAT(results[0].rungs, ElementsAre(Worked(RungKind::kGate), Worked(RungKind::kTrackFile)));
  EXPECT_EQ(results[0].rungs[1].took, milliseconds(3));
}

TEST_F(Ladder, LeavesAliveDaemonsAddressAloneBehindTheGate) {
  Offer({RungKind::kGate, RungKind::kRemoveAddress, RungKind::kStopDaemon, RungKind::kExec});
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "on_demoted 10.0.0.1"));
  EXPECT_FALSE(keeper->NextDeadline(now) && *keeper->NextDeadline(now) < now + seconds(1));
}

TEST_F(Ladder, DoesNotUseAForbiddenTrackFile) {
  See();
  acts.Take();
  (void)keeper->TakeOutput();
  Obey(OrderHold{"split", "a", {}, seconds(3), {RungKind::kTrackFile}});
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "on_demoted 10.0.0.1"));
  EXPECT_THAT(Only().rungs, ElementsAre(Worked(RungKind::kGate)));
}

TEST_F(Ladder, SaysWhenAForbiddenRungIsMissed) {
  Offer({RungKind::kTrackFile});
  See();
  acts.Take();
  (void)keeper->TakeOutput();
  Obey(OrderHold{"split", "a", {}, seconds(3), {RungKind::kTrackFile}});
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_THAT(Only().detail, HasSubstr("it would drop what the directive does not allow"));
}

TEST_F(Ladder, RemovesTheAddressWhereNoLiveDaemonPutsItBack) {
  const struct {
    const char* what;
    DaemonState daemon;
    bool in_config;
    bool removed;
  } kCases[] = {
      {"a leftover", DaemonState::kGone, true, true},
      {"frozen", DaemonState::kFrozen, true, true},
      {"put there by hand", DaemonState::kRunning, false, true},
      {"the daemon's own", DaemonState::kRunning, true, false},
      {"it cannot be told", DaemonState::kUnknown, true, false},
      {"it cannot be told whose it is", DaemonState::kUnknown, false, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    Start();
    Obey(Release{});
    Offer({RungKind::kGate, RungKind::kRemoveAddress});
    state.daemon = c.daemon;
    state.in_daemon_config = c.in_config;
    HoldAfresh();
    const std::vector<std::string> done = acts.Take();
    EXPECT_EQ(std::count(done.begin(), done.end(), "remove 10.0.0.1"), c.removed ? 1 : 0);
  }
}

TEST_F(Ladder, SaysWhyAnAddressWasNotRemovedThatALiveDaemonOwnsAfterAll) {
  state.daemon = DaemonState::kGone;
  acts.fails["remove"] = absl::FailedPreconditionError("remove 10.0.0.1: a live VRRP daemon owns it");
  HoldAfresh();
  std::vector<DirectiveResult> results = Results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].outcome, Outcome::kDone) << "its gate is shut";
  EXPECT_THAT(results[0].detail, HasSubstr("a live VRRP daemon owns it"));
  EXPECT_FALSE(keeper->holds().at(vip).address_removed);
}

TEST_F(Ladder, RemembersWhereAnAddressWasThatItRemoved) {
  state.daemon = DaemonState::kGone;
  HoldAfresh();
  EXPECT_THAT(store.saved.holds.at(vip).removed, ElementsAre(RemovedAddress{"eth0", 24, 0, 0, "eth0"}));
}

TEST_F(Ladder, WritesTheTrackFileForAFrozenDaemonAndDoesNotWaitForIt) {
  state.daemon = DaemonState::kFrozen;
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 1", "remove 10.0.0.1", "on_demoted 10.0.0.1"));
}

TEST_F(Ladder, WithoutAGateStopsAtTheFirstRungThatIsSeenToWork) {
  Offer({RungKind::kTrackFile, RungKind::kStopDaemon, RungKind::kExec});
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1"));
  EXPECT_THAT(Results(), IsEmpty());
  Pass(milliseconds(2));
  state.configured = false;
  See();
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  EXPECT_THAT(result.rungs, ElementsAre(Failed(RungKind::kGate, "no gate here"), Worked(RungKind::kTrackFile)));
  EXPECT_THAT(acts.Take(), ElementsAre("on_demoted 10.0.0.1"));
}

TEST_F(Ladder, WithoutAGateClimbsOnAtEachDeadline) {
  keeper->OnArbiterConnected(true, now);
  Offer({RungKind::kTrackFile, RungKind::kStopDaemon, RungKind::kExec});
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1"));
  EXPECT_EQ(keeper->NextDeadline(now), now + policy.track_file_within);
  Pass(policy.track_file_within);
  EXPECT_THAT(acts.Take(), ElementsAre("stop"));
  Pass(policy.stop_daemon_within);
  EXPECT_THAT(acts.Take(), ElementsAre("exec 10.0.0.1"));
  Pass(policy.exec_within);
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(result.detail, HasSubstr("track_file did not work (the address is still there after"));
  EXPECT_THAT(result.rungs,
              ElementsAre(Failed(RungKind::kGate, "no gate here"), Failed(RungKind::kTrackFile, "still there after"),
                          Failed(RungKind::kStopDaemon, "still there"), Failed(RungKind::kExec, "still there")));
  EXPECT_THAT(acts.Take(), IsEmpty());
}

TEST_F(Ladder, WithoutAGateRemovesWhatAStoppedDaemonLeftBehind) {
  Offer({RungKind::kRemoveAddress, RungKind::kStopDaemon});
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("stop"));
  Pass(seconds(1));
  state.daemon = DaemonState::kGone;
  See();
  Pass(policy.stop_daemon_within - seconds(1));
  EXPECT_THAT(acts.Take(), ElementsAre("remove 10.0.0.1"));
  state.configured = false;
  See();
  EXPECT_EQ(Only().outcome, Outcome::kDone);
}

TEST_F(Ladder, ClimbsOnWhenTheGateDoesNotShut) {
  Offer({RungKind::kGate, RungKind::kTrackFile});
  acts.fails["shut"] = absl::PermissionDeniedError("add table: Operation not permitted");
  HoldAfresh();
  state.configured = false;
  See();
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  EXPECT_THAT(result.rungs,
              ElementsAre(Failed(RungKind::kGate, "Operation not permitted"), Worked(RungKind::kTrackFile)));
}

TEST_F(Ladder, ClimbsOnWhenTheKernelDoesNotShowTheGateShut) {
  Offer({RungKind::kGate, RungKind::kTrackFile});
  acts.gate_lies = true;
  HoldAfresh();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 1"));
  EXPECT_THAT(Results(), IsEmpty());
}

TEST_F(Ladder, FailsAtOnceWhereThereIsNoRung) {
  Offer({});
  HoldAfresh();
  EXPECT_EQ(Only().outcome, Outcome::kFailed);
}

TEST_F(Ladder, IsClimbedAgainWhenTheAddressComesBackWithoutAGate) {
  Offer({RungKind::kTrackFile, RungKind::kRemoveAddress});
  state.daemon = DaemonState::kFrozen;
  HoldAfresh();
  state.configured = false;
  See();
  acts.Take();
  state.daemon = DaemonState::kGone;
  state.configured = true;
  See();
  EXPECT_THAT(acts.Take(), ElementsAre("remove 10.0.0.1"));
}

TEST_F(Ladder, WaitsLongerAndLongerForRungsThatDoNotBite) {
  Offer({RungKind::kRemoveAddress});
  state.daemon = DaemonState::kGone;
  HoldAfresh();
  PassByDeadlines(seconds(60));
  const std::vector<std::string> done = acts.Take();
  EXPECT_EQ(std::count(done.begin(), done.end(), "remove 10.0.0.1"), 6);  // after 0, 1, 3, 7, 15 and 31 s
}

TEST_F(Ladder, LeavesTheGateShutWhenAFrozenDaemonThaws) {
  state.daemon = DaemonState::kFrozen;
  HoldAfresh();
  state.configured = false;
  See();
  acts.Take();
  state.daemon = DaemonState::kRunning;
  state.configured = true;
  See();
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(Ladder, RemovesTheLeftoverOfADaemonThatDiesBehindTheGate) {
  Offer({RungKind::kGate, RungKind::kRemoveAddress});
  HoldAfresh();
  acts.Take();
  state.daemon = DaemonState::kGone;
  See();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "remove 10.0.0.1"));
}

TEST_F(Ladder, PutsAGateBackThatSomebodyElseRemoved) {
  HoldAfresh();
  acts.Take();
  acts.FlushGates();
  keeper->OnGateTampered(now);
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1"));
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(Ladder, PutsAGateShutForAWhileBackForTheRestOfItsTime) {
  Obey(ShutForAWhile{seconds(2)});
  Pass(milliseconds(500));
  acts.Take();
  acts.FlushGates();
  keeper->OnGateTampered(now);
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1 for 1.5s"));
}

TEST_F(Ladder, PutsAGateBackThatIsSeenOpen) {
  HoldAfresh();
  acts.Take();
  acts.FlushGates();
  See();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1"));
}

TEST_F(Ladder, ShutsTheGateAsSoonAsItBecomesUsable) {
  Offer({RungKind::kTrackFile});
  HoldAfresh();
  state.configured = false;
  See();
  acts.Take();
  state.gate = GateState::kOpen;
  Offer({RungKind::kGate, RungKind::kTrackFile});
  See();
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

}  // namespace
}  // namespace probe::hold
