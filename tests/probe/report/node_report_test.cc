#include "probe/report/node_report.h"

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

}  // namespace
}  // namespace probe::report
