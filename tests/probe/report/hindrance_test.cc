// What keeps this node from serving a VIP, as far as it can see it.
#include "probe/report/hindrance.h"

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class HindranceTest : public NodeTest {
 protected:
  void Change(const std::string& name, void (*change)(netlink::Link*)) {
    netlink::Link link = *table.FindLink(name);
    change(&link);
    table.Apply(netlink::LinkPresent{link}, now);
  }

  void CutCable(const std::string& name) {
    Change(name, [](netlink::Link* link) { link->carrier = false; });
  }

  std::string Evidence(const std::string& vip = "192.168.1.212") {
    std::string text;
    const arbiter::v1::VipReport report = Report(vip);
    for (const arbiter::v1::Hindrance& hindrance : report.hindrances()) text += hindrance.evidence() + "\n";
    return text;
  }

  // VRRP over `sync`, the VIP on eth0.
  void UseHeartbeatLink(const std::string& more = "") {
    AddLink(3, "sync", "02:00:00:00:00:03");
    AddAddress(3, "10.0.0.1", 24);
    Configure("vrrp_instance VI_1 {\n interface sync\n virtual_router_id 66\n" + more +
              " virtual_ipaddress {\n  192.168.1.212/24 dev eth0\n }\n}\n");
  }
};

TEST_F(HindranceTest, AHealthyNodeHasNone) {
  const arbiter::v1::VipReport report = Report();
  EXPECT_THAT(report.hindrances(), IsEmpty());
  EXPECT_THAT(report.fault_suspects(), IsEmpty());
}

TEST_F(HindranceTest, TheLinkOfTheVipIsCut) {
  CutCable("eth0");
  const arbiter::v1::VipReport report = Report();
  ASSERT_THAT(report.hindrances(), SizeIs(1));
  EXPECT_EQ(report.hindrances(0).kind(), arbiter::v1::HINDRANCE_KIND_LINK);
  EXPECT_EQ(report.hindrances(0).evidence(), "eth0 has no carrier, which keeps VI_1 in FAULT");
  EXPECT_EQ(report.hindrances(0).repair(), "look at cable and switch port of eth0 (`ip link show eth0`)");
}

TEST_F(HindranceTest, TheLinkOfTheAdvertsIsCut) {
  UseHeartbeatLink();
  EXPECT_EQ(Evidence(), "");
  CutCable("sync");
  EXPECT_EQ(Evidence(), "sync has no carrier, which keeps VI_1 in FAULT\n");
}

TEST_F(HindranceTest, AnInterfaceOfItsVipsCountsAsTrackedEvenWhereItsOwnDoesNot) {
  UseHeartbeatLink(" dont_track_primary\n");
  CutCable("sync");
  EXPECT_EQ(Evidence(), "");
  CutCable("eth0");
  EXPECT_EQ(Evidence(), "eth0 has no carrier, which keeps VI_1 in FAULT\n");
}

TEST_F(HindranceTest, ALinkIsDownInEachOfItsWays) {
  Change("eth0", [](netlink::Link* link) { link->up = false; });
  EXPECT_THAT(Evidence(), HasSubstr("eth0 is set down"));
  Change("eth0", [](netlink::Link* link) { link->up = link->proto_down = true; });
  EXPECT_THAT(Evidence(), HasSubstr("eth0 is protodown"));
  table.Apply(netlink::LinkGone{2}, now);
  EXPECT_THAT(Evidence(), HasSubstr("eth0 does not exist"));
}

TEST_F(HindranceTest, TrackedInterfacesCountWithoutAWeight) {
  AddLink(3, "eth1", "02:00:00:00:00:03");
  CutCable("eth1");
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " track_interface {\n  eth1 weight -20\n }\n"));
  EXPECT_EQ(Evidence(), "");
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " track_interface {\n  eth1\n }\n"));
  EXPECT_EQ(Evidence(), "eth1 has no carrier, which keeps VI_1 in FAULT\n");
}

TEST_F(HindranceTest, AMemberTakesItsSyncGroupWithIt) {
  AddLink(3, "eth1", "02:00:00:00:00:03");
  AddAddress(3, "10.0.0.1", 24);
  CutCable("eth1");
  Configure(Instance("VI_1", 66, "192.168.1.212/24") +
            "vrrp_instance VI_2 {\n interface eth1\n virtual_router_id 67\n virtual_ipaddress {\n  10.0.0.9/24\n }\n}\n"
            "vrrp_sync_group G {\n group {\n  VI_1\n  VI_2\n }\n}\n");
  EXPECT_EQ(Evidence(), "eth1 has no carrier, which keeps VI_2 in FAULT and with it sync group G\n");
}

TEST_F(HindranceTest, NoAddressToSendFrom) {
  table.Apply(netlink::AddressGone{Ip("192.168.1.10"), 24, 2}, now);
  EXPECT_EQ(Evidence(), "eth0 has no IPv4 address of its own, which keeps VI_1 in FAULT\n");
  AddAddress(2, "192.168.1.212", 24);
  EXPECT_EQ(Evidence(), "eth0 has no IPv4 address of its own, which keeps VI_1 in FAULT\n")
      << "a VIP is none of its own";
  AddAddress(2, "fe80::10", 64);
  Configure(Instance("VI_1", 66, "fd00::212/64"));
  EXPECT_EQ(Evidence("fd00::212"), "");
  table.Apply(netlink::AddressGone{Ip("fe80::10"), 64, 2}, now);
  EXPECT_EQ(Evidence("fd00::212"), "eth0 has no link-local address of its own, which keeps VI_1 in FAULT\n");
}

TEST_F(HindranceTest, AnAddressWithoutANetworkIsASourceAllTheSame) {
  table.Apply(netlink::AddressGone{Ip("192.168.1.10"), 24, 2}, now);
  AddAddress(2, "192.168.1.10", 32);  // as clouds give them
  EXPECT_EQ(Evidence(), "");
}

TEST_F(HindranceTest, OfADaemonInAnotherNamespaceNothingIsSeen) {
  CutCable("eth0");
  Configure("global_defs {\n net_namespace other\n}\n" + Instance("VI_1", 66, "192.168.1.212/24"));
  EXPECT_EQ(Evidence(), "");
}

TEST_F(HindranceTest, AStatedSourceIsMissing) {
  const std::string unicast = " unicast_src_ip 192.168.1.10\n unicast_peer {\n  192.168.1.11\n }\n";
  Configure(Instance("VI_1", 66, "192.168.1.212/24", unicast));
  EXPECT_EQ(Evidence(), "");
  table.Apply(netlink::AddressGone{Ip("192.168.1.10"), 24, 2}, now);
  EXPECT_THAT(Evidence(), HasSubstr("no interface has 192.168.1.10, which VI_1 is to send from"));
}

TEST_F(HindranceTest, DuplicateAddressDetectionFailed) {
  AddAddress(2, "fe80::10", 64);
  Configure(Instance("VI_1", 66, "fd00::212/64"));
  netlink::Address address;
  address.ip = Ip("fd00::212");
  address.prefix_length = 64;
  address.link = 2;
  address.tentative = address.dad_failed = true;
  table.Apply(netlink::AddressPresent{address}, now);
  const arbiter::v1::VipReport report = Report("fd00::212");
  EXPECT_FALSE(report.effective());
  ASSERT_THAT(report.hindrances(), SizeIs(1));
  EXPECT_EQ(report.hindrances(0).kind(), arbiter::v1::HINDRANCE_KIND_DAD_FAILED);
  EXPECT_THAT(report.hindrances(0).repair(), HasSubstr("ip address del fd00::212/64 dev eth0"));
}

TEST_F(HindranceTest, ScriptsAndFilesThatCouldKeepItInFaultAreNamed) {
  Configure("vrrp_script chk {\n script /bin/true\n}\nvrrp_script heavy {\n script /bin/true\n weight -20\n}\n" +
            std::string("track_file own {\n file /var/lib/x\n}\n") +
            Instance("VI_1", 66, "192.168.1.212/24",
                     " track_script {\n  chk\n  heavy\n }\n track_file {\n  own weight 0\n }\n"));
  const arbiter::v1::VipReport report = Report();
  EXPECT_THAT(report.fault_suspects(),
              ElementsAre(AllOf(HasSubstr("file own ("), HasSubstr("keepalived.conf:")), HasSubstr("script chk (")));
}

}  // namespace
}  // namespace probe::report
