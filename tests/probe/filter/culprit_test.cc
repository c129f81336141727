#include "probe/filter/culprit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/filter/nft_listing.h"

namespace probe::filter {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

AdvertPacket Packet(const std::string& way = "in eth0 192.168.1.1 224.0.0.18 66 112") {
  return PacketOn(AdvertPath::Parse(way).value());
}

std::string DropsVrrp() { return Match(R"({"meta":{"key":"l4proto"}})", "112"); }

TEST(Culprits, ARuleIsNamedAsNftWritesItWithItsRepair) {
  const auto culprits = CulpritsOf(Packet(), MakeRuleset({{.rules = {DropsVrrp()}}}), {});
  ASSERT_EQ(culprits.size(), 1U);
  EXPECT_TRUE(culprits[0].certain);
  EXPECT_EQ(culprits[0].by, "nft rule `inet filter input rule 10`");
  EXPECT_THAT(culprits[0].repair, HasSubstr("nft delete rule inet filter input handle 10"));
}

TEST(Culprits, APolicyIsNoRule) {
  const auto culprits = CulpritsOf(Packet(), MakeRuleset({{.policy = "drop"}}), {});
  ASSERT_EQ(culprits.size(), 1U);
  EXPECT_EQ(culprits[0].by, "the policy of nft chain `inet filter input`");
}

TEST(Culprits, OnTheWayOutTheChainsOfOutputCount) {
  const Ruleset ruleset = MakeRuleset({{.name = "out", .hook = "output", .rules = {DropsVrrp()}}});
  EXPECT_THAT(CulpritsOf(Packet(), ruleset, {}), IsEmpty());
  const auto culprits = CulpritsOf(Packet("out eth0 - 224.0.0.18 66 112"), ruleset, {});
  ASSERT_EQ(culprits.size(), 1U);
  EXPECT_EQ(culprits[0].by, "nft rule `inet filter out rule 10`");
}

TEST(Culprits, OfTcNothingIsCertain) {
  const auto culprits = CulpritsOf(Packet(), Ruleset(), {"u32, pref 7"});
  ASSERT_EQ(culprits.size(), 1U);
  EXPECT_FALSE(culprits[0].certain);
  EXPECT_EQ(culprits[0].by, "a filter of tc on eth0 (u32, pref 7)");
  EXPECT_EQ(culprits[0].repair, "look at it: tc -s filter show dev eth0 ingress");
  EXPECT_TRUE(CulpritsOf(Packet(), MakeRuleset({{.rules = {DropsVrrp()}}}), {"u32, pref 7"}).front().certain);
}

TEST(Culprits, ARulesetThatCannotBeReadSaysNothing) {
  EXPECT_THAT(CulpritsOf(Packet(), absl::PermissionDeniedError("no"), {}), IsEmpty());
}

TEST(CulpritsText, ComesBackAsItWasWritten) {
  const std::vector<std::vector<Culprit>> answers = {{{true, "a rule", "delete it"}}, {}, {{false, "b", ""}, {}}};
  EXPECT_EQ(ReadCulprits(WriteCulprits(answers), 3).value(), answers);
  EXPECT_EQ(ReadCulprits(WriteCulprits({}), 0).value().size(), 0U);
}

TEST(CulpritsText, IsOneLineEachAndBounded) {
  const std::string text = WriteCulprits({{{true, "a\tb\nc\x1b", std::string(100000, 'x')}}});
  EXPECT_LT(text.size(), 1000U);
  const auto read = ReadCulprits(text, 1);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).at(0).by, "a b c ");
}

TEST(CulpritsText, WhatIsNotWholeIsNotBelieved) {
  const std::string whole = WriteCulprits({{{true, "a rule", "delete it"}}});
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    EXPECT_TRUE(absl::IsDataLoss(ReadCulprits(whole.substr(0, length), 1).status())) << length;
  }
  for (const char* text : {"x\tdrops\ta\tb\nend\n", "1\tdrops\ta\tb\nend\n", "netlink: Error: cache\nend\n"}) {
    EXPECT_TRUE(absl::IsDataLoss(ReadCulprits(text, 1).status())) << text;
  }
}

}  // namespace
}  // namespace probe::filter
