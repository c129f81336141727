// What holds never touch, what keeps them standing, and which terms they believe.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Refusals : public HeldNode {
 protected:
  void Disown() {
    state.not_ours = "not touched: it is listed under protect";
    See();
    acts.Take();
  }
};

TEST_F(Refusals, AreOfEveryActOnWhatIsNotOursWithTheReason) {
  Disown();
  for (const Action& action : {Action(ShutForAWhile{seconds(2)}), Action(OrderHold{"split", "a", {}, {}, {}})}) {
    Obey(action);
    const DirectiveResult result = Only();
    EXPECT_EQ(result.outcome, Outcome::kRefused);
    EXPECT_THAT(result.detail, HasSubstr("listed under protect"));
  }
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_FALSE(keeper->IsHeld(vip));
}

TEST_F(Refusals, CountWhatIsSoAtTheExecution) {
  Obey(ShutForAWhile{milliseconds(100)});
  Pass(seconds(1));
  acts.Take();
  (void)keeper->TakeOutput();
  Disown();
  Obey(OrderHold{"split", "a", {}, {}, {}});
  EXPECT_EQ(Only().outcome, Outcome::kRefused);
  EXPECT_THAT(acts.Take(), IsEmpty());
}

TEST_F(Refusals, LeaveAHoldThatStandsToItsRelease) {
  Hold();
  Disown();
  (void)keeper->TakeOutput();
  Hold();
  EXPECT_NE(Only().outcome, Outcome::kRefused);
  Obey(Release{"over"});
  EXPECT_FALSE(keeper->IsHeld(vip));
}

TEST_F(Refusals, AreOfATermThatNoArbiterComesTo) {
  keeper->OnTerm(7, now);
  (void)keeper->TakeOutput();
  keeper->OnTerm(std::uint64_t{1} << 52, now);
  EXPECT_EQ(keeper->newest_term(), 7U);
  const Output output = keeper->TakeOutput();
  ASSERT_EQ(output.notes.size(), 1U);
  EXPECT_EQ(output.notes[0].severity, Note::Severity::kError);
  EXPECT_THAT(output.notes[0].text, HasSubstr("is not believed"));
  Hold();
  EXPECT_EQ(Only().outcome, Outcome::kDone);
}

TEST_F(Refusals, EndWhenAPoisonedTermIsForgottenByHand) {
  store.saved.newest_term = 900'000'000;
  Start();
  Hold();
  EXPECT_THAT(Only().detail, HasSubstr("--forget-term"));
  keeper->ForgetTerm(now);
  EXPECT_EQ(store.saved.newest_term, 0U);
  (void)keeper->TakeOutput();
  Hold();
  EXPECT_EQ(Only().outcome, Outcome::kDone);
}

class Voices : public HeldNode {
 protected:
  Voices() {
    Obey(OrderHold{"split with a", "a", {Ip("10.0.0.2")}, seconds(3), {}, 66});
    acts.Take();
  }
  // Whether the hold outlasts one question that nobody answers, in five seconds of such an advert a second.
  bool Keeps(const HeardAdvert& advert) {
    bool asked = false;
    for (int i = 0; i < 5; ++i) {
      keeper->OnAdvert(advert, now);
      PassByDeadlines(seconds(1));
      const std::vector<std::string> done = acts.Take();
      if (asked || std::find(done.begin(), done.end(), "ask 10.0.0.1") == done.end()) continue;
      asked = true;
      keeper->OnSegmentAnswer(vip, false, now);
    }
    EXPECT_TRUE(asked) << "whatever adverts there are";
    return keeper->IsHeld(vip);
  }
};

TEST_F(Voices, OfTheSurvivorKeepAHoldStanding) { EXPECT_TRUE(Keeps({Ip("10.0.0.2"), 66, {vip}})); }

TEST_F(Voices, OfAnybodyElseDoNot) { EXPECT_FALSE(Keeps({Ip("10.0.0.99"), 66, {vip}})); }

TEST_F(Voices, OfTheSurvivorAsAnotherVirtualRouterDoNot) { EXPECT_FALSE(Keeps({Ip("10.0.0.2"), 65, {vip}})); }

TEST_F(Voices, CountUnderAnyVridWhereTheSurvivorsIsNotKnown) {
  Obey(OrderHold{"split with a", "a", {Ip("10.0.0.2")}, seconds(3), {}});
  EXPECT_TRUE(Keeps({Ip("10.0.0.2"), 65, {vip}}));
}

TEST_F(Voices, AreNobodysWhereTheSurvivorIsNotKnown) {
  Obey(OrderHold{"split with a", "a", {}, seconds(3), {}});
  EXPECT_FALSE(Keeps({Ip("10.0.0.2"), 66, {vip}}));
}

}  // namespace
}  // namespace probe::hold
