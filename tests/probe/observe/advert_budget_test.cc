#include "probe/observe/advert_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace probe::observe {
namespace {

using arbiter::IpAddress;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart = Instant() + seconds(1000);

IpAddress Peer() { return IpAddress::Parse("192.0.2.2").value(); }
IpAddress Unknown() { return IpAddress::Parse("192.0.2.77").value(); }
IpAddress Host(int number) {
  return IpAddress::Parse("10.0." + std::to_string(number / 250 % 250) + "." + std::to_string(number % 250 + 1))
      .value();
}

Expected Ours() {
  Expected expected;
  expected.sources = {Peer()};
  expected.vrids.set(66);
  return expected;
}

// 20,000 adverts a second of `source(i)` and `vrid(i)` for ten seconds, and beside them one a second of the peer's.
struct Flood {
  int read = 0;
  int heard = 0;  // of the ten of `beside`
};
template <typename Sender>
Flood Endure(AdvertBudget& budget, Sender sender, const vrrp::Glance& beside) {
  Flood flood;
  for (int i = 0; i < 200'000; ++i) {
    const Instant now = kStart + i * microseconds(50);
    if (budget.Take(sender(i), Ours(), now)) ++flood.read;
    if (i % 20'000 == 19'999 && budget.Take(beside, Ours(), now)) ++flood.heard;
  }
  return flood;
}

TEST(AdvertBudget, ReadsEverythingOfAQuietSegment) {
  AdvertBudget budget;
  for (int second = 0; second < 60; ++second) {
    for (int router = 1; router < 256; ++router) {
      const Instant now = kStart + seconds(second) + router * milliseconds(3);
      ASSERT_TRUE(budget.Take({Host(router), static_cast<std::uint8_t>(router)}, Ours(), now)) << second;
      ASSERT_TRUE(budget.Take({Peer(), static_cast<std::uint8_t>(router)}, Ours(), now)) << second;
    }
  }
  EXPECT_EQ(budget.passed_over(), 0U);
}

TEST(AdvertBudget, AFloodInThisHostsNameLeavesItsOwnAdvertsTheirs) {
  AdvertBudget budget;
  Expected expected = Ours();
  const IpAddress own = IpAddress::Parse("192.0.2.1").value();
  expected.sources.insert(own);  // of the cluster, as the arbiter knows it
  for (int i = 0; i < 200'000; ++i) {
    const Instant now = kStart + i * microseconds(50);
    budget.Take({own, 66}, expected, now);
    if (i % 2'000 == 1'999) {
      ASSERT_TRUE(budget.TakeOwn({own, 66}, now)) << i;
    }
  }
}

TEST(AdvertBudget, HearsThePeerThroughAFloodOfStrangers) {
  AdvertBudget budget;
  const Flood flood = Endure(budget,
                             [](int i) {
                               return vrrp::Glance{Host(i), static_cast<std::uint8_t>(i % 60)};
                             },
                             {Peer(), 66});
  EXPECT_EQ(flood.heard, 10);
  EXPECT_LE(flood.read, 2'000) << "one in a hundred";
  EXPECT_EQ(budget.passed_over(), 200'000U - static_cast<unsigned>(flood.read));
  EXPECT_LE(budget.kept(), AdvertBudget::kMostKept);
}

TEST(AdvertBudget, HearsThePeerThroughAFloodThatNamesItsRouter) {
  AdvertBudget budget;
  const Flood flood = Endure(budget, [](int i) { return vrrp::Glance{Host(i), 66}; }, {Peer(), 66});
  EXPECT_EQ(flood.heard, 10);
  EXPECT_LE(flood.read, 2'000) << "one in a hundred";
}

TEST(AdvertBudget, HearsAPeerThatNobodyNamedThroughAFloodOfStrangers) {
  AdvertBudget budget;
  const Flood flood = Endure(budget, [](int i) { return vrrp::Glance{Host(i), 67}; }, {Unknown(), 66});
  EXPECT_EQ(flood.heard, 10) << "its VRID is this node's";
}

TEST(AdvertBudget, HearsAStrangerThatWasThereBeforeThroughOneThatShouts) {
  AdvertBudget budget;
  ASSERT_TRUE(budget.Take({Unknown(), 9}, Ours(), kStart));
  const Flood flood = Endure(budget, [](int) { return vrrp::Glance{Host(1), 9}; }, {Unknown(), 9});
  EXPECT_EQ(flood.heard, 10);
  EXPECT_LE(flood.read, 600 + 300 * 10 + 1);
}

TEST(AdvertBudget, BoundsOneThatShoutsInThePeersName) {
  AdvertBudget budget;
  const Flood flood = Endure(budget, [](int) { return vrrp::Glance{Peer(), 66}; }, {Peer(), 67});
  EXPECT_EQ(flood.heard, 10) << "another router of the peer's";
  EXPECT_LE(flood.read, 400 + 200 * 10 + 1);
}

TEST(AdvertBudget, KeepsThePlacesOfThoseThatMatter) {
  AdvertBudget budget;
  ASSERT_TRUE(budget.Take({Peer(), 66}, Ours(), kStart));
  // Newcomers for as long as it takes to fill every place.
  for (int i = 0; i < 4'000; ++i) (void)budget.Take({Host(i), 9}, Ours(), kStart + i * milliseconds(50));
  EXPECT_EQ(budget.kept(), AdvertBudget::kMostKept);
  EXPECT_TRUE(budget.Take({Peer(), 66}, Ours(), kStart + seconds(300)));
  EXPECT_EQ(budget.kept(), AdvertBudget::kMostKept) << "it had its place still";
}

}  // namespace
}  // namespace probe::observe
