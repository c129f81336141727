#include "probe/report/vip_report.h"

#include <algorithm>

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class VipReports : public NodeTest {};

TEST_F(VipReports, OfABackupSayWhatTheConfigurationSays) {
  const arbiter::v1::VipReport report = Report();
  EXPECT_FALSE(report.configured());
  EXPECT_FALSE(report.effective());
  EXPECT_TRUE(report.in_daemon_config());
  EXPECT_EQ(report.interface(), "eth0");
  EXPECT_EQ(report.vrid(), 66U);
  EXPECT_EQ(report.priority(), 90U);  // it sends no adverts that would say another
  EXPECT_EQ(report.version(), 2U);
  EXPECT_EQ(report.instance(), "VI_1");
  EXPECT_EQ(report.segment(), "192.168.1.0/24");
  EXPECT_EQ(report.gate(), arbiter::v1::GATE_STATE_OPEN);
  EXPECT_EQ(report.daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  EXPECT_THAT(report.bound_together(), ElementsAre("192.168.1.212"));
  EXPECT_EQ(report.primary_address(), "192.168.1.10");
}

TEST_F(VipReports, OfAHolderSayWhatItsAdvertsSay) {
  AddAddress(2, "192.168.1.212", 24, true);
  own = {Adverts("192.168.1.10", 66, 120, {Ip("192.168.1.212")})};
  now += seconds(5);
  const arbiter::v1::VipReport report = Report();
  EXPECT_TRUE(report.configured());
  EXPECT_TRUE(report.effective());
  EXPECT_TRUE(report.advertises());
  EXPECT_EQ(report.priority(), 120U);
  EXPECT_EQ(report.configured_for().seconds(), 5);
  EXPECT_THAT(report.advertised_addresses(), ElementsAre("192.168.1.212"));
}

TEST_F(VipReports, KnowWhenAConfiguredAddressIsNotAnsweredFor) {
  const struct {
    const char* what;
    void (*change)(netlink::Link*, netlink::Address*);
    bool effective;
  } kCases[] = {
      {"fine", [](netlink::Link*, netlink::Address*) {}, true},
      {"link down", [](netlink::Link* link, netlink::Address*) { link->up = false; }, false},
      {"no carrier", [](netlink::Link* link, netlink::Address*) { link->carrier = false; }, false},
      {"protodown", [](netlink::Link* link, netlink::Address*) { link->proto_down = true; }, false},
      {"tentative", [](netlink::Link*, netlink::Address* address) { address->tentative = true; }, false},
      {"dadfailed", [](netlink::Link*, netlink::Address* address) { address->dad_failed = true; }, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    netlink::Link link = *table.FindLink(2);
    netlink::Address address;
    address.ip = Ip("192.168.1.212");
    address.prefix_length = 32;
    address.link = 2;
    c.change(&link, &address);
    table = netlink::AddressTable();
    table.Apply(netlink::LinkPresent{link}, now);
    table.Apply(netlink::AddressPresent{address}, now);
    EXPECT_TRUE(Report().configured());
    EXPECT_EQ(Report().effective(), c.effective);
    AddLink(2, "eth0", "02:00:00:00:00:02");
  }
}

TEST_F(VipReports, SayThatTheLinkIsDownAlsoWhereTheVipIsNotConfigured) {
  EXPECT_FALSE(Report().link_down());
  netlink::Link link = *table.FindLink(2);
  link.carrier = false;
  table.Apply(netlink::LinkPresent{link}, now);
  EXPECT_TRUE(Report().link_down());
  table.Apply(netlink::LinkGone{2}, now);
  EXPECT_TRUE(Report().link_down());
}

TEST_F(VipReports, LookAtTheLinkThatFacesTheSegmentUnderAVirtualMac) {
  AddLink(3, "vrrp4-2-1", "00:00:5e:00:01:42", "macvlan", 2);
  netlink::Link macvlan = *table.FindLink(3);
  macvlan.proto_down = true;  // FRR's backup
  table.Apply(netlink::LinkPresent{macvlan}, now);
  AddAddress(3, "192.168.1.212", 32);
  EXPECT_FALSE(Report().effective());
  EXPECT_FALSE(Report().link_down());
  netlink::Link parent = *table.FindLink(2);
  parent.carrier = false;
  table.Apply(netlink::LinkPresent{parent}, now);
  EXPECT_TRUE(Report().link_down());
}

TEST_F(VipReports, TellWhoElseClaimsTheVipOnceTheHandOverIsOver) {
  const arbiter::MacAddress mac = arbiter::MacAddress::Parse("02:00:00:00:00:99").value();
  claims[Ip("192.168.1.212")] = {{mac, "eth0", "ARP reply", now}};
  ASSERT_EQ(Report().heard_size(), 1);
  EXPECT_EQ(Report().heard(0).version(), 0U);
  EXPECT_EQ(Report().heard(0).mac(), "02:00:00:00:00:99");
  EXPECT_TRUE(Report().heard(0).names_vip());
  EXPECT_THAT(Report().heard(0).defects(), ElementsAre("ARP reply"));
  // Whoever had it before may have spoken last when it came here.
  AddAddress(2, "192.168.1.212", 24, true);
  EXPECT_EQ(Report().heard_size(), 0);
  claims.begin()->second[0].last = now + seconds(1);
  EXPECT_EQ(Report().heard_size(), 1);
}

TEST_F(VipReports, CountLoopbackOnlyWhereTheHostAnswersForIt) {
  AddLoopback();
  AddAddress(1, "192.168.1.212", 32);
  for (const int hidden : {1, 2, 8}) {
    arp_ignore["eth0"] = hidden;
    EXPECT_FALSE(Report().configured()) << hidden;
    EXPECT_FALSE(Report().effective()) << hidden;
    EXPECT_EQ(Report().interface(), "eth0") << hidden;
  }
  arp_ignore["eth0"] = 0;
  EXPECT_TRUE(Report().configured());
  EXPECT_TRUE(Report().effective());
  EXPECT_EQ(Report().interface(), "lo");
  EXPECT_THAT(Report().answers_on(), ElementsAre("eth0"));
}

TEST_F(VipReports, UnderAVirtualMacNameTheMacvlanAndFaceTheParent) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " use_vmac\n"));
  AddLink(7, "vrrp.66", "00:00:5e:00:01:42", "macvlan", 2);
  AddAddress(7, "192.168.1.212", 24);
  const std::vector<VipPlace> places = PlacesOf(Ip("192.168.1.212"), table, owners);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].interface, "eth0");
  EXPECT_TRUE(places[0].vmac);
  EXPECT_EQ(places[0].vrid, 66);
  EXPECT_EQ(Report().interface(), "vrrp.66");
}

TEST_F(VipReports, TakeTheVridOfAForeignMacvlanFromItsMac) {
  Configure("");
  AddLink(7, "vrrp4-2-5", "00:00:5e:00:01:05", "macvlan", 2);
  AddAddress(7, "192.168.1.200", 24);
  const std::vector<VipPlace> places = PlacesOf(Ip("192.168.1.200"), table, owners);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].vrid, 5);
  EXPECT_EQ(places[0].interface, "eth0");
}

TEST_F(VipReports, CountAnExcludedVipAsAdvertisedByItsRouter) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " virtual_ipaddress_excluded {\n  192.168.1.213/24\n }\n"));
  AddAddress(2, "192.168.1.213", 24);
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  EXPECT_TRUE(Report("192.168.1.213").advertises());
  EXPECT_THAT(Report("192.168.1.213").bound_together(), ElementsAre("192.168.1.212", "192.168.1.213"));
}

TEST_F(VipReports, SeeAdvertsThatOnlyTheGateCounts) {
  AddAddress(2, "192.168.1.212", 24);
  gates[Ip("192.168.1.212")] = {hold::GateState::kShut, now};
  EXPECT_FALSE(Report().advertises());
  stopped_adverts[{"eth0", arbiter::IpAddress::Family::kV4, 66}] = now - seconds(1);
  EXPECT_TRUE(Report().advertises());
  EXPECT_EQ(Report().gate(), arbiter::v1::GATE_STATE_SHUT);
  stopped_adverts[{"eth0", arbiter::IpAddress::Family::kV4, 66}] = now - seconds(10);
  EXPECT_FALSE(Report().advertises());
}

TEST_F(VipReports, CallNoDaemonFrozenWhereNobodyListens) {
  interfaces = {"eth9"};
  AddAddress(2, "192.168.1.212", 24, true);
  now += seconds(20);
  stuck_for = seconds(20);
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  interfaces = {"eth0"};
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_FROZEN);
}

TEST_F(VipReports, CallADaemonFrozenThatHoldsInSilenceWhileItsProcessDoesNotRun) {
  AddAddress(2, "192.168.1.212", 24);
  stuck_for = seconds(20);
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_RUNNING);  // it may be about to speak
  now += seconds(4);
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_FROZEN);
  stuck_for = {};  // a process that runs: its adverts do not reach the wire, or it is in FAULT
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  stuck_for = seconds(20);
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  EXPECT_EQ(Report().daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
}

TEST_F(VipReports, LeaveOutWhatIsHeardOnAnotherSegment) {
  heard = {Adverts("10.9.0.2", 66, 100, {Ip("192.168.1.212")})};
  heard[0].router.interface = "eth1";
  EXPECT_EQ(Report().heard_size(), 0);
  heard[0].router.interface = "eth0";
  EXPECT_EQ(Report().heard_size(), 1);
}

TEST_F(VipReports, TellOfOtherRoutersOfTheVipAndOfItsVrid) {
  heard = {Adverts("192.168.1.11", 65, 100, {Ip("192.168.1.212")}),
           Adverts("192.168.1.12", 66, 100, {Ip("192.168.1.200")}),
           Adverts("192.168.1.13", 9, 100, {Ip("192.168.1.201")})};
  heard[0].delivered = false;
  heard[1].defects = {"TTL 64, must be 255"};
  const arbiter::v1::VipReport report = Report();
  ASSERT_EQ(report.heard_size(), 2);
  EXPECT_TRUE(report.heard(0).names_vip());
  EXPECT_TRUE(report.heard(0).on_wire());
  EXPECT_FALSE(report.heard(0).delivered());
  EXPECT_FALSE(report.heard(1).names_vip());
  EXPECT_THAT(report.heard(1).defects(), ElementsAre("TTL 64, must be 255"));
}

TEST_F(VipReports, CoverEverythingThatCountsAsAVip) {
  heard = {Adverts("192.168.1.11", 65, 100, {Ip("192.168.1.220"), Ip("192.168.1.242")}),
           Adverts("192.168.1.12", 65, 100, {Ip("192.168.1.243")})};
  heard[1].defects = {"TTL 64, must be 255"};  // names nothing
  named = {Ip("192.168.1.230")};
  known_elsewhere = {Ip("192.168.1.240"), Ip("192.168.1.241"), Ip("192.168.1.242"), Ip("192.168.1.243")};
  AddAddress(2, "192.168.1.240", 24);
  EXPECT_THAT(VipsOf(Now()),
              ElementsAre(Ip("192.168.1.212"), Ip("192.168.1.230"), Ip("192.168.1.240"), Ip("192.168.1.242")))
      << "192.168.1.220 is a stranger's";
}

TEST_F(VipReports, AreBoundedWhenStrangersNameThousands) {
  std::vector<arbiter::IpAddress> many;
  for (int i = 0; i < 3000; ++i) many.push_back(Ip("10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250)));
  heard = {Adverts("192.168.1.11", 65, 100, many)};
  EXPECT_THAT(VipsOf(Now()), ElementsAre(Ip("192.168.1.212")));
  for (int i = 1; i <= 100; ++i) {
    heard.push_back(Adverts("192.168.2." + std::to_string(i), 65, 100, {Ip("192.168.1.212")}));
  }
  EXPECT_EQ(Report().heard_size(), static_cast<int>(kMostHeard));
}

TEST_F(VipReports, NameTheSegmentOfTheNodesOwnAddress) {
  AddAddress(2, "10.9.8.7", 32);
  came_later = {Ip("192.168.1.10")};  // then it is a VIP, and no address of the node's own
  EXPECT_EQ(Report().segment(), "");
  came_later.clear();
  EXPECT_EQ(Report().segment(), "192.168.1.0/24");
}

TEST_F(VipReports, SayWhyTheGateCannotWork) {
  why_no_gate = "no egress hook: Linux 5.16 is needed";
  EXPECT_EQ(Report().gate(), arbiter::v1::GATE_STATE_UNAVAILABLE);
  EXPECT_EQ(Report().gate_reason(), why_no_gate);
}

TEST_F(VipReports, OfAnotherManagersVipKnowNoDaemonAndUseTheGateAlone) {
  named = listed_vips = own_names = {Ip("192.168.1.230")};
  AddAddress(2, "192.168.1.230", 32);
  for (const hold::DaemonState state : {hold::DaemonState::kGone, hold::DaemonState::kRunning,
                                        hold::DaemonState::kFrozen, hold::DaemonState::kUnknown}) {
    daemon = state;
    const arbiter::v1::VipReport report = Report("192.168.1.230");
    EXPECT_TRUE(report.other_manager());
    EXPECT_TRUE(report.vouched());
    EXPECT_EQ(report.daemon(), arbiter::v1::DAEMON_STATE_UNKNOWN);
    EXPECT_TRUE(Rung(hold::RungKind::kGate, "192.168.1.230").usable);
    for (const hold::RungKind kind : {hold::RungKind::kRemoveAddress, hold::RungKind::kTrackFile}) {
      EXPECT_FALSE(Rung(kind, "192.168.1.230").usable);
    }
  }
  EXPECT_THAT(Rung(hold::RungKind::kRemoveAddress, "192.168.1.230").reason, testing::HasSubstr("another manager"));
  EXPECT_FALSE(Report().other_manager()) << "the daemon's own";
  listed_vips.insert(Ip("192.168.1.212"));
  named.insert(Ip("192.168.1.212"));
  EXPECT_FALSE(Report().other_manager()) << "listed, and the daemon's own all the same";
}

TEST_F(VipReports, SayWhatDropsAdvertsThatAreNotDelivered) {
  heard = {Adverts("10.9.9.1", 66, 100, {Ip("192.168.1.212")})};
  reverse_path = [](const std::string& link, const arbiter::IpAddress& sender) -> std::optional<Drop> {
    return Drop{link + " drops " + sender.ToString(), "repair"};
  };
  EXPECT_EQ(Report().heard(0).dropped_by(), "") << "it is delivered";
  heard[0].delivered = false;
  EXPECT_EQ(Report().heard(0).dropped_by(), "eth0 drops 10.9.9.1");
  EXPECT_EQ(Report().heard(0).drop_repair(), "repair");
}

TEST(MasterDown, FollowsTheVersionsOfTheProtocol) {
  EXPECT_EQ(MasterDownInterval(2, 100, seconds(1)), Duration(seconds(3)) + Duration(seconds(1)) * 156 / 256);
  EXPECT_EQ(MasterDownInterval(3, 156, milliseconds(100)),
            Duration(milliseconds(300)) + Duration(milliseconds(100)) * 100 / 256);
}

class Rungs : public NodeTest {};

TEST_F(Rungs, AreReportedWithTheirReasons) {
  const struct {
    hold::RungKind kind;
    bool usable;
    const char* reason;
  } kCases[] = {
      {hold::RungKind::kGate, true, ""},
      {hold::RungKind::kTrackFile, false, "track_file"},
      {hold::RungKind::kRemoveAddress, false, "owns it"},
      {hold::RungKind::kStopDaemon, false, "not allowed here: add stop_daemon to actuators"},
  };
  for (const auto& c : kCases) {
    const hold::Rung rung = Rung(c.kind);
    EXPECT_EQ(rung.usable, c.usable) << hold::NameOf(c.kind);
    EXPECT_THAT(rung.reason, testing::HasSubstr(c.reason));
  }
}

TEST_F(Rungs, OfATrackFileHaveTheScopeOfTheInstance) {
  Configure("track_file arbiter_VI_1 {\n file \"/run/arbiter-probe/VI_1.demote\"\n weight 0\n init_file 0\n}\n" +
            Instance("VI_1", 66, "192.168.1.212/24\n  192.168.1.213/24", " track_file {\n  arbiter_VI_1\n }\n"));
  const hold::Rung rung = Rung(hold::RungKind::kTrackFile);
  EXPECT_TRUE(rung.usable) << rung.reason;
  EXPECT_THAT(rung.scope, ElementsAre(Ip("192.168.1.212"), Ip("192.168.1.213")));
}

TEST_F(Rungs, OfATrackFileThatCouldNotBeWrittenAreNotUsable) {
  Configure("track_file arbiter_VI_1 {\n file \"/run/arbiter-probe/VI_1.demote\"\n weight 0\n init_file 0\n}\n" +
            Instance("VI_1", 66, "192.168.1.212/24", " track_file {\n  arbiter_VI_1\n }\n"));
  why_no_track_file = "/run/arbiter-probe: others may write in it";
  const hold::Rung rung = Rung(hold::RungKind::kTrackFile);
  EXPECT_FALSE(rung.usable);
  EXPECT_EQ(rung.reason, why_no_track_file);
}

TEST_F(Rungs, LetALeftoverBeRemoved) {
  AddAddress(2, "192.168.1.212", 24);
  daemon = hold::DaemonState::kGone;
  EXPECT_TRUE(Rung(hold::RungKind::kRemoveAddress).usable);
}

TEST_F(Rungs, KeepAPrimaryAddressWhoseSecondariesWouldGoWithIt) {
  table = netlink::AddressTable();
  AddLink(2, "eth0", "02:00:00:00:00:02");
  AddAddress(2, "192.168.1.212", 24);
  AddAddress(2, "192.168.1.213", 24, true);
  daemon = hold::DaemonState::kGone;
  EXPECT_TRUE(Rung(hold::RungKind::kRemoveAddress).usable);
  promotes = false;
  const hold::Rung rung = Rung(hold::RungKind::kRemoveAddress);
  EXPECT_FALSE(rung.usable);
  EXPECT_THAT(rung.reason, testing::HasSubstr("promote_secondaries"));
  EXPECT_THAT(rung.scope, ElementsAre(Ip("192.168.1.212"), Ip("192.168.1.213")));
}

TEST_F(Rungs, OfADaemonStopDropEverything) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24") + Instance("VI_2", 77, "192.168.1.213/24"));
  actuators.insert(hold::RungKind::kStopDaemon);
  const hold::Rung rung = Rung(hold::RungKind::kStopDaemon);
  EXPECT_TRUE(rung.usable);
  EXPECT_THAT(rung.scope, ElementsAre(Ip("192.168.1.212"), Ip("192.168.1.213")));
}

TEST_F(Rungs, DoNotListThousandsOfVipsForARungThatNobodyMayUse) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += Instance("VI_" + std::to_string(i), i + 1, "10.0.0." + std::to_string(i + 1) + "/24");
  }
  Configure(text);
  const hold::Rung rung = Rung(hold::RungKind::kStopDaemon, "10.0.0.1");
  EXPECT_TRUE(rung.scope.empty());  // the VIP alone
  EXPECT_THAT(rung.reason, testing::HasSubstr("all 100 VIPs"));
}

TEST_F(Rungs, NeedAnInterface) {
  Configure("");
  named = {Ip("10.9.9.9"), Ip("192.168.1.212")};
  EXPECT_FALSE(Rung(hold::RungKind::kGate, "10.9.9.9").usable);
  EXPECT_TRUE(Rung(hold::RungKind::kGate).usable);  // of the subnet that eth0 is on
}

}  // namespace
}  // namespace probe::report
