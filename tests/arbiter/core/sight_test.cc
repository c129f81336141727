// A node that says that it holds a VIP and that nobody sees on the segment takes it from nobody.
#include <gmock/gmock.h>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Reach kReaches{3, 3, {}, {}};

// `name` is honest: it reaches the segment, looks there, and sees `meets`.
void Honest(Stage& stage, const std::string& name, std::set<std::string> meets) {
  stage.At(name).reach = kReaches;
  stage.At(name).looks = true;
  stage.At(name).meets = std::move(meets);
}

// liar (255) and honest (90) both say that they hold the VIP.
class LyingSurvivor : public testing::Test {
 protected:
  LyingSurvivor() {
    stage_.Add("honest", 90);
    stage_.Add("liar", 255);
    Honest(stage_, "honest", {});
    Honest(stage_, "liar", {});
  }

  void BothTake() {
    stage_.Take("honest");
    stage_.Take("liar");
    stage_.Run(seconds(4));
  }

  HeardRouter Advert(const char* source) const {
    HeardRouter heard;
    heard.source = Stage::Ip(source);
    heard.vrid = 66;
    heard.version = 2;
    heard.on_wire = true;
    return heard;
  }

  Stage stage_;
};

TEST_F(LyingSurvivor, HasNobodyHeld) {
  BothTake();
  EXPECT_THAT(stage_.Sent<ShutForAWhile>(), IsEmpty());
  EXPECT_THAT(stage_.Sent<OrderHold>(), IsEmpty());
  EXPECT_THAT(stage_.Answering(), Contains("honest"));
}

TEST(ALyingNode, SucceedsNoSurvivor) {
  Stage stage;
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Add("liar", 80);
  Honest(stage, "a", {"b"});
  Honest(stage, "b", {"a"});
  stage.Take("a");
  stage.Take("b");
  stage.Run(seconds(1));
  ASSERT_THAT(stage.Answering(), ElementsAre("a"));
  stage.At("liar").obeys = false;
  stage.At("a").answers = false;
  stage.Take("liar");
  stage.Detach("a");
  stage.At("a").vip.configured = false;
  stage.Run(seconds(3));
  EXPECT_THAT(stage.Answering(), Contains("b")) << "nobody is held for whom nobody sees";
}

TEST_F(LyingSurvivor, IsToldToTheOperatorWithItsName) {
  BothTake();
  EXPECT_EQ(stage_.NoteCount("unseen"), 1U);
  EXPECT_EQ(stage_.View().state, VipState::kSplit);
  EXPECT_THAT(stage_.View().advice, HasSubstr("nothing of liar"));
  ASSERT_EQ(stage_.disk().size(), 1U);
  EXPECT_THAT(stage_.disk().begin()->second.note, HasSubstr("nobody is demoted"));
  EXPECT_THAT(stage_.disk().begin()->second.holds, IsEmpty());
}

TEST_F(LyingSurvivor, ClosesTheIncidentWhenItNoLongerClaims) {
  BothTake();
  stage_.GiveUp("liar");
  stage_.Run(seconds(1));
  EXPECT_EQ(stage_.View().state, VipState::kHeld);
  EXPECT_EQ(stage_.disk().begin()->second.state, IncidentState::kClosed);
}

TEST_F(LyingSurvivor, ThatSaysItCannotTellIsTheOneThatYields) {
  stage_.At("liar").looks = false;
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("liar"));
  EXPECT_THAT(stage_.Answering(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, ThatSaysItSeesTheOtherIsTheOneThatYields) {
  stage_.At("liar").meets = {"honest"};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("liar"));
}

TEST_F(LyingSurvivor, GetsNoHoldByAnOperatorsDemotionEither) {
  BothTake();
  stage_.Do(OperatorDemote{1, "prod", "honest", Stage::Vip(), "me", ""});
  stage_.Run(seconds(3));
  EXPECT_THAT(stage_.Sent<OrderHold>(), IsEmpty());
  ASSERT_FALSE(stage_.operator_answers().empty());
  EXPECT_EQ(stage_.operator_answers().back().code, Code::kFailedPrecondition);
}

TEST_F(LyingSurvivor, IsNoVoiceBecauseItCallsAnothersAddressItsOwn) {
  stage_.Add("third", 80);
  stage_.At("honest").vip.heard = {Advert("192.168.1.13")};  // third's
  stage_.At("liar").report.addresses.push_back(Stage::Ip("192.168.1.13"));
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), IsEmpty());
}

TEST_F(LyingSurvivor, IsBelievedASecondAfterThePartsOfTheSegmentAreOneAgain) {
  BothTake();
  stage_.Run(seconds(60));
  Honest(stage_, "honest", {"liar"});
  Honest(stage_, "liar", {"honest"});
  stage_.Run(milliseconds(1200));
  EXPECT_THAT(stage_.Answering(), ElementsAre("liar"));
}

TEST_F(LyingSurvivor, IsNoLongerNotedInObserveModeOnceItIsSeen) {
  OperatorSetMode mode;
  mode.mode = Mode::kObserve;
  stage_.Do(mode);
  BothTake();
  EXPECT_THAT(stage_.disk().begin()->second.note, HasSubstr("nobody is demoted"));
  Honest(stage_, "honest", {"liar"});
  Honest(stage_, "liar", {"honest"});
  stage_.Run(seconds(2));
  EXPECT_THAT(stage_.disk().begin()->second.note, IsEmpty());
}

// What keeps healing: whatever shows that there is somebody.
TEST_F(LyingSurvivor, IsNoneWhereTheSegmentAnswersForIt) {  // LOST_IN_NETWORK: adverts are lost, ARP is not
  stage_.At("honest").meets = {"liar"};
  stage_.At("liar").meets = {"honest"};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
  EXPECT_THAT(stage_.Answering(), ElementsAre("liar"));
}

TEST_F(LyingSurvivor, IsNoneWhereItsAdvertsAreOnTheWire) {
  HeardRouter heard = Advert("192.168.1.12");
  heard.defects = {"TTL 64, must be 255"};  // whatever is wrong with them
  stage_.At("honest").vip.heard = {heard};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, IsNoneWhereAThirdNodeHearsIt) {
  stage_.Add("third", 80);
  stage_.At("third").vip.heard = {Advert("192.168.1.12")};
  stage_.Report("third");
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, IsNoneWhereTheLoserCannotTell) {
  stage_.At("honest").looks = false;
  stage_.At("liar").meets = {"honest"};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, IsNoneWhereTheLoserReachesNobody) {  // ISOLATED_NODE
  stage_.At("honest").reach = Reach{3, 0, {}, {}};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, IsNoneWhereTheLoserHasNoReferences) {
  stage_.At("honest").reach = Reach{};
  BothTake();
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
}

TEST_F(LyingSurvivor, IsNoneBecauseOneFrameWasLost) {
  stage_.At("liar").meets = {"honest"};
  stage_.Take("honest");
  stage_.disk_hangs = true;  // the time between two questions is that of the stage: no time goes by in it
  const std::size_t before = stage_.questions().size();
  stage_.Take("liar");
  EXPECT_GE(stage_.questions().size(), before + 4) << "asked once more";
}

// Two halves of a segment, each with its references: each node serves its own side, and nobody is taken from it.
TEST_F(LyingSurvivor, AndAPartitionAreAlikeAndNobodyIsHeldUntilItHeals) {
  BothTake();
  EXPECT_THAT(stage_.Answering(), ElementsAre("honest", "liar"));
  stage_.At("honest").meets = {"liar"};
  stage_.At("liar").meets = {"honest"};
  stage_.Run(seconds(12));
  EXPECT_THAT(stage_.Sent<OrderHold>(), ElementsAre("honest"));
  EXPECT_EQ(stage_.View().state, VipState::kGuarded);
  EXPECT_THAT(stage_.View().advice, testing::Not(HasSubstr("nobody is demoted")));
}

}  // namespace
}  // namespace arbiter::core
