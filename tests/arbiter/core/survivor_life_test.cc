// A survivor whose probe is silent is known by its adverts alone, and those are no proof: the segment is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const IpAddress& Other() {
  static const IpAddress kOther = Stage::Ip("192.168.1.213");
  return kOther;
}

// b is held back for a's sake; then a's probe is gone, and b goes on hearing adverts in a's name.
class SilentSurvivor : public testing::Test {
 protected:
  SilentSurvivor() {
    for (const auto& [name, priority] : {std::pair("a", 100), std::pair("b", 90)}) {
      Actor& actor = stage.Add(name, static_cast<std::uint8_t>(priority));
      actor.more = {Other()};
      actor.vip.bound_together = {Stage::Vip(), Other()};
      actor.vip.rungs[1].scope = {Stage::Vip(), Other()};
      stage.Report(name);
    }
    stage.Take("a");
    stage.Take("b");
    stage.Run(seconds(1));
    HeardRouter heard;
    heard.source = *stage.At("a").vip.primary_address;
    heard.vrid = 66;
    heard.version = 2;
    heard.on_wire = true;
    stage.At("b").vip.heard = {heard};
    stage.Report("b");
    stage.Run(seconds(1));
  }

  std::vector<std::vector<IpAddress>> Released() const {
    std::vector<std::vector<IpAddress>> released;
    for (const Directive& d : stage.directives()) {
      if (std::holds_alternative<Release>(d.action) && d.to.node == "b") released.push_back(d.vips);
    }
    return released;
  }

  std::size_t SegmentQuestions() const {
    return static_cast<std::size_t>(
        std::count_if(stage.questions().begin(), stage.questions().end(),
                      [](const AskAffirm& ask) { return ask.ask_segment && !ask.in_contest; }));
  }

  Stage stage;
};

TEST_F(SilentSurvivor, IsNotKeptAliveByAdvertsForWhichNobodyAnswers) {
  stage.At("a").answers = false;
  stage.Run(milliseconds(2900));
  EXPECT_THAT(Released(), IsEmpty()) << "the segment is asked after the silence limit";
  EXPECT_EQ(SegmentQuestions(), 0U);
  stage.Run(milliseconds(700));
  EXPECT_THAT(Released(), ElementsAre(SizeIs(2)));
  EXPECT_THAT(stage.Answering(), testing::Contains("b"));
}

TEST_F(SilentSurvivor, IsNotWhenItsStreamHasEndedEither) {
  stage.Detach("a");
  stage.Run(milliseconds(4000));
  EXPECT_THAT(Released(), ElementsAre(SizeIs(2)));
}

TEST_F(SilentSurvivor, StandsForAsLongAsTheSegmentAnswers) {
  stage.Detach("a");
  stage.At("b").served_by_others = {Stage::Vip(), Other()};
  stage.Run(seconds(60));
  EXPECT_THAT(Released(), IsEmpty());
  EXPECT_GE(SegmentQuestions(), 15U);
  EXPECT_LE(SegmentQuestions(), 25U) << "one in each silence limit";
  stage.At("b").served_by_others.clear();
  stage.Run(seconds(4));
  EXPECT_THAT(Released(), ElementsAre(SizeIs(2)));
}

TEST_F(SilentSurvivor, KeepsTheOthersWhenItHasLostOneVip) {
  stage.Detach("a");
  stage.At("b").served_by_others = {Stage::Vip()};
  stage.Run(seconds(5));
  EXPECT_THAT(Released(), ElementsAre(ElementsAre(Other())));
  stage.Run(seconds(30));
  EXPECT_THAT(Released(), SizeIs(1)) << "and once is enough";
}

TEST_F(SilentSurvivor, IsNotGoneForOneQuestionThatWasLost) {
  stage.Detach("a");
  stage.At("b").served_by_others = {Stage::Vip(), Other()};
  stage.Run(seconds(1));
  stage.At("b").lost_questions = 1;
  stage.Run(seconds(4));
  EXPECT_EQ(stage.At("b").lost_questions, -1) << "asked again at once";
  EXPECT_THAT(Released(), IsEmpty());
}

TEST_F(SilentSurvivor, StandsWhereTheHeldNodeCannotAsk) {
  stage.Detach("a");
  stage.At("b").asks_segment = false;
  stage.Run(seconds(60));
  EXPECT_THAT(Released(), IsEmpty()) << "not knowing is no reason";
}

TEST_F(SilentSurvivor, StandsWhereTheHeldNodeReachesNobodyElseEither) {
  stage.Detach("a");
  stage.At("b").reach = Reach{2, 0, {}, {}};
  stage.Run(seconds(60));
  EXPECT_THAT(Released(), IsEmpty()) << "it is cut off, and cannot tell";
  stage.At("b").reach = Reach{2, 1, {}, {}};
  stage.Run(seconds(4));
  EXPECT_THAT(Released(), ElementsAre(SizeIs(2)));
}

TEST_F(SilentSurvivor, IsAskedItselfAgainWhenItIsBack) {
  stage.Detach("a");
  stage.Run(seconds(2));
  stage.Attach("a");
  stage.Run(seconds(20));
  EXPECT_THAT(Released(), IsEmpty());
  EXPECT_EQ(SegmentQuestions(), 0U);
}

// After a restart of the arbiter, too: a survivor that has not come yet is known by its adverts as well.
TEST_F(SilentSurvivor, ThatDoesNotComeBackAfterARestartIsAskedAbout) {
  stage.Restart();
  stage.Attach("b");
  stage.Run(milliseconds(2900));
  EXPECT_THAT(Released(), IsEmpty());
  stage.Run(milliseconds(1200));
  EXPECT_THAT(Released(), ElementsAre(SizeIs(2)));
}

}  // namespace
}  // namespace arbiter::core
