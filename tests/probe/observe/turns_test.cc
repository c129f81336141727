// Whose turn it is to be asked about.
#include "probe/observe/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace probe::observe {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::set<AddressHeard> Vips(int count) {
  std::set<AddressHeard> all;
  for (int i = 1; i <= count; ++i) {
    const std::string last = std::to_string(i % 250 + 1);
    all.insert({arbiter::IpAddress::Parse("10.0." + std::to_string(i / 250) + "." + last).value(), "eth0"});
  }
  return all;
}

TEST(Turns, AskAboutEachOnceASecondWhereThereAreFew) {
  for (const int count : {1, 2, 9, 10}) {
    Turns turns;
    turns.Set(Vips(count));
    EXPECT_EQ(turns.seconds_a_round(), 1U);
    for (int second = 0; second < 3; ++second) {
      const std::vector<AddressHeard> turn = turns.TakeSecond(false);
      EXPECT_EQ(std::set<AddressHeard>(turn.begin(), turn.end()), Vips(count)) << count;
    }
  }
}

TEST(Turns, NeverAskMoreThanTenTimesASecondAndNobodyIsLeftOut) {
  for (const int count : {11, 250}) {
    Turns turns;
    turns.Set(Vips(count));
    std::map<AddressHeard, int> asked;
    const int seconds = 2 * static_cast<int>(turns.seconds_a_round());
    for (int second = 0; second < seconds; ++second) {
      const std::vector<AddressHeard> turn = turns.TakeSecond(false);
      EXPECT_THAT(turn, SizeIs(Turns::kMostASecond));
      EXPECT_FALSE(turns.TakeOne());
      for (const AddressHeard& one : turn) ++asked[one];
    }
    EXPECT_THAT(asked, SizeIs(count));
    for (const auto& [one, times] : asked) EXPECT_GE(times, 2) << one.address.ToString();
  }
}

TEST(Turns, KeepRoomForDoubts) {
  Turns turns;
  turns.Set(Vips(250));
  const std::size_t turn = turns.TakeSecond(true).size();
  std::size_t more = 0;
  while (turns.TakeOne()) ++more;
  EXPECT_GE(more, 3U);
  EXPECT_EQ(turn + more, Turns::kMostASecond);
}

TEST(Turns, GoOnWhereTheyWereWhenTheListChanges) {
  Turns turns;
  turns.Set(Vips(20));
  const std::vector<AddressHeard> first = turns.TakeSecond(false);
  turns.Set(Vips(19));
  const std::vector<AddressHeard> second = turns.TakeSecond(false);
  EXPECT_LT(first.back(), second.front());
  turns.Set({});
  EXPECT_THAT(turns.TakeSecond(false), IsEmpty());
}

}  // namespace
}  // namespace probe::observe
