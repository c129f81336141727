#include "probe/actuate/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::actuate {
namespace {

using arbiter::IpAddress;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

IpAddress Ip(absl::string_view text) { return IpAddress::Parse(text).value(); }

netlink::Address Own(absl::string_view ip, int prefix_length) {
  netlink::Address address;
  address.ip = Ip(ip);
  address.prefix_length = prefix_length;
  return address;
}

ReferenceSources Sources() {
  return {.configured = {},
          .gateway = Ip("192.168.1.254"),
          .heard = {Ip("192.168.1.2"), Ip("192.168.1.7"), Ip("192.168.1.8"), Ip("192.168.1.9"), Ip("192.168.1.10")},
          .own_addresses = {Own("192.168.1.1", 24)},
          .cluster = {Ip("192.168.1.2"), Ip("192.168.1.212")}};
}

TEST(References, ThoseConfiguredAreAskedAndNobodyElse) {
  ReferenceSources sources = Sources();
  sources.configured = {Ip("192.168.1.50"), Ip("192.168.1.51"), Ip("192.168.1.50")};
  EXPECT_THAT(ChooseReferences(sources), ElementsAre(Ip("192.168.1.50"), Ip("192.168.1.51")));
}

TEST(References, ElseTheGatewayWhereItIsOnTheSegment) {
  ReferenceSources sources = Sources();
  EXPECT_THAT(ChooseReferences(sources), ElementsAre(Ip("192.168.1.254")));
  sources.gateway = Ip("10.0.0.1");
  EXPECT_THAT(ChooseReferences(sources), testing::Not(testing::Contains(Ip("10.0.0.1"))));
}

TEST(References, ALinkLocalGatewayIsOnTheSegment) {
  ReferenceSources sources;
  sources.gateway = Ip("fe80::1");
  EXPECT_THAT(ChooseReferences(sources), ElementsAre(Ip("fe80::1")));
}

TEST(References, ElseHostsHeardButNeverNodesOfTheCluster) {
  ReferenceSources sources = Sources();
  sources.gateway.reset();
  EXPECT_THAT(ChooseReferences(sources), ElementsAre(Ip("192.168.1.7"), Ip("192.168.1.8"), Ip("192.168.1.9")));
}

TEST(References, AGatewayThatIsTheVipItselfProvesNothing) {
  ReferenceSources sources = Sources();
  sources.gateway = Ip("192.168.1.212");
  sources.heard.clear();
  EXPECT_THAT(ChooseReferences(sources), IsEmpty());
}

TEST(Source, IsAnOwnAddressOfTheSubnetAndNeverTheVip) {
  const std::vector<netlink::Address> own = {Own("10.0.0.1", 24), Own("192.168.1.212", 24), Own("192.168.1.1", 24),
                                             Own("fd00::1", 64), Own("fe80::1", 64)};
  const std::set<IpAddress> vips = {Ip("192.168.1.212")};
  EXPECT_EQ(ChooseSource(own, vips, Ip("192.168.1.254")), Ip("192.168.1.1"));
  EXPECT_EQ(ChooseSource(own, vips, Ip("172.16.0.1")), Ip("10.0.0.1"));
  EXPECT_EQ(ChooseSource(own, vips, Ip("fd00::2")), Ip("fe80::1"));
}

TEST(Source, IsNobodyWhereOnlyTheVipIsConfigured) {
  netlink::Address tentative = Own("fe80::1", 64);
  tentative.tentative = true;
  EXPECT_FALSE(ChooseSource({Own("192.168.1.212", 24), tentative}, {Ip("192.168.1.212")}, Ip("192.168.1.1")));
  EXPECT_FALSE(ChooseSource({tentative}, {}, Ip("fd00::1")));
}

TEST(ReachTally, CountsEachHostThatWasAskedOnce) {
  const netlink::Instant start{};
  ReachTally tally(std::vector<IpAddress>{Ip("10.0.0.1"), Ip("10.0.0.2")}, start);
  EXPECT_FALSE(tally.Hear(Ip("10.0.0.3"), {}, start));
  EXPECT_TRUE(tally.Hear(Ip("10.0.0.2"), {}, start + milliseconds(3)));
  EXPECT_FALSE(tally.Hear(Ip("10.0.0.2"), {}, start + milliseconds(9)));
  EXPECT_EQ(tally.answered(), 1U);
  EXPECT_EQ(tally.asked(), 2U);
  EXPECT_FALSE(tally.complete());
  EXPECT_EQ(tally.answers().at(0).after, milliseconds(3));
  EXPECT_THAT(tally.silent(), ElementsAre(Ip("10.0.0.1")));
}

}  // namespace
}  // namespace probe::actuate
