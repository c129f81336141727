// About which VIPs a node asks whether anybody else answers.
#include "probe/daemon/who_answers.h"

#include <gtest/gtest.h>

namespace probe::daemon {
namespace {

hold::VipState Held() {
  hold::VipState state;
  state.vip = arbiter::IpAddress::Parse("192.168.1.212").value();
  state.configured = state.effective = true;
  return state;
}

TEST(WhoAnswers, AreAskedByAHolderOnly) {
  EXPECT_TRUE(WhoAnswers::IsAskedAbout(Held()));
  hold::VipState state = Held();
  state.gate = hold::GateState::kUnavailable;
  EXPECT_TRUE(WhoAnswers::IsAskedAbout(state)) << "nothing is shut";
  state = Held();
  state.configured = false;
  EXPECT_FALSE(WhoAnswers::IsAskedAbout(state));
  state = Held();
  state.effective = false;
  EXPECT_FALSE(WhoAnswers::IsAskedAbout(state));
  for (const hold::GateState gate :
       {hold::GateState::kShut, hold::GateState::kShutForAWhile, hold::GateState::kAdvertsOnly}) {
    state = Held();
    state.gate = gate;
    EXPECT_FALSE(WhoAnswers::IsAskedAbout(state)) << "whoever answers then is the survivor";
  }
  state = Held();
  state.not_ours = "listed under protect";
  EXPECT_FALSE(WhoAnswers::IsAskedAbout(state));
}

}  // namespace
}  // namespace probe::daemon
