// Who was reached, told once for all that share it.
#include "probe/daemon/affirmations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace probe::daemon {
namespace {

std::vector<arbiter::IpAddress> Vips(int first, int last) {
  std::vector<arbiter::IpAddress> vips;
  for (int i = first; i <= last; ++i) vips.push_back(arbiter::IpAddress::Parse(absl::StrCat("10.0.0.", i)).value());
  return vips;
}

Affirmations::Reached Reached(std::uint32_t answered, std::vector<arbiter::IpAddress> vips) {
  Affirmations::Reached reached{{}, std::move(vips)};
  reached.reach.set_asked(3);
  reached.reach.set_answered(answered);
  return reached;
}

// What the arbiter makes of it: the VIP's own entry, else that of "", else that it cannot be told.
std::uint32_t AnsweredFor(const arbiter::v1::Affirmation& answer, const std::string& vip) {
  const auto own = answer.reach().find(vip);
  if (own != answer.reach().end()) return own->second.answered();
  const auto all = answer.reach().find("");
  return all != answer.reach().end() ? all->second.answered() : 0;
}

TEST(Affirmations, TellOnceWhatMostOfTheVipsReach) {
  arbiter::v1::Affirmation answer;
  Affirmations::PutReach({Reached(3, Vips(1, 200))}, Vips(1, 200), 2, &answer);
  EXPECT_EQ(answer.reach_size(), 1);
  EXPECT_EQ(AnsweredFor(answer, "10.0.0.77"), 3U);
}

TEST(Affirmations, TellForEachVipToAnArbiterThatKnowsNoOther) {
  arbiter::v1::Affirmation answer;
  Affirmations::PutReach({Reached(3, Vips(1, 200))}, Vips(1, 200), 0, &answer);
  EXPECT_EQ(answer.reach_size(), 200);
  EXPECT_EQ(answer.reach().count(""), 0U);
}

TEST(Affirmations, KeepSegmentsApartAndWhatCannotBeTold) {
  for (const std::uint32_t protocol : {0U, 2U}) {
    SCOPED_TRACE(protocol);
    arbiter::v1::Affirmation answer;
    Affirmations::PutReach({Reached(1, Vips(1, 2)), Reached(2, Vips(3, 100))}, Vips(1, 110), protocol, &answer);
    EXPECT_EQ(AnsweredFor(answer, "10.0.0.1"), 1U);
    EXPECT_EQ(AnsweredFor(answer, "10.0.0.50"), 2U);
    EXPECT_EQ(AnsweredFor(answer, "10.0.0.105"), 0U) << "nobody was asked for it";
  }
}

TEST(Affirmations, OfOneVipSayItByItsName) {
  arbiter::v1::Affirmation answer;
  Affirmations::PutReach({Reached(1, Vips(1, 1))}, Vips(1, 1), 2, &answer);
  EXPECT_EQ(answer.reach().count("10.0.0.1"), 1U);
}

TEST(Affirmations, ThatReachedNobodyToAskSayNothing) {
  arbiter::v1::Affirmation answer;
  Affirmations::PutReach({}, Vips(1, 5), 2, &answer);
  EXPECT_EQ(answer.reach_size(), 0);
}

}  // namespace
}  // namespace probe::daemon
