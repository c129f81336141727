#include "probe/report/node_report.h"

#include "probe/report/foreign_routers.h"
#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class NodeReports : public NodeTest {
 protected:
  static constexpr char kAuthentication[] = " authentication {\n  auth_type PASS\n  auth_pass topsecre\n }\n";
};

TEST_F(NodeReports, HaveTheInstancesAsTheyAreConfigured) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " nopreempt\n"));
  const arbiter::v1::NodeReport report = NodeReportOf(Now(), {});
  ASSERT_EQ(report.instances_size(), 1);
  const arbiter::v1::InstanceConfig& instance = report.instances(0);
  EXPECT_EQ(instance.name(), "VI_1");
  EXPECT_EQ(instance.vrid(), 66U);
  EXPECT_EQ(instance.priority(), 90U);
  EXPECT_TRUE(instance.nopreempt());
  EXPECT_EQ(instance.segment(), "192.168.1.0/24");
  EXPECT_THAT(instance.addresses(), ElementsAre("192.168.1.212"));
  EXPECT_THAT(instance.origin(), Contains(Pair("virtual_router_id", "/etc/keepalived/keepalived.conf:3")));
}

TEST_F(NodeReports, NeverHaveAPassword) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", kAuthentication));
  NodeFacts node;
  node.fingerprint_key = "0123456789abcdef";
  const arbiter::v1::NodeReport report = NodeReportOf(Now(), node);
  EXPECT_EQ(report.instances(0).auth_type(), "PASS");
  EXPECT_EQ(report.instances(0).auth_fingerprint().size(), 16U);
  EXPECT_THAT(report.SerializeAsString(), Not(HasSubstr("topsecre")));
}

TEST_F(NodeReports, HaveNoFingerprintWithoutAKey) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", kAuthentication));
  EXPECT_THAT(NodeReportOf(Now(), {}).instances(0).auth_fingerprint(), IsEmpty());
}

TEST_F(NodeReports, HaveTheNodesOwnAddressesAndNoVip) {
  AddAddress(2, "192.168.1.212", 24);
  AddAddress(2, "192.168.1.240", 24);
  known_elsewhere = {Ip("192.168.1.240"), Ip("192.168.1.10")};
  came_later = {Ip("192.168.1.240")};
  EXPECT_THAT(NodeReportOf(Now(), {}).addresses(), ElementsAre("192.168.1.10"));
}

TEST_F(NodeReports, SayWhatIsWrongWithTheConfiguration) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " no_such_keyword 1\n"));
  NodeFacts node;
  node.problems = {"interface eth9: there is no such interface"};
  EXPECT_THAT(NodeReportOf(Now(), node).config_problems(), ElementsAre(node.problems[0], HasSubstr("no_such_keyword")));
}

TEST_F(NodeReports, HaveTheRoutersThatAreForeign) {
  known_elsewhere = {Ip("192.168.1.240")};
  heard = {Adverts("192.168.1.3", 7, 150, {Ip("192.168.1.254")}),   // somebody's gateway
           Adverts("192.168.1.2", 66, 100, {Ip("192.168.1.212")}),  // a peer
           Adverts("192.168.1.2", 65, 100, {Ip("192.168.1.212")}),  // one with another VRID
           Adverts("192.168.1.2", 67, 100, {Ip("192.168.1.240")}),  // one of an instance that is elsewhere
           Adverts("192.168.1.2", 66, 100, {}),                     // one that names nothing
           Adverts("192.168.1.4", 66, 100, {Ip("10.9.9.9")}),       // somebody else's cluster with our VRID
           Adverts("192.168.1.5", 8, 100, {Ip("192.168.1.253")})};  // has fallen silent
  heard.back().on_wire = heard.back().delivered = false;
  NodeFacts node;
  node.gateways = {{"eth0", "CARP", 3, Ip("192.168.1.9"), 0, std::nullopt, {}}};
  const arbiter::v1::NodeReport report = NodeReportOf(Now(), node);
  ASSERT_EQ(report.foreign_routers_size(), 3);
  EXPECT_EQ(report.foreign_routers(0).protocol(), "VRRPv2");
  EXPECT_EQ(report.foreign_routers(0).group(), 7U);
  EXPECT_EQ(report.foreign_routers(0).priority(), 150U);
  EXPECT_THAT(report.foreign_routers(0).addresses(), ElementsAre("192.168.1.254"));
  EXPECT_EQ(report.foreign_routers(1).source(), "192.168.1.4");
  EXPECT_EQ(report.foreign_routers(2).protocol(), "CARP");
}

TEST_F(NodeReports, AreBoundedWhenRoutersAreMany) {
  for (int i = 1; i <= 200; ++i) {
    heard.push_back(Adverts("192.168.2." + std::to_string(i), 7, 100, {Ip("192.168.1.254")}));
  }
  EXPECT_EQ(NodeReportOf(Now(), {}).foreign_routers_size(), static_cast<int>(kMostForeignRouters));
}

TEST_F(NodeReports, HaveEveryNetworkOfAnInterfaceAndTheVipsOwnFirst) {
  AddAddress(2, "10.9.0.2", 24);
  const arbiter::v1::NodeReport report = NodeReportOf(Now(), {});
  EXPECT_EQ(report.instances(0).segment(), "192.168.1.0/24");
  EXPECT_THAT(report.instances(0).networks(), testing::UnorderedElementsAre("192.168.1.0/24", "10.9.0.0/24"));
}

TEST_F(NodeReports, SayWhereTheLinkOfAnInstanceCarriesNothing) {
  EXPECT_FALSE(NodeReportOf(Now(), {}).instances(0).link_down());
  netlink::Link link = *table.FindLink(2);
  link.carrier = false;
  table.Apply(netlink::LinkPresent{link}, now);
  EXPECT_TRUE(NodeReportOf(Now(), {}).instances(0).link_down());
  EXPECT_FALSE(NodeReportOf(Now(), {}).instances(0).ignores_link());
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " dont_track_primary\n"));
  EXPECT_TRUE(NodeReportOf(Now(), {}).instances(0).ignores_link());
}

TEST_F(NodeReports, HaveAddressesOnLoopbackThatARouterSendsFrom) {
  AddLoopback();
  AddAddress(1, "127.0.0.1", 8);
  AddAddress(1, "10.255.0.1", 32);
  AddAddress(1, "192.168.1.212", 32);
  EXPECT_THAT(NodeReportOf(Now(), {}).loopback_addresses(), ElementsAre("10.255.0.1"));
  EXPECT_THAT(NodeReportOf(Now(), {}).addresses(), ElementsAre("192.168.1.10"));
}

TEST_F(NodeReports, SayWhoseAdvertsLeaveBelowTheMacvlan) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " use_vmac\n vmac_xmit_base\n"));
  EXPECT_TRUE(NodeReportOf(Now(), {}).instances(0).vmac_xmit_base());
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " use_vmac\n"));
  EXPECT_FALSE(NodeReportOf(Now(), {}).instances(0).vmac_xmit_base());
}

}  // namespace
}  // namespace probe::report
