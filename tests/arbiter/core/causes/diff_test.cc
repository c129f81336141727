#include "arbiter/core/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "proto/value/ip_address.h"

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

IpAddress Ip(const std::string& text) { return IpAddress::Parse(text).value(); }

InstanceConfig Instance(const std::string& name, std::uint8_t vrid, const std::vector<std::string>& addresses) {
  InstanceConfig instance;
  instance.name = name;
  instance.interface = "eth0";
  instance.vrid = vrid;
  instance.version = 2;
  instance.advert_interval = seconds(1);
  instance.auth_type = "PASS";
  instance.auth_fingerprint = "f1";
  for (const std::string& address : addresses) instance.addresses.push_back(Ip(address));
  instance.segment = "192.168.1.0/24";
  return instance;
}

// Two nodes with one virtual router each, alike but for priority and state.
struct Pair {
  Pair() {
    for (int i = 0; i < 2; ++i) {
      NodeReport& report = reports.emplace_back();
      report.addresses = {Ip(i == 0 ? "192.168.1.1" : "192.168.1.2")};
      report.instances = {Instance("VI_1", 66, {"192.168.1.212"})};
      report.instances[0].priority = i == 0 ? 100 : 90;
      report.instances[0].initial_state = i == 0 ? "MASTER" : "BACKUP";
      report.instances[0].origin = {{"virtual_ipaddress", i == 0 ? "/etc/a.conf:12" : "/etc/b.conf:14"}};
    }
  }
  [[nodiscard]] InstanceConfig& a() { return reports[0].instances[0]; }
  [[nodiscard]] InstanceConfig& b() { return reports[1].instances[0]; }
  [[nodiscard]] std::vector<ConfigDifference> Find() const {
    std::vector<NodeConfig> nodes;
    const std::vector<std::string> names = {"a", "b", "c"};
    for (std::size_t i = 0; i < reports.size(); ++i) nodes.push_back({names[i], &reports[i]});
    return FindDifferences(nodes);
  }

  std::deque<NodeReport> reports;
};

std::vector<std::string> Keys(const std::vector<ConfigDifference>& differences, bool fault) {
  std::vector<std::string> keys;
  for (const ConfigDifference& difference : differences) {
    if (difference.fault == fault) keys.push_back(difference.key);
  }
  return keys;
}

struct Change {
  std::string name;
  std::function<void(Pair&)> make;
  std::string key;
  bool fault = false;
  std::string value_on_a;
  std::string value_on_b;
  std::string advice;
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

void UseVersion3(Pair& pair) { pair.a().version = pair.b().version = 3; }

std::vector<Change> Faults() {
  return {
      {"AddressTypedWrongly", [](Pair& p) { p.b().addresses = {Ip("192.168.1.200")}; }, "virtual_ipaddress", true,
       "192.168.1.212", "192.168.1.200", "192.168.1.200 is not on a, 192.168.1.212 is not on b"},
      {"AddressMissing", [](Pair& p) { p.a().addresses.push_back(Ip("192.168.1.213")); }, "virtual_ipaddress", true,
       "192.168.1.212, 192.168.1.213", "192.168.1.212", "192.168.1.213 is not on b"},
      {"VirtualRouterId", [](Pair& p) { p.b().vrid = 65; }, "virtual_router_id", true, "66", "65", "same number"},
      {"Version", [](Pair& p) { p.b().version = 3; }, "vrrp_version", true, "2", "3", "same version"},
      {"AuthenticationType", [](Pair& p) { p.b().auth_type = ""; }, "auth_type", true, "PASS", "none",
       "write the same"},
      {"Password", [](Pair& p) { p.b().auth_fingerprint = "f2"; }, "auth_pass", true, "password 1", "password 2",
       "write the same"},
      {"IntervalUnderVersion2", [](Pair& p) { p.b().advert_interval = seconds(2); }, "advert_int", true, "1", "2",
       "VRRPv2 drops"},
      {"UnicastMeetsMulticast", [](Pair& p) { p.a().unicast_peers = {Ip("192.168.1.2")}; }, "unicast_peer", true,
       "192.168.1.2", "none (multicast)", "b sends to the multicast group, a to its peers"},
      {"UnicastPeerIsSomebodyElse",
       [](Pair& p) {
         p.a().unicast_peers = {Ip("192.168.1.99")};
         p.b().unicast_peers = {Ip("192.168.1.1")};
       },
       "unicast_peer", true, "192.168.1.99", "192.168.1.1", "a does not list b"},
      {"DifferentNetworks",
       [](Pair& p) {
         p.b().interface = "eth1";
         p.b().segment = "10.9.0.0/24";
       },
       "interface", true, "eth0 (192.168.1.0/24)", "eth1 (10.9.0.0/24)", "different networks"},
      {"ExcludedAddressMissing", [](Pair& p) { p.a().excluded_addresses = {Ip("192.168.1.220")}; },
       "virtual_ipaddress_excluded", true, "192.168.1.220", "none", "192.168.1.220 is not on b"},
  };
}

std::vector<Change> WorthKnowing() {
  return {
      {"IntervalUnderVersion3",
       [](Pair& p) {
         UseVersion3(p);
         p.b().advert_interval = std::chrono::milliseconds(100);
       },
       "advert_int", false, "1", "0.1", "takes the active node's"},
      {"AuthenticationUnderVersion3",
       [](Pair& p) {
         UseVersion3(p);
         p.b().auth_type = "";
       },
       "auth_type", false, "PASS", "none", "ignored"},
      {"InterfaceNames", [](Pair& p) { p.b().interface = "ens3"; }, "interface", false, "eth0 (192.168.1.0/24)",
       "ens3 (192.168.1.0/24)", "only the names"},
      {"InstanceNames", [](Pair& p) { p.b().name = "VI_A"; }, "vrrp_instance", false, "VI_1", "VI_A", "only the names"},
      {"SyncGroup", [](Pair& p) { p.a().sync_group = "G1"; }, "vrrp_sync_group", false, "in a group", "no group",
       "part"},
      {"NoPreempt", [](Pair& p) { p.b().nopreempt = true; }, "nopreempt", false, "no", "yes", "takes the VIP back"},
      {"VirtualMac", [](Pair& p) { p.b().use_vmac = true; }, "use_vmac", false, "no", "yes", "MAC address"},
      {"AdvertsOfOneVirtualMacLeaveFromTheInterface",
       [](Pair& p) {
         p.a().use_vmac = p.b().use_vmac = true;
         p.b().vmac_xmit_base = true;
       },
       "vmac_xmit_base", true, "no", "yes", "does not hear"},
      {"TrackFile", [](Pair& p) { p.a().track_file = "/run/x"; }, "track_file", false, "/run/x", "none", "snippet"},
      {"EqualPriorities", [](Pair& p) { p.b().priority = 100; }, "priority", false, "100", "100",
       "higher primary address wins"},
      {"UnicastSources",
       [](Pair& p) {
         p.a().unicast_source = Ip("192.168.1.1");
         p.b().unicast_source = Ip("192.168.1.2");
       },
       "unicast_src_ip", false, "192.168.1.1", "192.168.1.2", "as it should be"},
  };
}

class EachChange : public testing::TestWithParam<Change> {};

TEST_P(EachChange, IsReportedAloneWithBothValues) {
  Pair pair;
  GetParam().make(pair);
  const std::vector<ConfigDifference> found = pair.Find();
  const auto difference =
      std::find_if(found.begin(), found.end(), [](const ConfigDifference& d) { return d.key == GetParam().key; });
  ASSERT_NE(difference, found.end());
  EXPECT_EQ(difference->fault, GetParam().fault);
  ASSERT_EQ(difference->values.size(), 2U);
  EXPECT_EQ(difference->values[0].node, "a");
  EXPECT_EQ(difference->values[0].value, GetParam().value_on_a);
  EXPECT_EQ(difference->values[1].value, GetParam().value_on_b);
  EXPECT_THAT(difference->advice, HasSubstr(GetParam().advice));
  if (GetParam().fault) {
    EXPECT_THAT(Keys(found, true), ElementsAre(GetParam().key));
    EXPECT_EQ(found[0].key, GetParam().key) << "faults come first";
  } else {
    EXPECT_THAT(Keys(found, true), ElementsAre());
  }
}

INSTANTIATE_TEST_SUITE_P(DiffFault, EachChange, testing::ValuesIn(Faults()),
                         [](const testing::TestParamInfo<Change>& change) { return change.param.name; });
INSTANTIATE_TEST_SUITE_P(DiffWorthKnowing, EachChange, testing::ValuesIn(WorthKnowing()),
                         [](const testing::TestParamInfo<Change>& change) { return change.param.name; });

TEST(Diff, HealthyPairDiffersInItsRolesOnly) {
  const std::vector<ConfigDifference> found = Pair().Find();
  EXPECT_THAT(Keys(found, true), ElementsAre());
  EXPECT_THAT(Keys(found, false), ElementsAre("priority", "state"));
  EXPECT_EQ(found[0].advice, "as it should be");
  EXPECT_EQ(found[0].virtual_router, "VI_1 (VRID 66)");
}

TEST(Diff, WrongAddressIsTheFirstLineHoweverMuchElseDiffers) {
  Pair pair;
  pair.b().addresses = {Ip("192.168.1.200")};
  pair.b().auth_fingerprint = "f2";
  pair.b().advert_interval = seconds(3);
  pair.b().interface = "ens3";
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].key, "virtual_ipaddress");
  EXPECT_EQ(found[0].values[0], (ValueOnNode{"a", "192.168.1.212", "/etc/a.conf:12"}));
  EXPECT_EQ(found[0].values[1], (ValueOnNode{"b", "192.168.1.200", "/etc/b.conf:14"}));
  EXPECT_THAT(Keys(found, true), ElementsAre("virtual_ipaddress", "auth_pass", "advert_int"));
}

TEST(Diff, PairsByAddressesBeforeVirtualRouterIds) {
  Pair pair;
  pair.reports[0].instances = {Instance("VI_1", 66, {"192.168.1.212"}), Instance("VI_2", 67, {"192.168.1.213"})};
  pair.reports[1].instances = {Instance("VI_1", 67, {"192.168.1.212"}), Instance("VI_2", 66, {"192.168.1.213"})};
  const std::vector<ConfigDifference> found = pair.Find();
  EXPECT_THAT(Keys(found, true), ElementsAre("virtual_router_id", "virtual_router_id"));
  EXPECT_EQ(found[0].virtual_router, "VI_1 (VRID 66, 67)");
}

TEST(Diff, AddressOfAnotherRouterTypedInStillPairsTheRightOnes) {
  Pair pair;
  pair.reports[0].instances = {Instance("VI_1", 66, {"192.168.1.212"}), Instance("VI_2", 67, {"192.168.1.213"})};
  pair.reports[1].instances = {Instance("VI_1", 66, {"192.168.1.213"}), Instance("VI_2", 67, {"192.168.1.213"})};
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_THAT(Keys(found, true), ElementsAre("virtual_ipaddress"));
  EXPECT_EQ(found[0].virtual_router, "VI_1 (VRID 66)");
}

TEST(Diff, CommonAddressOutweighsTheVirtualRouterIdOfAnEarlierInstance) {
  Pair pair;
  pair.reports[0].instances = {Instance("VI_1", 66, {"192.168.1.212"})};
  pair.reports[1].instances = {Instance("VI_X", 66, {"192.168.1.214"}), Instance("VI_2", 67, {"192.168.1.212"})};
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_THAT(Keys(found, true), ElementsAre("virtual_router_id"));
  EXPECT_EQ(found[0].virtual_router, "VI_1, VI_2 (VRID 66, 67)");
}

TEST(Diff, VirtualRouterIdOutweighsTheNameOfAnEarlierInstance) {
  Pair pair;
  pair.reports[0].instances = {Instance("VI_1", 66, {"192.168.1.212"})};
  pair.reports[1].instances = {Instance("VI_1", 70, {"192.168.1.220"}), Instance("VI_9", 66, {"192.168.1.200"})};
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_THAT(Keys(found, true), ElementsAre("virtual_ipaddress"));
  EXPECT_EQ(found[0].virtual_router, "VI_1, VI_9 (VRID 66)");
}

TEST(Diff, FaultComesBeforeWhatIsOnlyWorthKnowingWhateverItsKey) {
  Pair pair;
  UseVersion3(pair);
  pair.b().advert_interval = seconds(2);
  pair.b().excluded_addresses = {Ip("192.168.1.220")};
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].key, "virtual_ipaddress_excluded");
}

TEST(Diff, UnicastPeersMayBeOnDifferentNetworks) {
  Pair pair;
  pair.a().unicast_peers = {Ip("10.9.0.2")};
  pair.b().unicast_peers = {Ip("192.168.1.1")};
  pair.reports[1].addresses = {Ip("10.9.0.2")};
  pair.b().segment = "10.9.0.0/24";
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre());
}

TEST(Diff, PeersAreNotJudgedWhereANodesAddressesAreNotKnown) {
  Pair pair;
  pair.a().unicast_peers = {Ip("192.168.1.2")};
  pair.b().unicast_peers = {Ip("192.168.1.1")};
  pair.reports[1].addresses.clear();
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre());
}

TEST(Diff, PairsByNameWhereNothingElseIsCommon) {
  Pair pair;
  pair.b().vrid = 65;
  pair.b().addresses = {Ip("192.168.1.200")};
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre("virtual_ipaddress", "virtual_router_id"));
}

TEST(Diff, SameVirtualRouterIdOnAnotherSegmentIsAnotherRouter) {
  Pair pair;
  pair.b().segment = "10.9.0.0/24";
  pair.b().addresses = {Ip("10.9.0.212")};
  const std::vector<ConfigDifference> found = pair.Find();
  EXPECT_THAT(Keys(found, true), ElementsAre());
  EXPECT_THAT(Keys(found, false), ElementsAre("vrrp_instance", "vrrp_instance"));
}

TEST(Diff, SameVirtualRouterIdOfTheOtherFamilyIsAnotherRouter) {
  Pair pair;
  pair.b().addresses = {Ip("2001:db8::212")};
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre());
}

TEST(Diff, RouterThatNoOtherNodeHasIsWorthKnowing) {
  Pair pair;
  pair.reports[0].instances.push_back(Instance("VI_2", 67, {"192.168.1.213"}));
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].key, "vrrp_instance");
  EXPECT_FALSE(found[0].fault);
  EXPECT_THAT(found[0].values, ElementsAre(ValueOnNode{"a", "VI_2 (192.168.1.213)", ""}));
}

TEST(Diff, NodeWhoseConfigurationWasNotReadTakesNoPart) {
  Pair pair;
  pair.reports[1].instances.clear();
  EXPECT_THAT(pair.Find(), ElementsAre());
}

TEST(Diff, ThreeNodesShowWhoIsTheOddOne) {
  Pair pair;
  pair.reports.push_back(pair.reports[1]);
  pair.reports[2].instances[0].priority = 80;
  pair.reports[2].instances[0].vrid = 65;
  const std::vector<ConfigDifference> found = pair.Find();
  ASSERT_THAT(Keys(found, true), ElementsAre("virtual_router_id"));
  EXPECT_THAT(found[0].values,
              ElementsAre(ValueOnNode{"a", "66", ""}, ValueOnNode{"b", "66", ""}, ValueOnNode{"c", "65", ""}));
}

TEST(Diff, PeersThatListEachOtherAreNoDifference) {
  Pair pair;
  pair.a().unicast_peers = {Ip("192.168.1.2"), Ip("192.168.1.3")};
  pair.b().unicast_peers = {Ip("192.168.1.1")};
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre());
}

TEST(Diff, UnknownValuesDifferFromNothing) {
  Pair pair;
  pair.b().vrid = 0;
  pair.b().version = 0;
  pair.b().priority = 0;
  pair.b().advert_interval = {};
  pair.b().auth_fingerprint = "";
  pair.b().segment = "";
  EXPECT_THAT(Keys(pair.Find(), true), ElementsAre());
}

}  // namespace
}  // namespace arbiter::core
