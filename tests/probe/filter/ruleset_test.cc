#include "probe/filter/ruleset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::filter {
namespace {

// As nft 1.0.6 prints them: the JSON of a netdev chain has no device.
constexpr char kJson[] = R"({"nftables": [{"metainfo": {"version": "1.0.6"}},
  {"table": {"family": "netdev", "name": "t", "handle": 2}},
  {"chain": {"family": "netdev", "table": "t", "name": "in", "handle": 1, "type": "filter", "hook": "ingress",
             "prio": -400, "policy": "drop"}},
  {"rule": {"family": "netdev", "table": "t", "chain": "in", "handle": 7, "expr": [{"drop": null}]}}]})";
constexpr char kText[] =
    "table netdev t { # handle 2\n"
    "\tset s { # handle 9\n"
    "\t\ttype ipv4_addr\n"
    "\t}\n"
    "\n"
    "\tchain in { # handle 1\n"
    "\t\ttype filter hook ingress devices = { eth0, eth1 } priority -400; policy drop;\n"
    "\t\tip protocol vrrp drop comment \"a # b\" # handle 7\n"
    "\t}\n"
    "}\n";

TEST(Ruleset, TakesStatementsFromTheJsonAndDevicesAndWordsFromTheText) {
  const auto ruleset = ParseRuleset(kJson, kText);
  ASSERT_TRUE(ruleset.ok()) << ruleset.status();
  EXPECT_EQ(ruleset->tables, 1U);
  const Chain& chain = ruleset->chains.at({"netdev", "t", "in"});
  EXPECT_EQ(chain.hook, "ingress");
  EXPECT_EQ(chain.priority, -400);
  EXPECT_TRUE(chain.drops);
  EXPECT_THAT(chain.devices, testing::ElementsAre("eth0", "eth1"));
  ASSERT_EQ(chain.rules.size(), 1U);
  EXPECT_EQ(chain.rules[0].text, "ip protocol vrrp drop comment \"a # b\"");
}

TEST(Ruleset, SaysWhatIsNoJson) {
  EXPECT_EQ(ParseRuleset("{\"nftables\": [", "").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Ruleset, AnEmptyOneHasNothing) {
  const auto ruleset = ParseRuleset("{}", "");
  ASSERT_TRUE(ruleset.ok());
  EXPECT_TRUE(ruleset->chains.empty());
}

}  // namespace
}  // namespace probe::filter
