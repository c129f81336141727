// When another process is asked what drops adverts, and what becomes of its answer.
#include "probe/daemon/filter_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace probe::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FilterRulesTest : public testing::Test {
 protected:
  // Brings time to the next deadline, within `limit`; false where there is none.
  bool ToDeadline(std::chrono::nanoseconds limit = seconds(100)) {
    const std::optional<Instant> due = rules.NextDeadline();
    if (!due || *due > now + limit) return false;
    now = std::max(now, *due);
    rules.OnTick(now);
    return true;
  }

  void Answer(const std::vector<std::vector<filter::Culprit>>& answers) { Say(filter::WriteCulprits(answers)); }
  void Say(const absl::StatusOr<std::string>& output) {
    ASSERT_TRUE(done);
    std::exchange(done, nullptr)(output, took);
  }

  std::vector<filter::Culprit> Ask(const filter::AdvertPath& way) { return rules.Ask(way, now); }

  const arbiter::IpAddress vip = arbiter::IpAddress::Parse("192.168.1.212").value();
  const filter::AdvertPath in = filter::AdvertPath::Parse("in eth0 192.168.1.1 224.0.0.18 66 112").value();
  const filter::AdvertPath out = filter::AdvertPath::Parse("out eth0 - 224.0.0.18 66 112").value();
  const std::vector<filter::Culprit> a_rule = {{true, "a rule", "delete it"}};
  Instant now = Instant() + seconds(1000);
  std::vector<std::vector<std::string>> runs;
  FilterRules::Done done;
  absl::Status starts;
  std::chrono::nanoseconds took = milliseconds(20);
  FilterRules rules{[this](std::vector<std::string> ways, FilterRules::Done when_done) {
    runs.push_back(std::move(ways));
    if (starts.ok()) done = std::move(when_done);
    return starts;
  }};
};

TEST_F(FilterRulesTest, RunNothingUnlessAReportAsks) {
  EXPECT_FALSE(ToDeadline());
  rules.Want(vip, false);
  EXPECT_FALSE(ToDeadline());
  EXPECT_THAT(runs, IsEmpty());
}

TEST_F(FilterRulesTest, RunOnceAQuestionHasStoodForAMoment) {
  rules.Want(vip, true);
  EXPECT_THAT(Ask(in), IsEmpty());
  EXPECT_EQ(rules.NextDeadline(), now + FilterRules::kSettles);
  rules.OnTick(now);
  EXPECT_THAT(runs, IsEmpty());
  ASSERT_TRUE(ToDeadline());
  EXPECT_THAT(runs, ElementsAre(ElementsAre(in.ToString())));
  EXPECT_FALSE(ToDeadline()) << "one at a time";
  EXPECT_THAT(rules.TakeNews(), IsEmpty());
  Answer({a_rule});
  EXPECT_THAT(rules.TakeNews(), ElementsAre(vip));
  EXPECT_THAT(rules.TakeNews(), IsEmpty());
  EXPECT_EQ(Ask(in), a_rule);
}

TEST_F(FilterRulesTest, AQuestionThatIsTakenBackIsNotAsked) {
  rules.Want(vip, true);
  Ask(in);
  rules.Want(vip, false);
  EXPECT_FALSE(ToDeadline());
  rules.Want(vip, true);
  EXPECT_FALSE(ToDeadline()) << "nobody has asked anew";
}

TEST_F(FilterRulesTest, RunAgainMoreAndMoreSeldomWhileTheAnswerIsTheSame) {
  rules.Want(vip, true);
  Ask(in);
  ToDeadline();
  Answer({a_rule});
  rules.TakeNews();
  std::vector<seconds> waits;
  for (int i = 0; i < 5; ++i) {
    const Instant before = now;
    ASSERT_TRUE(ToDeadline());
    waits.push_back(std::chrono::duration_cast<seconds>(now - before));
    Answer({a_rule});
    EXPECT_THAT(rules.TakeNews(), IsEmpty());
  }
  EXPECT_THAT(waits, ElementsAre(seconds(10), seconds(20), seconds(40), seconds(60), seconds(60)));
  ASSERT_TRUE(ToDeadline());
  Answer({{}});
  EXPECT_THAT(rules.TakeNews(), ElementsAre(vip)) << "the rule is gone";
  EXPECT_THAT(Ask(in), IsEmpty());
  EXPECT_EQ(rules.NextDeadline(), now + FilterRules::kAgainAfter);
}

TEST_F(FilterRulesTest, ANewQuestionWaitsForThePauseAndIsAskedWithTheOthers) {
  rules.Want(vip, true);
  Ask(in);
  ToDeadline();
  const Instant first = now;
  Answer({a_rule});
  Ask(out);
  ASSERT_TRUE(ToDeadline());
  EXPECT_EQ(now, first + FilterRules::kPause);
  EXPECT_THAT(runs.back(), testing::UnorderedElementsAre(in.ToString(), out.ToString()));
}

TEST_F(FilterRulesTest, WhatTakesLongIsAskedSeldom) {
  took = seconds(4);
  rules.Want(vip, true);
  Ask(in);
  ToDeadline();
  Answer({a_rule});
  EXPECT_EQ(rules.NextDeadline(), now + seconds(200));
  Ask(out);
  EXPECT_EQ(rules.NextDeadline(), now + seconds(200));
}

TEST_F(FilterRulesTest, AFailureIsNotKnownAndIsTriedAgainAtTheSamePace) {
  const std::vector<absl::StatusOr<std::string>> failures = {absl::DeadlineExceededError("killed"), std::string("half"),
                                                             std::string()};
  rules.Want(vip, true);
  Ask(in);
  ToDeadline();
  Answer({a_rule});
  for (const auto& failure : failures) {
    ASSERT_TRUE(ToDeadline());
    Say(failure);
    EXPECT_THAT(Ask(in), IsEmpty()) << "what was known may not be so any more";
    EXPECT_FALSE(ToDeadline(seconds(9)));
  }
}

TEST_F(FilterRulesTest, WhatCannotStartIsTriedAgainLater) {
  starts = absl::ResourceExhaustedError("16 commands run already");
  rules.Want(vip, true);
  Ask(in);
  ASSERT_TRUE(ToDeadline());
  EXPECT_FALSE(ToDeadline(seconds(9)));
  starts = absl::OkStatus();
  ASSERT_TRUE(ToDeadline());
  Answer({a_rule});
  EXPECT_EQ(Ask(in), a_rule);
}

TEST_F(FilterRulesTest, AnAnswerThatComesTooLateIsForgotten) {
  rules.Want(vip, true);
  Ask(in);
  ToDeadline();
  rules.Want(vip, false);
  Answer({a_rule});
  EXPECT_THAT(rules.TakeNews(), IsEmpty());
  rules.Want(vip, true);
  EXPECT_THAT(Ask(in), IsEmpty());
}

TEST_F(FilterRulesTest, AreBounded) {
  rules.Want(vip, true);
  for (int vrid = 1; vrid <= 100; ++vrid) {
    filter::AdvertPath way = in;
    way.vrid = static_cast<std::uint8_t>(vrid);
    Ask(way);
  }
  ToDeadline();
  EXPECT_EQ(runs.front().size(), FilterRules::kMostWays);
}

}  // namespace
}  // namespace probe::daemon
