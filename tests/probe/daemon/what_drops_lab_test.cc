// What really drops adverts in a namespace of its own, as the probe's own question has it answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "probe/daemon/what_drops_command.h"
#include "probe/filter/culprit.h"
#include "tests/probe/netlink/namespace_fixture.h"

namespace probe::daemon {
namespace {

using netlink::testing::TestNamespace;
using ::testing::IsEmpty;

constexpr char kIn[] = "in eth0 192.168.1.1 224.0.0.18 66 112";
constexpr char kOut[] = "out eth0 192.168.1.2 224.0.0.18 66 112";

class WhatDropsLab : public testing::Test {
 protected:
  WhatDropsLab() : host_("w") {
    EXPECT_EQ(host_.Run("ip link add eth0 type veth peer name far && ip link set eth0 up && ip link set far up && "
                        "ip addr add 192.168.1.2/24 dev eth0"),
              0);
  }

  // Empty: nothing that is known.
  filter::Culprit Of(const std::string& way) {
    std::ostringstream out;
    host_.Within([&] { EXPECT_TRUE(RunWhatDrops({{way}}, out).ok()); });
    const auto answers = filter::ReadCulprits(out.str(), 1);
    EXPECT_TRUE(answers.ok()) << answers.status();
    return answers.ok() && !answers->front().empty() ? answers->front().front() : filter::Culprit();
  }

  TestNamespace host_;
};

TEST_F(WhatDropsLab, NothingWhereNothingIs) {
  EXPECT_EQ(Of(kIn), filter::Culprit());
  EXPECT_EQ(Of(kOut), filter::Culprit());
}

struct Rule {
  std::string name;
  std::string nft;  // commands
  std::string way;
  std::string by;
  bool certain = true;
};

void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

class RulesLab : public WhatDropsLab, public testing::WithParamInterface<Rule> {};

TEST_P(RulesLab, AreNamedInTheirDirectionAndTheirRepairLetsAdvertsPass) {
  const Rule& rule = GetParam();
  ASSERT_EQ(host_.Run(absl::StrCat("nft \"", rule.nft, "\"")), 0);
  const filter::Culprit culprit = Of(rule.way);
  EXPECT_EQ(culprit.by, rule.by);
  EXPECT_EQ(culprit.certain, rule.certain);
  EXPECT_EQ(Of(rule.way == kIn ? kOut : kIn), filter::Culprit());
  const std::string repair = culprit.repair.substr(0, culprit.repair.find_first_of("(;"));
  ASSERT_EQ(host_.Run(repair), 0) << repair;
  EXPECT_NE(Of(rule.way).by, rule.by);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RulesLab,
    testing::Values(
        Rule{"Input",
             "add table inet f; add chain inet f in { type filter hook input priority 0; }; add rule inet f in ip "
             "protocol 112 drop",
             kIn, "nft rule `inet f in ip protocol vrrp drop`"},
        Rule{"Output",
             "add table ip f; add chain ip f out { type filter hook output priority 0; }; add rule ip f out meta "
             "l4proto "
             "vrrp counter drop",
             kOut, "nft rule `ip f out meta l4proto vrrp counter drop`"},
        Rule{"Policy", "add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }", kIn,
             "the policy of nft chain `inet f in`"},
        Rule{"NetdevIngress",
             "add table netdev f; add chain netdev f in { type filter hook ingress device eth0 priority 0; }; add rule "
             "netdev f in ip protocol 112 drop",
             kIn, "nft rule `netdev f in ip protocol vrrp drop`"},
        Rule{"NetdevEgress",
             "add table netdev f; add chain netdev f out { type filter hook egress device eth0 priority 0; }; add rule "
             "netdev f out ip daddr 224.0.0.18 drop",
             kOut, "nft rule `netdev f out ip daddr 224.0.0.18 drop`"},
        Rule{"OneThatCannotBeToldForCertain",
             "add table inet f; add chain inet f in { type filter hook input priority 0; }; add rule inet f in ip "
             "protocol 112 meta mark 7 drop",
             kIn, "nft rule `inet f in ip protocol vrrp meta mark 0x00000007 drop`", false}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(WhatDropsLab, ABridgesOwnRulesCount) {
  ASSERT_EQ(
      host_.Run("ip link add br0 type bridge && ip link set br0 up && ip link set eth0 master br0 && nft \"add table "
                "bridge f; add chain bridge f in { type filter hook input priority 0; }; add rule bridge f in ip "
                "protocol 112 drop\""),
      0);
  EXPECT_EQ(Of("in br0 192.168.1.1 224.0.0.18 66 112").by, "nft rule `bridge f in ip protocol vrrp drop`");
}

TEST_F(WhatDropsLab, FiltersOfTcAreSuspects) {
  if (host_.Run(
          "tc qdisc add dev eth0 clsact && tc filter add dev eth0 egress pref 8 protocol ip matchall action drop") !=
      0) {
    GTEST_SKIP() << "this kernel has no matchall";
  }
  EXPECT_EQ(Of(kIn), filter::Culprit());
  const filter::Culprit culprit = Of(kOut);
  EXPECT_FALSE(culprit.certain);
  EXPECT_EQ(culprit.by, "a filter of tc on eth0 (matchall, pref 8)");
  EXPECT_EQ(host_.Run(culprit.repair.substr(culprit.repair.find("tc -s"))), 0);
}

TEST_F(WhatDropsLab, WhatIsNoWayIsRefused) {
  std::ostringstream out;
  EXPECT_TRUE(absl::IsInvalidArgument(RunWhatDrops({{"eth0"}}, out)));
  EXPECT_THAT(out.str(), IsEmpty());
}

}  // namespace
}  // namespace probe::daemon
