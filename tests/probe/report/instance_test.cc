// An instance advertises, a VIP is held: whatever interface and family the VIP is on, the adverts are the instance's.
#include <algorithm>

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kV4 = arbiter::IpAddress::Family::kV4;
constexpr auto kV6 = arbiter::IpAddress::Family::kV6;

class Instances : public NodeTest {
 protected:
  Instances() {
    AddLink(3, "lan", "02:00:00:00:00:03");
    AddAddress(3, "172.16.0.10", 24);
    AddLink(4, "sync", "02:00:00:00:00:04");
    AddAddress(4, "10.9.9.1", 24);
  }

  // VRRP speaks on `interface`.
  static std::string On(const std::string& interface, const std::string& vips, const std::string& more = "") {
    return "vrrp_instance VI_1 {\n interface " + interface +
           "\n virtual_router_id 66\n priority 90\n advert_int 1\n virtual_ipaddress {\n" + vips + " }\n" + more +
           "}\n";
  }

  static RouterAdverts OnInterface(const std::string& interface, RouterAdverts adverts, Instant last = {}) {
    adverts.router.interface = interface;
    adverts.last = last;
    return adverts;
  }

  std::vector<GatePoint> GatePoints(const std::string& vip) { return Layout(Now()).GatePointsOf(Ip(vip)); }
};

TEST_F(Instances, AdvertiseForAVipOnAnotherInterface) {
  Configure(On("eth0", "  192.168.1.212/24\n  172.16.0.212/24 dev lan\n"));
  AddAddress(2, "192.168.1.212", 24, true);
  AddAddress(3, "172.16.0.212", 24, true);
  own = {Adverts("192.168.1.10", 66, 110, {Ip("192.168.1.212"), Ip("172.16.0.212")})};
  for (const char* vip : {"192.168.1.212", "172.16.0.212"}) {
    const arbiter::v1::VipReport report = Report(vip);
    EXPECT_TRUE(report.advertises()) << vip;
    EXPECT_EQ(report.priority(), 110U) << vip;
    EXPECT_EQ(report.vrid(), 66U) << vip;
    EXPECT_EQ(report.primary_address(), "192.168.1.10") << vip;
    EXPECT_TRUE(report.effective()) << vip;
  }
  EXPECT_EQ(Report("172.16.0.212").advert_interface(), "eth0");
  EXPECT_EQ(Report("172.16.0.212").interface(), "lan");
  EXPECT_EQ(Report("172.16.0.212").segment(), "172.16.0.0/24");
  EXPECT_EQ(Report("192.168.1.212").advert_interface(), "");
  EXPECT_THAT(GatePoints("172.16.0.212"),
              ElementsAre(GatePoint{"eth0", 66, kV4, false}, GatePoint{"lan", std::nullopt, kV4, false}));
}

TEST_F(Instances, AdvertiseInOneFamilyForVipsOfTheOther) {
  Configure(On("eth0", "  192.168.1.212/24\n", " virtual_ipaddress_excluded {\n  2001:db8::212/64\n }\n"));
  AddAddress(2, "2001:db8::10", 64);
  AddAddress(2, "2001:db8::212", 64);
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  const arbiter::v1::VipReport report = Report("2001:db8::212");
  EXPECT_TRUE(report.advertises());
  EXPECT_EQ(report.priority(), 90U);
  EXPECT_EQ(report.primary_address(), "192.168.1.10");
  EXPECT_EQ(report.segment(), "2001:db8::/64");
  // The adverts to stop are IPv4's.
  EXPECT_THAT(GatePoints("2001:db8::212"), ElementsAre(GatePoint{"eth0", 66, kV4, false}));
  own.clear();
  stopped_adverts[{"eth0", kV4, 66}] = now;
  EXPECT_TRUE(Report("2001:db8::212").advertises());
  stopped_adverts = {{{"eth0", kV6, 66}, now}};
  EXPECT_FALSE(Report("2001:db8::212").advertises());
}

TEST_F(Instances, SpeakOnALinkOfTheirOwn) {
  Configure(On("sync", "  192.168.1.212/24 dev eth0\n"));
  AddAddress(2, "192.168.1.212", 24, true);
  own = {OnInterface("sync", Adverts("10.9.9.1", 66, 90, {Ip("192.168.1.212")}))};
  heard = {OnInterface("sync", Adverts("10.9.9.2", 66, 80, {Ip("192.168.1.212")}))};
  now += seconds(20);
  const arbiter::v1::VipReport report = Report();
  EXPECT_TRUE(report.advertises());
  EXPECT_EQ(report.advert_interface(), "sync");
  EXPECT_EQ(report.primary_address(), "10.9.9.1");
  EXPECT_EQ(report.segment(), "192.168.1.0/24");
  EXPECT_EQ(report.daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  EXPECT_THAT(report.answers_on(), IsEmpty());
  EXPECT_EQ(report.heard_size(), 1);
  EXPECT_THAT(GatePoints("192.168.1.212"),
              ElementsAre(GatePoint{"sync", 66, kV4, false}, GatePoint{"eth0", std::nullopt, kV4, false}));
}

TEST_F(Instances, UnderAVirtualMacSpeakOnTheMacvlanAndItsParentAlike) {
  Configure(On("eth0", "  192.168.1.212/24\n", " use_vmac\n"));
  AddLink(7, "vrrp.66", "00:00:5e:00:01:42", "macvlan", 2);
  AddAddress(7, "192.168.1.212", 24);
  arp_ignore = {{"eth0", 1}, {"vrrp.66", 1}};
  for (const char* seen_on : {"eth0", "vrrp.66"}) {
    own = {OnInterface(seen_on, Adverts("192.168.1.10", 66, 110, {Ip("192.168.1.212")}))};
    const arbiter::v1::VipReport report = Report();
    EXPECT_TRUE(report.advertises()) << seen_on;
    EXPECT_TRUE(report.effective()) << seen_on;
    EXPECT_EQ(report.advert_interface(), "") << seen_on;
    EXPECT_THAT(report.answers_on(), IsEmpty()) << seen_on;
    EXPECT_THAT(GatePoints("192.168.1.212"), ElementsAre(GatePoint{"eth0", 66, kV4, true})) << seen_on;
  }
}

// What the daemon was, and what it is after a reload. The file is the new one already.
struct Reload {
  const char* what;
  const char* interface;  // of the old adverts
  int vrid;
  int version;
  const char* listed;
  bool as_file;  // the same virtual router as the file's
};

class Reloads : public Instances, public testing::WithParamInterface<Reload> {
 protected:
  Reloads() {
    Configure(On("eth0", "  192.168.1.212/24\n  192.168.1.213/24\n"));
    AddAddress(2, "192.168.1.212", 24, true);
    AddAddress(2, "192.168.1.213", 24, true);
    RouterAdverts before = Adverts("192.168.1.10", GetParam().vrid, 120, {Ip(GetParam().listed)});
    before.version = static_cast<std::uint8_t>(GetParam().version);
    old_adverts = OnInterface(GetParam().interface, before, now);
    new_adverts = Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212"), Ip("192.168.1.213")});
    new_adverts.last = now + seconds(1);
  }
  RouterAdverts old_adverts;
  RouterAdverts new_adverts;
};

TEST_P(Reloads, AreFollowedByTheAdvertsAndNotByTheFile) {
  for (const char* vip : {"192.168.1.212", "192.168.1.213"}) {
    SCOPED_TRACE(vip);
    // The daemon has not been told yet: what it sends counts.
    own = {old_adverts};
    EXPECT_TRUE(Report(vip).advertises());
    EXPECT_EQ(Report(vip).priority(), 120U);
    EXPECT_EQ(Report(vip).vrid(), static_cast<unsigned>(GetParam().vrid));
    // Now it has, and both are within their master-down interval, in either order.
    own = {old_adverts, new_adverts};
    EXPECT_EQ(Report(vip).priority(), 90U);
    EXPECT_EQ(Report(vip).vrid(), 66U);
    std::reverse(own.begin(), own.end());
    EXPECT_EQ(Report(vip).priority(), 90U);
    // The old ones are over.
    own[1].on_wire = false;
    EXPECT_TRUE(Report(vip).advertises());
    EXPECT_EQ(Report(vip).priority(), 90U);
    // The file was put back, and the daemon goes on with what it had in between.
    own[1].on_wire = true;
    own[1].last = own[0].last + seconds(1);
    EXPECT_EQ(Report(vip).priority(), 120U);
    own[1].last = own[0].last;  // heard at the same time, for all that is known
    if (!GetParam().as_file) {
      EXPECT_EQ(Report(vip).priority(), 90U);
    }
    std::swap(own[0], own[1]);
    if (!GetParam().as_file) {
      EXPECT_EQ(Report(vip).priority(), 90U);
    }
    std::swap(own[0], own[1]);
    own[1].on_wire = false;
    // Nothing is sent any more, then only the old are.
    own[0].on_wire = false;
    EXPECT_FALSE(Report(vip).advertises());
    own[1].on_wire = true;
    EXPECT_TRUE(Report(vip).advertises());
    EXPECT_EQ(Report(vip).priority(), 120U);
  }
}

TEST_P(Reloads, LeaveNoAdvertThatTheGateDoesNotStop) {
  own = {old_adverts};
  const auto stops = [this](const std::string& interface, int vrid) {
    const std::vector<GatePoint> points = GatePoints("192.168.1.212");
    return std::any_of(points.begin(), points.end(),
                       [&](const GatePoint& point) { return point.interface == interface && point.vrid == vrid; });
  };
  EXPECT_TRUE(stops(GetParam().interface, GetParam().vrid));
  EXPECT_TRUE(stops("eth0", 66));
}

INSTANTIATE_TEST_SUITE_P(Of, Reloads,
                         testing::Values(Reload{"Vrid", "eth0", 67, 2, "192.168.1.212", false},
                                         Reload{"Interface", "lan", 66, 2, "192.168.1.212", false},
                                         Reload{"InterfaceAndVrid", "sync", 7, 2, "192.168.1.213", false},
                                         Reload{"Version", "eth0", 66, 3, "192.168.1.212", true},
                                         Reload{"List", "eth0", 66, 2, "192.168.1.99", true}),
                         [](const auto& reload) { return reload.param.what; });

TEST_F(Instances, ThatSwapTheirVridsAreKnownByWhatTheyName) {
  Configure(Instance("VI_1", 67, "192.168.1.212/24") + Instance("VI_2", 66, "192.168.1.213/24"));
  own = {Adverts("192.168.1.10", 66, 101, {Ip("192.168.1.212")}),
         Adverts("192.168.1.10", 67, 102, {Ip("192.168.1.213")})};
  EXPECT_EQ(Report("192.168.1.212").priority(), 101U);
  EXPECT_EQ(Report("192.168.1.213").priority(), 102U);
}

TEST_F(Instances, KeepTheAddressThatOnlyTheirAdvertsStillName) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24"));
  AddAddress(2, "192.168.1.214", 24, true);
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212"), Ip("192.168.1.214")})};
  EXPECT_TRUE(Report("192.168.1.214").in_daemon_config());
  EXPECT_EQ(Report("192.168.1.214").instance(), "VI_1");
  EXPECT_FALSE(Rung(hold::RungKind::kRemoveAddress, "192.168.1.214").usable);
  own[0].on_wire = false;
  EXPECT_FALSE(Report("192.168.1.214").in_daemon_config());
  EXPECT_TRUE(Rung(hold::RungKind::kRemoveAddress, "192.168.1.214").usable);
  formerly_owned = {Ip("192.168.1.214")};  // the daemon may not know yet that it is not its own any more
  EXPECT_FALSE(Rung(hold::RungKind::kRemoveAddress, "192.168.1.214").usable);
}

TEST_F(Instances, ThatSaidThatTheyStopAreNotHeardAnyMore) {
  own = {Adverts("192.168.1.10", 66, 0, {Ip("192.168.1.212")})};
  EXPECT_FALSE(Report().advertises());
  EXPECT_EQ(Report().priority(), 90U);
}

TEST_F(Instances, WhoseAdvertsNeverReachTheWireRankByTheirConfiguration) {
  Configure(On("eth0", "  192.168.1.212/24\n", " unicast_src_ip 192.168.1.77\n unicast_peer {\n  192.168.1.250\n }\n"));
  AddAddress(2, "192.168.1.212", 24, true);
  now += seconds(60);
  const arbiter::v1::VipReport report = Report();
  EXPECT_FALSE(report.advertises());
  EXPECT_EQ(report.priority(), 90U);
  EXPECT_EQ(report.primary_address(), "192.168.1.77");
  EXPECT_EQ(report.daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  EXPECT_FALSE(Rung(hold::RungKind::kRemoveAddress).usable);
}

TEST_F(Instances, HaveThePriorityOfAnAddressOwner) {
  Configure(
      "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 66\n priority 255\n virtual_ipaddress {\n  "
      "192.168.1.212/24\n }\n}\n");
  EXPECT_EQ(Report().priority(), 255U);
}

TEST_F(Instances, ThatNobodyConfiguredHaveNoPriority) {
  Configure("");
  named = {Ip("192.168.1.212")};
  EXPECT_EQ(Report().priority(), 0U);
  EXPECT_EQ(Report().vrid(), 0U);
}

TEST_F(Instances, WithALeftoverOfAnotherPrefixDoNotOwnIt) {
  AddAddress(2, "192.168.1.212", 32);
  EXPECT_FALSE(Report().in_daemon_config());
  EXPECT_EQ(Report().instance(), "VI_1");
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  EXPECT_FALSE(Rung(hold::RungKind::kRemoveAddress).usable);  // its file names the address all the same
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  EXPECT_TRUE(Report().in_daemon_config());
}

TEST_F(Instances, OfADeadDaemonLeaveTheirAddressesToBeRemoved) {
  AddAddress(2, "192.168.1.212", 24, true);
  const struct {
    hold::DaemonState daemon;
    bool usable;
  } kCases[] = {{hold::DaemonState::kRunning, false},
                {hold::DaemonState::kFrozen, true},
                {hold::DaemonState::kGone, true},
                {hold::DaemonState::kUnknown, false}};
  for (const auto& c : kCases) {
    daemon = c.daemon;
    EXPECT_EQ(Rung(hold::RungKind::kRemoveAddress).usable, c.usable) << static_cast<int>(c.daemon);
  }
  // Nobody's: of another manager of addresses, for all that is known, where no daemon was ever seen.
  Configure("");
  named = own_names = {Ip("192.168.1.212")};
  daemon = hold::DaemonState::kUnknown;
  EXPECT_FALSE(Rung(hold::RungKind::kRemoveAddress).usable);
  daemon = hold::DaemonState::kRunning;
  EXPECT_TRUE(Rung(hold::RungKind::kRemoveAddress).usable);
}

TEST_F(Instances, WithoutAVridAreGatedAllTheSame) {
  Configure("vrrp_instance VI_1 {\n interface eth0\n virtual_ipaddress {\n  192.168.1.212/24\n }\n}\n");
  EXPECT_THAT(GatePoints("192.168.1.212"), ElementsAre(GatePoint{"eth0", std::nullopt, kV4, false}));
}

TEST_F(Instances, OfOneFamilyHaveOneGateOnTheMacvlanOfTheOthersVip) {
  Configure(On("eth0", "  192.168.1.212/24\n", " use_vmac\n virtual_ipaddress_excluded {\n  2001:db8::212/64\n }\n"));
  AddLink(7, "vrrp.66", "00:00:5e:00:01:42", "macvlan", 2);
  AddAddress(7, "2001:db8::212", 64);
  EXPECT_THAT(GatePoints("2001:db8::212"), ElementsAre(GatePoint{"eth0", 66, kV4, true}));
}

TEST_F(Instances, HearTheirPeersWhereTheySpeak) {
  Configure(On("sync", "  192.168.1.212/24 dev eth0\n"));
  heard = {OnInterface("lan", Adverts("172.16.0.2", 66, 80, {Ip("192.168.1.212")})),
           OnInterface("sync", Adverts("10.9.9.2", 66, 80, {Ip("192.168.1.99")})),
           OnInterface("eth0", Adverts("192.168.1.11", 9, 80, {Ip("192.168.1.212")}))};
  const arbiter::v1::VipReport report = Report();
  ASSERT_EQ(report.heard_size(), 2);
  EXPECT_EQ(report.heard(0).source(), "10.9.9.2");
  EXPECT_FALSE(report.heard(0).names_vip());
  EXPECT_EQ(report.heard(1).source(), "192.168.1.11");
  EXPECT_TRUE(report.heard(1).names_vip());
}

TEST_F(Instances, WhatABridgesPortHasAndTheBridgeHasNotIsOnTheBridgesWire) {
  AddLink(4, "port0", "02:00:00:00:00:04");
  netlink::Link port = *table.FindLink(4);
  port.master = 2;
  table.Apply(netlink::LinkPresent{port}, now);
  netlink::Link bridge = *table.FindLink(2);
  bridge.kind = "bridge";
  table.Apply(netlink::LinkPresent{bridge}, now);
  RouterAdverts at_port = Adverts("192.168.1.11", 66, 100, {Ip("192.168.1.212")});
  at_port.router.interface = "port0";
  at_port.delivered = false;
  heard = {at_port};
  ASSERT_EQ(Report().heard_size(), 1) << "its rules have dropped it";
  EXPECT_TRUE(Report().heard(0).on_wire());
  EXPECT_FALSE(Report().heard(0).delivered());
  heard.push_back(Adverts("192.168.1.11", 66, 100, {Ip("192.168.1.212")}));
  ASSERT_EQ(Report().heard_size(), 1) << "it came to the bridge";
  EXPECT_TRUE(Report().heard(0).delivered());
}

}  // namespace
}  // namespace probe::report
