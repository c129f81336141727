// Holds end on evidence: a survivor that is not attached here may serve its VIPs all the same.
#include <gmock/gmock.h>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// b is held back for a's sake, and then the arbiter starts anew (or is another one that has no record of it). b comes
// back, a does not.
class AbsentSurvivor : public testing::TestWithParam<bool> {
 protected:
  AbsentSurvivor() {
    Split(stage_);
    stage_.Run(seconds(1));
    EXPECT_THAT(stage_.View().held_back.size(), 1U);
    stage_.At("b").reach = Reach{3, 3, {}, {}};
  }

  // Another arbiter has been there for long, the same one has just started.
  void Anew() {
    if (GetParam()) {
      stage_.Forget();
      stage_.Run(seconds(60));
    } else {
      stage_.Restart();
    }
  }

  void HearTheSurvivor(std::uint8_t vrid = 66) {
    HeardRouter heard;
    heard.source = Stage::Ip("192.168.1.11");
    heard.vrid = vrid;
    heard.version = 2;
    heard.on_wire = true;
    stage_.At("b").vip.heard = {heard};
  }

  std::size_t Releases() const { return stage_.Sent<Release>().size(); }

  Stage stage_;
};

TEST_P(AbsentSurvivor, KeepsItsHoldWhileTheHeldNodeHearsIt) {
  HearTheSurvivor();
  stage_.At("b").asks_segment = false;  // else its adverts alone would be no proof
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(60));
  EXPECT_EQ(Releases(), 0U);
  EXPECT_EQ(stage_.View().held_back.size(), 1U);
}

TEST_P(AbsentSurvivor, KeepsItsHoldWhileTheSegmentAnswers) {
  stage_.At("b").looks = true;
  stage_.At("b").meets = {"a"};
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(60));
  EXPECT_EQ(Releases(), 0U);
  stage_.At("a").vip.configured = false;  // unseen by the arbiter
  stage_.Run(seconds(10));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_P(AbsentSurvivor, IsGoneWhereNeitherSpeaksForIt) {
  stage_.At("b").looks = true;
  HearTheSurvivor(65);  // another virtual router's
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(10));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_P(AbsentSurvivor, IsNotConcludedUponByANodeWhoseLinkIsDown) {
  stage_.At("b").looks = true;
  stage_.At("b").vip.link_down = true;
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(30));
  EXPECT_EQ(Releases(), 0U);
  stage_.At("b").vip.link_down = false;
  stage_.Report("b");
  stage_.Run(seconds(10));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_P(AbsentSurvivor, IsNotConcludedUponByANodeThatReachesNobody) {
  stage_.At("b").looks = true;
  stage_.At("b").reach = Reach{3, 0, {}, {}};
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(30));
  EXPECT_EQ(Releases(), 0U) << "it cannot tell";
  stage_.At("b").reach = Reach{3, 3, {}, {}};
  stage_.Run(seconds(10));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_P(AbsentSurvivor, IsToldToTheOperator) {
  HearTheSurvivor();
  stage_.At("b").served_by_others = {Stage::Vip()};
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(5));
  EXPECT_THAT(stage_.Cluster().warnings, IsEmpty()) << "it may still come";
  stage_.Run(seconds(10));
  EXPECT_THAT(stage_.Cluster().warnings, ElementsAre(HasSubstr("for the sake of a, which is not attached")));
  stage_.Attach("a");
  stage_.Run(seconds(1));
  EXPECT_THAT(stage_.Cluster().warnings, IsEmpty());
  EXPECT_EQ(Releases(), 0U);
}

TEST_P(AbsentSurvivor, ThatAttachesAndServesNothingIsGone) {
  HearTheSurvivor();
  Anew();
  stage_.Attach("b");
  stage_.Run(seconds(5));
  stage_.At("a").vip.configured = stage_.At("a").vip.advertises = false;
  stage_.Attach("a");
  stage_.Run(seconds(1));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

INSTANTIATE_TEST_SUITE_P(Arbiter, AbsentSurvivor, testing::Values(false, true),
                         [](const auto& p) { return p.param ? "Another" : "Restarted"; });

TEST(AForgottenSurvivor, KeepsItsHoldWhileTheHeldNodeHearsIt) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  HeardRouter heard;
  heard.source = Stage::Ip("192.168.1.11");
  heard.vrid = 66;
  heard.version = 2;
  heard.on_wire = true;
  stage.At("b").vip.heard = {heard};
  stage.At("b").served_by_others = {Stage::Vip()};
  stage.Report("b");
  stage.Detach("a");
  OperatorForget forget;
  forget.node = "a";
  stage.Do(forget);
  stage.Run(seconds(30));
  EXPECT_TRUE(stage.Sent<Release>().empty());
  EXPECT_EQ(stage.View().held_back.size(), 1U);
}

TEST(ASilentSurvivor, IsNotConcludedUponWhileNobodyListens) {
  Stage stage;
  Split(stage);
  stage.Run(seconds(1));
  stage.At("b").vip.link_down = true;
  stage.Report("b");
  stage.Detach("a");
  stage.Run(seconds(20));
  EXPECT_THAT(stage.Sent<Release>(), IsEmpty());
  stage.At("b").vip.link_down = false;
  stage.Report("b");
  stage.Run(seconds(5));
  EXPECT_THAT(stage.Sent<Release>(), ElementsAre("b"));
}

// b is held back for a's sake, and hears nothing of it: its adverts are lost somewhere. Then a's probe goes away.
class UnheardSurvivor : public testing::Test {
 protected:
  UnheardSurvivor() {
    Split(stage_);
    stage_.Run(seconds(1));
    stage_.At("b").reach = Reach{3, 3, {}, {}};
    stage_.At("b").looks = true;
    stage_.At("b").meets = {"a"};
  }

  Stage stage_;
};

TEST_F(UnheardSurvivor, KeepsItsHoldWhileTheSegmentAnswers) {
  stage_.Detach("a");
  stage_.Run(seconds(20));
  EXPECT_THAT(stage_.Sent<Release>(), IsEmpty());
  EXPECT_EQ(stage_.View().held_back.size(), 1U);
  stage_.Attach("a");
  stage_.Run(seconds(5));
  EXPECT_THAT(stage_.Sent<Release>(), IsEmpty());
  stage_.Detach("a");
  stage_.At("a").vip.configured = false;
  stage_.Run(seconds(5));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_F(UnheardSurvivor, IsGoneAtOnceWhereNobodyAnswers) {
  stage_.At("a").vip.configured = false;
  stage_.Detach("a");
  stage_.Run(std::chrono::milliseconds(500));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_F(UnheardSurvivor, IsGoneAtOnceWhereTheHeldProbeCannotAsk) {
  stage_.At("b").asks_segment = false;
  stage_.Detach("a");
  stage_.Run(std::chrono::milliseconds(500));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

TEST_F(UnheardSurvivor, IsGoneAfterTheSilenceLimitWhereTheHeldNodeReachesNobody) {
  stage_.At("b").reach = Reach{3, 0, {}, {}};
  stage_.At("b").meets.clear();
  stage_.Detach("a");
  stage_.Run(seconds(1));
  EXPECT_THAT(stage_.Sent<Release>(), IsEmpty());
  stage_.Run(seconds(4));
  EXPECT_THAT(stage_.Sent<Release>(), ElementsAre("b"));
}

// The node had another name when it was held back, or its probe is wrong.
TEST(AHoldForTheNodesOwnSake, IsNotOrderedAnew) {
  Stage stage;
  Actor& a = stage.Add("a", 100);
  stage.Detach("a");
  OperatorForget forget;
  forget.node = "a";
  stage.Do(forget);
  const LocalHold hold{Stage::Vip(), "9-1", "a", "split", stage.now(), 1};
  stage.Do(NodeAttached{{"prod", "a"}, "1.0", "10.0.0.1:1", a.report, {}, {hold}});
  stage.Detach("a");
  a.vip.configured = a.vip.advertises = true;
  stage.Attach("a");
  stage.Run(seconds(10));
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_THAT(stage.View().held_back, IsEmpty());
}

}  // namespace
}  // namespace arbiter::core
