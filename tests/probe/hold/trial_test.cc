// A trial behind the shut gate: the daemon is let go, and no client can notice.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Trials : public HeldNode {
 protected:
  void BeginHold() {
    Hold();
    acts.Take();
    (void)keeper->TakeOutput();
  }
};

TEST_F(Trials, LetTheDaemonGoWhileTheGateStaysShut) {
  BeginHold();
  Obey(StartTrial{false, {}});
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  EXPECT_FALSE(acts.track_files[vip]);
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
  EXPECT_TRUE(store.saved.holds.at(vip).trial);
}

TEST_F(Trials, LetOnlyTheAdvertsOutAndOnlyForAWhile) {
  BeginHold();
  Obey(StartTrial{true, seconds(3)});
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  EXPECT_EQ(acts.Gate(vip), GateState::kAdvertsOnly);
  EXPECT_FALSE(acts.track_files[vip]);
  PassByDeadlines(seconds(3));
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
  EXPECT_THAT(keeper->TakeOutput().gates_changed, ElementsAre(vip));
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(Trials, EndWithEverythingAsTheHoldWantsIt) {
  BeginHold();
  Obey(StartTrial{true, seconds(3)});
  acts.Take();
  (void)keeper->TakeOutput();
  Obey(EndTrial{});
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 1"));
  EXPECT_EQ(Results().front().outcome, Outcome::kDone);
  EXPECT_FALSE(keeper->holds().at(vip).trial);
}

TEST_F(Trials, EndInAReleaseThatAnnounces) {
  BeginHold();
  Obey(StartTrial{true, seconds(3)});
  acts.Take();
  Obey(Release{"the survivor yielded"});
  EXPECT_THAT(acts.Take(), ElementsAre("open 10.0.0.1", "announce 10.0.0.1"));
}

TEST_F(Trials, NeedAShutGate) {
  Offer({RungKind::kTrackFile});
  See();
  BeginHold();
  Obey(StartTrial{false, {}});
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(result.detail, HasSubstr("no shut gate"));
  EXPECT_TRUE(acts.track_files[vip]);
}

TEST_F(Trials, NeedAHold) {
  for (const Action& action : {Action(StartTrial{}), Action(EndTrial{})}) {
    Obey(action);
    EXPECT_EQ(Only().outcome, Outcome::kRefused);
  }
}

TEST_F(Trials, SurviveAFlushForTheRestOfTheirTime) {
  BeginHold();
  Obey(StartTrial{true, seconds(3)});
  Pass(seconds(1));
  acts.FlushGates();
  acts.Take();
  keeper->OnGateTampered(now);
  EXPECT_THAT(acts.Take(), ElementsAre("adverts-only 10.0.0.1 for 2.0s"));
}

TEST_F(Trials, LeaveAnAddressAloneThatTheDaemonTakesBehindTheGate) {
  BeginHold();
  state.configured = false;
  See();
  Obey(StartTrial{false, {}});
  acts.Take();
  state.configured = true;
  See();
  PassByDeadlines(seconds(1));
  EXPECT_THAT(acts.Take(), IsEmpty());
}

}  // namespace
}  // namespace probe::hold
