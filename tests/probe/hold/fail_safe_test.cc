// Without an arbiter a hold ends when the survivor is silent on the wire and nobody answers for the VIP.
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class FailSafe : public HeldNode {
 protected:
  FailSafe() {
    Hold();
    acts.Take();
    (void)keeper->TakeOutput();
  }
  void Advert(const arbiter::IpAddress& names) { keeper->OnAdvert({Ip("10.0.0.2"), 66, {names}}, now); }
};

TEST_F(FailSafe, ReleasesWhenTheSurvivorIsSilentAndNobodyAnswers) {
  PassByDeadlines(milliseconds(3599));
  EXPECT_THAT(acts.Take(), Not(Contains("ask 10.0.0.1")));
  PassByDeadlines(milliseconds(1));
  EXPECT_THAT(acts.Take(), ElementsAre("ask 10.0.0.1"));
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_THAT(acts.Take(), ElementsAre("open 10.0.0.1", "announce 10.0.0.1"));
  EXPECT_THAT(keeper->holds(), IsEmpty());
  EXPECT_THAT(store.saved.holds, IsEmpty());
}

TEST_F(FailSafe, WaitsForTheSilenceLimitWhereThatIsLongerThanTheMasterDownInterval) {
  state.master_down_interval = milliseconds(360);
  See();
  PassByDeadlines(milliseconds(2999));
  EXPECT_THAT(acts.Take(), Not(Contains("ask 10.0.0.1")));
  PassByDeadlines(milliseconds(1));
  EXPECT_THAT(acts.Take(), Contains("ask 10.0.0.1"));
}

TEST_F(FailSafe, DoesNothingWhileAnArbiterIsConnected) {
  keeper->OnArbiterConnected(true, now);
  PassByDeadlines(seconds(60));
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(FailSafe, StandsWhileTheSurvivorAdvertisesAndAnswers) {
  int asked = 0;
  for (int i = 0; i < 20; ++i) {
    Advert(vip);
    PassByDeadlines(seconds(1));
    for (const std::string& act : acts.Take()) {
      EXPECT_EQ(act, "ask 10.0.0.1");
      keeper->OnSegmentAnswer(vip, true, now);
      ++asked;
    }
  }
  EXPECT_TRUE(keeper->IsHeld(vip));
  EXPECT_GE(asked, 8) << "each half of the limit";
  EXPECT_LE(asked, 12);
}

// A forged advert, or one of an instance that has lost the VIP.
TEST_F(FailSafe, IsNotFooledByAdvertsForWhichNobodyAnswers) {
  int asked = 0;
  for (int i = 0; i < 60 && keeper->IsHeld(vip); ++i) {
    if (i % 10 == 0) Advert(vip);
    PassByDeadlines(milliseconds(100));
    for (const std::string& act : acts.Take()) {
      if (act != "ask 10.0.0.1") continue;
      keeper->OnSegmentAnswer(vip, false, now);
      ++asked;
    }
  }
  EXPECT_FALSE(keeper->IsHeld(vip));
  EXPECT_EQ(asked, 3);
  EXPECT_LE(now - (Instant() + seconds(1000)), milliseconds(4200));
  EXPECT_THAT(store.saved.released.front().why, HasSubstr("adverts come from a, and nobody answers for the VIP"));
}

TEST_F(FailSafe, StandsWhereOneQuestionInARowIsAnswered) {
  int asked = 0;
  for (int i = 0; i < 300; ++i) {
    if (i % 10 == 0) Advert(vip);
    PassByDeadlines(milliseconds(100));
    for (const std::string& act : acts.Take()) {
      if (act == "ask 10.0.0.1") keeper->OnSegmentAnswer(vip, ++asked % 3 == 0, now);
    }
  }
  EXPECT_TRUE(keeper->IsHeld(vip));
  EXPECT_GE(asked, 15);
}

TEST_F(FailSafe, HasTheDaemonReadyWhenNobodyAnswersAlthoughAdvertsCome) {
  Advert(vip);
  PassByDeadlines(seconds(1));
  Advert(vip);
  PassByDeadlines(milliseconds(800));
  ASSERT_THAT(acts.Take(), ElementsAre("ask 10.0.0.1"));
  keeper->OnSegmentAnswer(vip, false, now);
  Pass(milliseconds(1));
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 0"));
  Advert(vip);
  EXPECT_THAT(acts.Take(), IsEmpty()) << "another advert proves no more than the last one";
  PassByDeadlines(seconds(1));
  ASSERT_THAT(acts.Take(), ElementsAre("ask 10.0.0.1"));
  keeper->OnSegmentAnswer(vip, true, now);
  Pass(milliseconds(1));
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1"));
}

TEST_F(FailSafe, TakesAnAdvertOfAVipThatIsBoundToItAsASignOfLife) {
  state.bound_together = {Ip("10.0.0.5")};
  See();
  PassByDeadlines(seconds(1));
  Advert(Ip("10.0.0.5"));
  PassByDeadlines(milliseconds(3000));
  acts.Take();
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_TRUE(keeper->IsHeld(vip)) << "it takes more than one question";
}

TEST_F(FailSafe, IsNotFooledByAdvertsOfOtherVips) {
  for (int i = 0; i < 5; ++i) {
    Advert(Ip("10.0.0.77"));
    PassByDeadlines(seconds(1));
  }
  EXPECT_THAT(acts.Take(), Contains("ask 10.0.0.1"));
}

TEST_F(FailSafe, AsksAgainAsLongAsSomebodyAnswers) {
  PassByDeadlines(milliseconds(3600));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(acts.Take(), Contains("ask 10.0.0.1"));
    keeper->OnSegmentAnswer(vip, true, now);
    PassByDeadlines(seconds(1));
  }
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(FailSafe, DoesNotReleaseWhenTheSegmentCannotBeAsked) {
  acts.fails["ask"] = absl::UnavailableError("ask 10.0.0.1: eth0 is down");
  PassByDeadlines(seconds(60));
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(FailSafe, DropsAnAnswerThatComesAfterAnAdvert) {
  PassByDeadlines(milliseconds(3600));
  Advert(vip);
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(FailSafe, DropsAnAnswerThatWasNotAskedFor) {
  now += seconds(60);
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_TRUE(keeper->IsHeld(vip));
}

TEST_F(FailSafe, LetsTheDaemonGoBehindTheGateBeforeTheTimeIsOver) {
  PassByDeadlines(milliseconds(1800));
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 0"));
  EXPECT_EQ(acts.Gate(vip), GateState::kShut);
}

TEST_F(FailSafe, TakesTheDaemonBackWhenTheSurvivorIsHeardAgain) {
  PassByDeadlines(milliseconds(1800));
  acts.Take();
  Advert(vip);
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1"));
}

TEST_F(FailSafe, DoesNotLetTheDaemonGoWithoutAGate) {
  Obey(Release{});
  Offer({RungKind::kTrackFile});
  See();
  Hold();
  acts.Take();
  PassByDeadlines(milliseconds(3599));
  EXPECT_THAT(acts.Take(), Not(Contains("track 10.0.0.1 0")));
}

TEST_F(FailSafe, TellsTheArbiterLater) {
  PassByDeadlines(milliseconds(3600));
  (void)keeper->TakeOutput();
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_THAT(Results(), IsEmpty());
  Start();  // remembered over a restart, too
  (void)keeper->TakeOutput();
  keeper->OnArbiterConnected(true, now);
  const DirectiveResult result = Only();
  EXPECT_EQ(result.fence, (Fence{7, 1}));
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(result.detail, HasSubstr("nobody answers for the VIP"));
  EXPECT_THAT(store.saved.released, IsEmpty());
}

TEST_F(FailSafe, EndsAHoldThatWasAdoptedWithoutARecord) {
  Obey(Release{});
  Start({vip});
  PassByDeadlines(milliseconds(3600));
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_EQ(acts.Gate(vip), GateState::kOpen);
}

TEST_F(FailSafe, TriesAgainWhenTheGateCannotBeOpened) {
  PassByDeadlines(milliseconds(3600));
  acts.fails["open"] = absl::UnavailableError("busy");
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_TRUE(keeper->IsHeld(vip));
  acts.fails.clear();
  PassByDeadlines(seconds(1));
  keeper->OnSegmentAnswer(vip, false, now);
  EXPECT_FALSE(keeper->IsHeld(vip));
}

}  // namespace
}  // namespace probe::hold
