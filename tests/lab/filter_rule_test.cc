// The rule that drops VRRP, by name: in the incident and in what `status` says next, as the node's doctor has it; and
// what it says to do mends the split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

struct RuleCase {
  std::string name;
  std::vector<std::string> nodes;     // whose filter it is
  std::string filter;                 // nftables commands
  std::vector<std::string> evidence;  // parts of it
  bool nopreempt = false;
};

void PrintTo(const RuleCase& rule, std::ostream* out) { *out << rule.name; }

Json FilterOf(const Site& site) {
  const std::vector<Json> incidents = site.Incidents();
  if (incidents.empty()) return {};
  return site.arbiter().CtlJson({"incident", incidents.front()["id"].text()})["evidence"].With("cause",
                                                                                               "FILTERED_ON_HOST");
}

bool SaysAll(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (!absl::StrContains(text, part)) return false;
  }
  return true;
}

// The commands of the advice, by the node that they are for.
std::vector<std::pair<std::string, std::string>> CommandsIn(const std::string& advice) {
  std::vector<std::pair<std::string, std::string>> commands;
  for (std::size_t at = advice.find("on "); at != std::string::npos; at = advice.find("; on ", at + 1)) {
    if (advice[at] == ';') at += 2;
    const std::size_t begin = advice.find("nft ", at);
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(advice.find(" (or", begin), advice.find(", make", begin));
    commands.emplace_back(advice.substr(at + 3, 1), advice.substr(begin, end - begin));
  }
  return commands;
}

class FilterRuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(FilterRuleTest, IsNamedAndWhatIsSaidMendsIt) {
  const RuleCase& rule = GetParam();
  Site site;
  for (const char* node : {"a", "b"}) {
    site.node(node).instance().nopreempt = rule.nopreempt;
    site.node(node).probe().options().extra_flags = {"--log-level", "debug"};
  }
  ASSERT_TRUE(site.Start());
  for (const std::string& node : rule.nodes) site.node(node).firewall().Load(rule.filter);
  ASSERT_TRUE(WaitUntil("an incident is open", seconds(30), [&] {
    return Seen{!site.Incidents().empty(), site.arbiter().Ctl({"status"}).out};
  }));
  const Instant opened = Now();
  ASSERT_TRUE(WaitUntil("the rule is named", seconds(10), [&] {
    const Json filter = FilterOf(site);
    return Seen{SaysAll(filter["evidence"].text(), rule.evidence), filter.ToString()};
  }));
  PrintFigure(absl::StrCat("rule ", rule.name, ": named after the incident was seen"), Now() - opened);
  LetPass(seconds(3));  // nothing false comes beside it, and nothing twice
  const std::vector<Json> incidents = site.Incidents();
  EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{"FILTERED_ON_HOST"});
  const Json filter = FilterOf(site);
  std::printf("figure: rule %s: %s | %s\n", rule.name.c_str(), filter["evidence"].text().c_str(),
              filter["advice"].text().c_str());
  EXPECT_TRUE(SaysAll(filter["evidence"].text(), rule.evidence)) << filter.ToString();
  EXPECT_THAT(filter["advice"].text(), Not(HasSubstr("arbiter-probe doctor"))) << "the rule takes its place";
  const std::string status = site.arbiter().Ctl({"status"}).out;
  EXPECT_THAT(status, HasSubstr("FILTERED_ON_HOST"));
  EXPECT_THAT(status, HasSubstr("let IP protocol 112"));
  for (const std::string& node : rule.nodes) {
    EXPECT_THAT(site.node(node).probe().Log(), HasSubstr("debug filter took="));
  }
  const auto commands = CommandsIn(filter["advice"].text());
  EXPECT_EQ(commands.size(), rule.nodes.size()) << filter["advice"].text();
  for (const auto& [node, command] : commands) site.node(node).host().Do({"sh", "-c", command});
  EXPECT_TRUE(WaitUntil("the advice was followed, and nothing is held back or open", seconds(30), [&] {
    const std::vector<Json> now = site.Incidents();
    return Seen{
        site.VipState() == "HELD" && site.HeldBack().empty() && now.front()["state"].text() == "INCIDENT_STATE_CLOSED",
        site.arbiter().Ctl({"status"}).out};
  }));
}

std::string Chain(const std::string& table, const std::string& hook, const std::string& rest) {
  return absl::StrCat("table ", table, " {\n  chain c {\n    type filter hook ", hook, " priority 0; ", rest,
                      "\n  }\n}\n");
}

std::string NotDelivered(const std::string& node, const std::string& by) {
  return absl::StrCat("are on the wire of ", node, " (eth0) and are not delivered there: ", by, " drops them");
}

std::string NotSent(const std::string& node, const std::string& by) {
  return absl::StrCat(
      node, " has 192.168.1.212, its keepalived runs, and none of its adverts gets onto the wire of eth0: ", by,
      " drops them");
}

constexpr char kDropsIn[] = "nft rule `inet filter c ip protocol vrrp drop`";
constexpr char kDropsOut[] = "nft rule `inet filter c meta l4proto vrrp counter drop`";

INSTANTIATE_TEST_SUITE_P(
    Table, FilterRuleTest,
    testing::Values(RuleCase{"InputOnB",
                             {"b"},
                             Chain("inet filter", "input", "ip protocol 112 drop"),
                             {NotDelivered("b", kDropsIn)}},
                    RuleCase{"InputOnBoth",
                             {"a", "b"},
                             Chain("inet filter", "input", "ip protocol 112 drop"),
                             {NotDelivered("a", kDropsIn), NotDelivered("b", kDropsIn)}},
                    RuleCase{"PolicyOnB",
                             {"b"},
                             Chain("inet filter", "input", "policy drop; ip protocol { icmp, tcp } accept"),
                             {NotDelivered("b", "the policy of nft chain `inet filter c`")}},
                    RuleCase{"NetdevIngressOnB",
                             {"b"},
                             Chain("netdev filter", "ingress device eth0", "ip protocol 112 drop"),
                             {NotDelivered("b", "nft rule `netdev filter c ip protocol vrrp drop`")}},
                    RuleCase{"OutputOnBothWithNopreempt",
                             {"a", "b"},
                             Chain("inet filter", "output", "meta l4proto 112 counter drop"),
                             {NotSent("a", kDropsOut), NotSent("b", kDropsOut)},
                             true},
                    RuleCase{"OutputOnA",
                             {"a"},
                             Chain("inet filter", "output", "meta l4proto 112 counter drop"),
                             {NotSent("a", kDropsOut)}}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(FilterRule, OfAHealthyPairNothingIsSaid) {
  Site site;
  for (const char* node : {"a", "b"}) {
    site.node(node).firewall().Load(
        Chain("inet filter", "input", "policy drop; ip protocol { icmp, tcp, 112 } accept; meta l4proto 112 drop"));
  }
  for (const char* node : {"a", "b"}) site.node(node).probe().options().extra_flags = {"--log-level", "debug"};
  ASSERT_TRUE(site.Start());
  LetPass(seconds(6));
  site.node("a").keepalived().Stop();  // and the backup takes over
  ASSERT_TRUE(site.AwaitHealthy("b", seconds(20)));
  EXPECT_TRUE(site.Incidents().empty());
  for (const char* command : {"status", "incidents", "nodes"}) {
    const std::string said = site.arbiter().Ctl({command}).out;
    EXPECT_THAT(said, Not(HasSubstr("nft"))) << command;
    EXPECT_THAT(said, Not(HasSubstr("FILTERED"))) << command;
  }
  for (const char* node : {"a", "b"}) {
    EXPECT_THAT(site.node(node).probe().Log(), Not(HasSubstr("packet filter"))) << "nobody asks while adverts pass";
  }
}

}  // namespace
}  // namespace lab
