#include "probe/actuate/gate_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace probe::actuate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

const ElementId kVip{"eth0", GateSet::kShutIp4, "10.0.0.1"};
Instant At(int s) { return Instant(seconds(s)); }

int CountRules(const std::string& script, const std::string& chain) {
  int count = 0;
  for (const absl::string_view line : absl::StrSplit(script, '\n')) {
    if (testing::Matches(HasSubstr("add rule netdev t " + chain + " "))(std::string(line))) ++count;
  }
  return count;
}

TEST(GateScript, OnlyOurOwnTableIsNamed) {
  const GateInterface eth0{"eth0", true, arbiter::MacAddress()};
  const std::string script = RebuildScript(kGateTable, {eth0}, {{kVip, {std::nullopt, "why"}}}, At(0));
  for (const absl::string_view line : absl::StrSplit(script, '\n', absl::SkipEmpty())) {
    EXPECT_THAT(std::string(line), HasSubstr(" netdev arbiter_probe"));
  }
}

TEST(GateScript, TheNumberOfRulesIsTheOneThatIsExpected) {
  for (const bool vmac : {true, false}) {
    const GateInterface eth0{"eth0", true, arbiter::MacAddress(), vmac};
    const std::string script = InterfaceScript("t", eth0);
    const RuleCounts expected = ExpectedRules(eth0);
    EXPECT_EQ(CountRules(script, "in_eth0"), expected.ingress);
    EXPECT_EQ(CountRules(script, "out_eth0"), expected.egress);
    EXPECT_EQ(CountRules(script, "adverts_eth0"), expected.adverts);
    EXPECT_EQ(script.find('$'), std::string::npos) << "a word was not replaced";
  }
}

TEST(GateScript, AnAbsentInterfaceHasItsSetsAndNoChains) {
  const std::string script = InterfaceScript("t", {"eth0", false, std::nullopt});
  EXPECT_THAT(script, HasSubstr("add set netdev t shut_ip4_eth0"));
  EXPECT_THAT(script, Not(HasSubstr("chain")));
}

TEST(GateScript, AdvertsThatAreLetOutCarryTheInterfacesOwnMac) {
  const auto mac = arbiter::MacAddress::Parse("02:00:00:00:00:07").value();
  EXPECT_THAT(InterfaceScript("t", {"eth0", true, mac}), HasSubstr("ether saddr set 02:00:00:00:00:07 accept"));
}

std::string Change(const Elements& before, const Elements& after, Instant now,
                   Unchanged unchanged = Unchanged::kAddWhereMissing) {
  return ChangeScript("t", before, after, unchanged, now);
}

TEST(GateScript, AnElementThatChangesIsDeletedAndMadeAnew) {
  EXPECT_EQ(Change({{kVip, {At(5), "why"}}}, {{kVip, {At(7), "why"}}}, At(4)),
            "delete element netdev t shut_ip4_eth0 { 10.0.0.1 }\n"
            "create element netdev t shut_ip4_eth0 { 10.0.0.1 timeout 3000ms comment \"why\" }\n");
}

TEST(GateScript, AnElementThatMayEndInThisMomentIsAddedBeforeItIsDeleted) {
  EXPECT_EQ(Change({{kVip, {At(4) + milliseconds(250), "why"}}}, {}, At(4)),
            "add element netdev t shut_ip4_eth0 { 10.0.0.1 }\n"
            "delete element netdev t shut_ip4_eth0 { 10.0.0.1 }\n");
}

TEST(GateScript, AnElementThatIsNotThereYetIsMadeInOneStep) {
  EXPECT_EQ(Change({}, {{kVip, {std::nullopt, "why"}}}, At(4)),
            "create element netdev t shut_ip4_eth0 { 10.0.0.1 comment \"why\" }\n");
}

TEST(GateScript, AnElementThatStaysKeepsItsCounter) {
  const Elements same = {{kVip, {std::nullopt, "why"}}};
  EXPECT_EQ(Change(same, same, At(4)), "add element netdev t shut_ip4_eth0 { 10.0.0.1 comment \"why\" }\n");
  EXPECT_EQ(Change(same, same, At(4), Unchanged::kLeave), "");
}

TEST(GateScript, AnElementThatGoesIsDeleted) {
  EXPECT_EQ(Change({{kVip, {At(5), "why"}}}, {}, At(4)), "delete element netdev t shut_ip4_eth0 { 10.0.0.1 }\n");
  EXPECT_EQ(Change({}, {}, At(4)), "");
}

TEST(GateScript, ATimeoutIsNeverZeroAndNeverShorterThanOrdered) {
  const Elements after = {{kVip, {At(4) + milliseconds(1) + std::chrono::microseconds(1), ""}}};
  EXPECT_THAT(Change({}, after, At(4)), HasSubstr("timeout 2ms"));
  EXPECT_THAT(Change({}, after, At(9)), HasSubstr("timeout 1ms"));
}

TEST(GateScript, ARebuildReplacesTheTableInOneTransaction) {
  const std::string script = RebuildScript("t", {}, {{kVip, {std::nullopt, ""}}}, At(0));
  EXPECT_EQ(script.find("add table netdev t\ndelete table netdev t\nadd table netdev t {"), 0U);
}

}  // namespace
}  // namespace probe::actuate
