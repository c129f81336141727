// Holds outlive the probe.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Restart : public HeldNode {};

TEST_F(Restart, PutsHoldsInForceBeforeAnythingElse) {
  Hold();
  acts.FlushGates();
  acts.Take();
  keeper = std::make_unique<HoldKeeper>(acts, store, policy);
  EXPECT_TRUE(keeper->Restore({}, now, boot).ok());
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1"));
  EXPECT_TRUE(keeper->IsHeld(vip));
  EXPECT_THAT(keeper->TakeOutput().holds_changed, ElementsAre(vip));
}

TEST_F(Restart, RemembersTheNewestTermAndWhatWasObeyed) {
  const Directive order = Order(ShutForAWhile{seconds(2)});
  keeper->OnDirective(order, now, boot);
  Start();
  (void)keeper->TakeOutput();
  keeper->OnDirective(order, now, boot);
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  term = 6;
  Hold();
  EXPECT_THAT(Only().detail, HasSubstr("older term"));
}

TEST_F(Restart, RemembersTheTermThatItWasWelcomedWith) {
  keeper->OnTerm(8, now);
  Start();
  (void)keeper->TakeOutput();
  Hold();
  EXPECT_THAT(Only().detail, HasSubstr("older term"));
}

TEST_F(Restart, WritesTheTrackFileAgain) {
  Hold();
  acts.Take();
  Start();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 1"));
}

TEST_F(Restart, ClearsATrackFileThatNoHoldExplains) {
  acts.Take();
  Start();
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 0"));
}

TEST_F(Restart, AdoptsAGateThatNoRecordExplains) {
  Start({vip});
  ASSERT_TRUE(keeper->IsHeld(vip));
  EXPECT_THAT(keeper->holds().at(vip).reason, HasSubstr("found shut"));
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(Restart, GoesOnWithoutAMemoryThatCannotBeRead) {
  store.load_error = absl::DataLossError("read /run/holds.yaml: not YAML");
  Start();
  EXPECT_EQ(restored.code(), absl::StatusCode::kDataLoss);
  Hold();
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(Restart, GoesOnWhenTheGateCannotShutYetAndShutsItLater) {
  Hold();
  acts.FlushGates();
  acts.fails["shut"] = absl::NotFoundError("interface eth0: No such device");
  Start();
  EXPECT_EQ(acts.Gate(vip), GateState::kOpen);
  acts.fails.clear();
  PassByDeadlines(seconds(3));
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(Restart, KeepsADaemonLetGoThatWasOnTrial) {
  Hold();
  Obey(StartTrial{false, {}});
  acts.Take();
  Start();
  EXPECT_THAT(acts.Take(), ElementsAre("shut 10.0.0.1", "track 10.0.0.1 0"));
}

TEST_F(Restart, IntoADryRunTouchesNothing) {
  Hold();
  acts.Take();
  policy.dry_run = true;
  Start({Ip("10.0.0.9")});
  PassByDeadlines(seconds(20));
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_THAT(keeper->holds(), SizeIs(1));
}

TEST_F(Restart, LetsAHoldBeReleasedByHand) {
  Hold();
  Start();
  acts.Take();
  EXPECT_TRUE(keeper->ReleaseLocally(vip, "by hand", now).ok());
  EXPECT_THAT(acts.Take(), Contains("open 10.0.0.1"));
  Start();
  EXPECT_THAT(keeper->holds(), IsEmpty());
}

}  // namespace
}  // namespace probe::hold
