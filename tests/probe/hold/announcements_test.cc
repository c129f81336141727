#include "probe/hold/announcements.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace probe::hold {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const arbiter::IpAddress kVip = arbiter::IpAddress::Parse("10.0.0.1").value();
const Instant kStart = Instant() + seconds(10);

TEST(Announcements, ComeAtOnceAndAfter100Milliseconds1And5Seconds) {
  Announcements announcements;
  announcements.Begin(kVip, kStart);
  std::vector<Instant> at;
  while (announcements.NextDeadline()) {
    at.push_back(*announcements.NextDeadline());
    EXPECT_THAT(announcements.Due(at.back()), ElementsAre(kVip));
  }
  EXPECT_THAT(at, ElementsAre(kStart, kStart + milliseconds(100), kStart + seconds(1), kStart + seconds(5)));
}

TEST(Announcements, AreNotDueBeforeTheirTime) {
  Announcements announcements;
  announcements.Begin(kVip, kStart);
  EXPECT_THAT(announcements.Due(kStart), ElementsAre(kVip));
  EXPECT_THAT(announcements.Due(kStart + milliseconds(99)), IsEmpty());
}

TEST(Announcements, ThatWereMissedAreMadeOnce) {
  Announcements announcements;
  announcements.Begin(kVip, kStart);
  EXPECT_THAT(announcements.Due(kStart + seconds(2)), ElementsAre(kVip));
  EXPECT_EQ(announcements.NextDeadline(), kStart + seconds(5));
}

TEST(Announcements, BeginAnewWhenAskedAgain) {
  Announcements announcements;
  announcements.Begin(kVip, kStart);
  (void)announcements.Due(kStart + seconds(2));
  announcements.Begin(kVip, kStart + seconds(3));
  EXPECT_THAT(announcements.Due(kStart + seconds(3)), ElementsAre(kVip));
  EXPECT_EQ(announcements.NextDeadline(), kStart + milliseconds(3100));
}

TEST(Announcements, OfManyVipsGoOutInBursts) {
  Announcements announcements;
  for (int i = 1; i <= 250; ++i) {
    announcements.Begin(arbiter::IpAddress::Parse("10.0.1." + std::to_string(i)).value(), kStart);
  }
  std::vector<std::size_t> bursts;
  Instant now = kStart;
  while (announcements.NextDeadline() < kStart + milliseconds(100)) {
    now = std::max(now, *announcements.NextDeadline());
    bursts.push_back(announcements.Due(now).size());
    EXPECT_THAT(announcements.Due(now), IsEmpty());
    ASSERT_LT(bursts.size(), 10U);
  }
  EXPECT_THAT(bursts, ElementsAre(64, 64, 64, 58));
  EXPECT_EQ(now, kStart + milliseconds(3));
}

TEST(Announcements, StopWhenToldTo) {
  Announcements announcements;
  announcements.Begin(kVip, kStart);
  announcements.Stop(kVip);
  EXPECT_THAT(announcements.Due(kStart + seconds(9)), IsEmpty());
  EXPECT_FALSE(announcements.NextDeadline());
}

}  // namespace
}  // namespace probe::hold
