// A healthy pair of each flavour is nobody's business: no warning in `status`, `check` fine, no finding of a doctor.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "tests/lab/address_fault.h"
#include "tests/lab/fault.h"
#include "tests/lab/healthy.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

struct HealthyPair {
  std::string name;
  Flavour flavour = V4();
  std::function<void(Site&)> prepare = [](Site&) {};
  int nodes = 2;
};

void PrintTo(const HealthyPair& pair, std::ostream* out) { *out << pair.name; }

// Lets VRRP in and drops all else but what the lab itself needs, after a list of hosts that are not welcome.
void DropByDefault(Site& site) {
  for (const char* name : {"a", "b"}) {
    site.node(name).firewall().Load(
        "table inet filter {\n"
        "  set blocked { type ipv4_addr; flags interval; elements = { 203.0.113.0/24, 198.51.100.7 } }\n"
        "  chain input {\n"
        "    type filter hook input priority 0; policy drop;\n"
        "    ip saddr @blocked drop\n"
        "    iifname { \"lo\", \"mgmt\" } accept\n"
        "    ct state established,related accept\n"
        "    ip protocol vrrp accept\n"
        "    ip6 nexthdr vrrp accept\n"
        "    meta l4proto ipv6-icmp accept\n"
        "    icmp type echo-request accept\n"
        "  }\n"
        "}\n");
  }
}

void BeStrict(Site& site) {
  for (const char* name : {"a", "b"}) site.node(name).config.global_defs.emplace_back("vrrp_strict");
}

class HealthyPairTest : public testing::TestWithParam<HealthyPair> {};

TEST_P(HealthyPairTest, HasNoWarningAnywhere) {
  Site site({.flavour = GetParam().flavour, .nodes = GetParam().nodes});
  GetParam().prepare(site);
  AddGateway(site);
  ASSERT_TRUE(site.StartDaemons());
  for (const std::string& name : site.node_names()) site.node(name).StartKeepalived();
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(20)));  // strict mode lets nobody ping the VIP
  ExpectNothingToSay(site);
}

INSTANTIATE_TEST_SUITE_P(
    All, HealthyPairTest,
    testing::Values(HealthyPair{"V4Version3", V4Version3()}, HealthyPair{"V6", V6()}, HealthyPair{"V4Vmac", V4Vmac()},
                    HealthyPair{"V6Vmac", V6Vmac()}, HealthyPair{"V4VmacXmitBase", V4VmacXmitBase()},
                    HealthyPair{"V6VmacXmitBase", V6VmacXmitBase()}, HealthyPair{"Unicast", V4(), &UseUnicast},
                    HealthyPair{"UnicastV6", V6(), &UseUnicast},
                    HealthyPair{"TwoNetworks", V4(), &PutAnotherNetworkFirst},
                    HealthyPair{"ThreeNodes", V4(), [](Site&) {}, 3}, HealthyPair{"DefaultDrop", V4(), &DropByDefault},
                    HealthyPair{"DefaultDropV6", V6(), &DropByDefault}, HealthyPair{"Strict", V4(), &BeStrict},
                    HealthyPair{"StrictV6", V6(), &BeStrict}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
