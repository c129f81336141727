// The weak host model: where the kernel answers for an address. What is expected was measured.
#include "probe/report/answering.h"

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto kV4 = arbiter::IpAddress::Family::kV4;
constexpr char kVip[] = "192.168.1.212";

class WeakHost : public NodeTest {
 protected:
  WeakHost() {
    AddLoopback();
    AddLink(3, "lan", "02:00:00:00:00:03");
    AddAddress(3, "172.16.0.10", 24);
    AddLink(5, "docker0", "02:00:00:00:00:05", "bridge");
    netlink::Link bridge = *table.FindLink(5);
    bridge.carrier = false;
    bridge.oper_state = netlink::OperState::kDown;
    table.Apply(netlink::LinkPresent{bridge}, now);
    AddAddress(5, "172.17.0.1", 16);
  }
};

struct Place {
  const char* what;
  int link;
  int prefix_length;
  bool answered[9];  // by arp_ignore
};

class OfAnAddress : public WeakHost, public testing::WithParamInterface<Place> {};

TEST_P(OfAnAddress, TheAnswerDependsOnArpIgnoreWhereTheQuestionComesIn) {
  AddAddress(GetParam().link, kVip, GetParam().prefix_length);
  for (int value = 0; value <= 8; ++value) {
    arp_ignore["eth0"] = value;
    EXPECT_EQ(Report().effective(), GetParam().answered[value]) << value;
  }
}

INSTANTIATE_TEST_SUITE_P(
    On, OfAnAddress,
    testing::Values(Place{"TheInterfaceItself", 2, 24, {true, true, true, true, true, true, true, true, false}},
                    Place{"TheInterfaceItselfAlone", 2, 32, {true, true, true, true, true, true, true, true, false}},
                    Place{"ASecondLeg", 3, 32, {true, false, false, true, true, true, true, true, false}},
                    Place{"ABridgeWithoutCarrier", 5, 32, {true, false, false, true, true, true, true, true, false}},
                    Place{"Loopback", 1, 32, {true, false, false, true, true, true, true, true, false}}),
    [](const auto& place) { return place.param.what; });

TEST_F(WeakHost, HidesWhatHasTheScopeOfTheHost) {
  netlink::Address address;
  address.ip = Ip(kVip);
  address.prefix_length = 32;
  address.link = 1;
  address.host_scope = true;
  table.Apply(netlink::AddressPresent{address}, now);
  EXPECT_TRUE(Report().effective());
  arp_ignore["eth0"] = 3;
  EXPECT_FALSE(Report().effective());
}

TEST_F(WeakHost, NeedsASharedSubnetUnderTwo) {
  arp_ignore["eth0"] = 2;
  AddAddress(2, "10.5.5.5", 32);
  named = {Ip("10.5.5.5")};
  EXPECT_FALSE(Report("10.5.5.5").effective());
  AddAddress(2, "10.5.5.1", 24);
  EXPECT_TRUE(Report("10.5.5.5").effective());
}

TEST_F(WeakHost, AnswersEvenForAnAddressOnALinkThatIsDown) {
  AddAddress(3, kVip, 32);
  netlink::Link lan = *table.FindLink(3);
  lan.up = false;
  table.Apply(netlink::LinkPresent{lan}, now);
  EXPECT_TRUE(Report().effective());
  EXPECT_FALSE(Report().link_down());
  netlink::Link eth0 = *table.FindLink(2);
  eth0.carrier = false;
  table.Apply(netlink::LinkPresent{eth0}, now);
  EXPECT_FALSE(Report().effective());
  EXPECT_TRUE(Report().link_down());
}

TEST_F(WeakHost, AnswersOverIPv6OnlyWhereTheAddressIs) {
  AddAddress(2, "2001:db8::10", 64);
  named = {Ip("2001:db8::212")};
  AddAddress(3, "2001:db8::212", 128);
  EXPECT_FALSE(Report("2001:db8::212").effective());
  AddAddress(2, "2001:db8::212", 128);
  EXPECT_TRUE(Report("2001:db8::212").effective());
  EXPECT_EQ(Report("2001:db8::212").interface(), "eth0");
}

TEST_F(WeakHost, IsReportedAndGatedWhereTheAnswersLeave) {
  for (const int link : {1, 3, 5}) {
    SCOPED_TRACE(link);
    AddAddress(link, kVip, 32);
    const arbiter::v1::VipReport report = Report();
    EXPECT_TRUE(report.configured());
    EXPECT_EQ(report.interface(), table.FindLink(link)->name);
    EXPECT_THAT(report.answers_on(), ElementsAre("eth0"));
    EXPECT_EQ(report.segment(), "192.168.1.0/24");
    EXPECT_FALSE(report.link_down());
    EXPECT_TRUE(Rung(hold::RungKind::kGate).usable);
    EXPECT_THAT(Layout(Now()).GatePointsOf(Ip(kVip)), ElementsAre(GatePoint{"eth0", 66, kV4, false}));
    table.Apply(netlink::AddressGone{Ip(kVip), 32, link}, now);
  }
}

TEST_F(WeakHost, KeepsWhatLoadBalancersHaveOnLoopback) {
  AddAddress(1, kVip, 32);
  daemon = hold::DaemonState::kGone;
  const hold::Rung rung = Rung(hold::RungKind::kRemoveAddress);
  EXPECT_FALSE(rung.usable);
  EXPECT_THAT(rung.reason, testing::HasSubstr("loopback"));
}

TEST_F(WeakHost, ReportsAVipOfOtherNodesOnLoopbackOnlyWhereItAnswers) {
  Configure("");
  known_elsewhere = {Ip(kVip)};
  AddAddress(1, kVip, 32);
  EXPECT_THAT(VipsOf(Now()), ElementsAre(Ip(kVip)));
  arp_ignore["eth0"] = 1;
  EXPECT_THAT(VipsOf(Now()), IsEmpty());
}

TEST_F(WeakHost, DoesNotMakeAHolderOfARouterThatKeepsTheAddressOnItsMacvlan) {
  Configure("");
  named = {Ip(kVip)};
  AddLink(7, "vrrp4-2-1", "00:00:5e:00:01:42", "macvlan", 2);
  AddAddress(7, kVip, 32);
  EXPECT_TRUE(Report().effective());
  netlink::Link macvlan = *table.FindLink(7);
  macvlan.proto_down = true;  // FRR's backup
  table.Apply(netlink::LinkPresent{macvlan}, now);
  EXPECT_FALSE(Report().effective());
}

class Segments : public WeakHost {
 protected:
  std::vector<std::string> Of(const std::string& vip) { return Layout(Now()).SegmentsOf(Ip(vip)); }
};

TEST_F(Segments, AreWhereTheConfigurationPutsTheVip) {
  Configure(Instance("VI_1", 66, "10.7.7.7/24 dev lan"));
  AddAddress(5, "10.7.7.7", 32);
  EXPECT_THAT(Of("10.7.7.7"), ElementsAre("lan"));
}

TEST_F(Segments, AreAlsoWhereTheNodeHasAnAddressOfTheVipsSubnet) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24 dev lan"));  // the wrong one
  EXPECT_THAT(Of(kVip), ElementsAre("lan", "eth0"));
  Configure("");
  EXPECT_THAT(Of(kVip), ElementsAre("eth0"));
}

TEST_F(Segments, AreOfTheNarrowestSubnet) {
  Configure("");
  AddLink(6, "mgmt", "02:00:00:00:00:06");
  AddAddress(6, "192.168.9.9", 16);
  EXPECT_THAT(Of(kVip), ElementsAre("eth0"));
  EXPECT_THAT(Of("192.168.7.7"), ElementsAre("mgmt"));
}

TEST_F(Segments, AreWhereOthersSpeakForTheVip) {
  Configure("");
  const arbiter::MacAddress mac = arbiter::MacAddress::Parse("02:00:00:00:00:99").value();
  AddAddress(5, "10.7.7.7", 32);
  EXPECT_THAT(Of("10.7.7.7"), ElementsAre("docker0"));
  heard = {Adverts("192.168.1.11", 66, 100, {Ip("10.7.7.7")})};
  EXPECT_THAT(Of("10.7.7.7"), ElementsAre("eth0"));
  claims[Ip("10.7.7.7")] = {{mac, "lan", "ARP reply", now}};
  EXPECT_THAT(Of("10.7.7.7"), ElementsAre("lan"));
}

TEST_F(Segments, OfAVipOnLoopbackThatNobodyKnowsAreNone) {
  Configure("");
  AddAddress(1, "10.7.7.7", 32);
  EXPECT_THAT(Of("10.7.7.7"), IsEmpty());
}

}  // namespace
}  // namespace probe::report
