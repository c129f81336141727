#include "probe/actuate/gate_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::actuate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant At(int s) { return Instant(seconds(s)); }

const GateInterface kEth0{"eth0", true, arbiter::MacAddress()};

GateInterface Lookup(const std::string& name) { return name == "eth0" ? kEth0 : GateInterface{name, false, {}}; }

GateKey Key() { return {arbiter::IpAddress::Parse("10.0.0.1").value(), "eth0", 66, false}; }

// A whole table with the VIP shut, as the kernel would dump it.
TableDump ShutTable(std::optional<milliseconds> expires = std::nullopt) {
  TableDump dump;
  dump.present = true;
  const RuleCounts rules = ExpectedRules(kEth0);
  dump.chains[IngressChain("eth0")] = {0U, {"eth0"}, rules.ingress};
  dump.chains[EgressChain("eth0")] = {1U, {"eth0"}, rules.egress};
  dump.chains[AdvertChain("eth0")] = {std::nullopt, {}, rules.adverts};
  for (int i = 0; i < kGateSets; ++i) dump.sets[SetName(static_cast<GateSet>(i), "eth0")];
  dump.sets["shut_ip4_eth0"] = {{{10, 0, 0, 1}, expires, 3, "vrid 66: why"}};
  dump.sets["shut_vrid4_eth0"] = {{{66}, expires, 17, "vrid 66: why"}};
  return dump;
}

TEST(GateReading, AShutGateActsAndIsTheProof) {
  const GateState state = ReadGate(ShutTable(), Lookup);
  EXPECT_TRUE(state.IsShut(Key()));
  ASSERT_EQ(state.standing.size(), 1U);
  EXPECT_EQ(state.standing[0].key, Key());
  EXPECT_EQ(state.standing[0].comment, "why");
  EXPECT_FALSE(state.standing[0].for_ms.has_value());
  EXPECT_THAT(state.interfaces, testing::ElementsAre("eth0"));
}

TEST(GateReading, TimesAreThoseOfTheKernel) {
  TableDump dump = ShutTable(milliseconds(1500));
  dump.sets["advert_vrid4_eth0"] = {{{66}, milliseconds(400), 2, ""}};
  const GateState state = ReadGate(dump, Lookup);
  EXPECT_EQ(state.standing.at(0).for_ms, milliseconds(1500));
  EXPECT_EQ(state.standing.at(0).adverts, milliseconds(400));
  EXPECT_TRUE(state.IsShut(Key())) << "adverts alone do not open the VIP";
  ASSERT_EQ(state.adverts.size(), 1U);
  EXPECT_EQ(state.adverts[0].stopped, 17U);
  EXPECT_EQ(state.adverts[0].let_out, 2U);
  EXPECT_EQ(state.adverts[0].vrid, 66);
}

TEST(GateReading, ALeaseIsNotShut) {
  TableDump dump = ShutTable();
  dump.sets["pass_ip4_eth0"] = {{{10, 0, 0, 1}, milliseconds(800), 0, ""}};
  const GateState state = ReadGate(dump, Lookup);
  EXPECT_EQ(state.standing.at(0).open, milliseconds(800));
  EXPECT_FALSE(state.IsShut(Key()));
}

TEST(GateReading, OfTheRoutersOfOneInstanceEachVipLacksWhatTheRouterLacks) {
  TableDump dump = ShutTable();
  dump.sets["shut_ip4_eth0"] = {{{10, 0, 0, 1}, std::nullopt, 0, "vrid 66: why"},
                                {{10, 0, 0, 2}, std::nullopt, 0, "vrid 66: why"},
                                {{10, 0, 0, 3}, std::nullopt, 0, "vrid 67: why"}};
  dump.sets["shut_vrid4_eth0"] = {{{67}, std::nullopt, 0, "vrid 67: why"}};
  const GateState state = ReadGate(dump, Lookup);
  ASSERT_EQ(state.standing.size(), 3U);
  EXPECT_FALSE(state.standing[0].acts);
  EXPECT_FALSE(state.standing[1].acts);
  EXPECT_TRUE(state.standing[2].acts);
}

TEST(GateReading, FindsAVipAmongManyByItsInterfaceWhateverItsVrid) {
  TableDump dump = ShutTable();
  std::vector<TableDump::Element>& shut = dump.sets["shut_ip4_eth0"];
  shut.clear();
  for (std::uint8_t i = 1; i < 250; i = static_cast<std::uint8_t>(i + 2))
    shut.push_back({{10, 0, 0, i}, std::nullopt, 0, "vrid 66: why"});
  const GateState state = ReadGate(dump, Lookup);
  GateKey key = Key();
  for (int i = 1; i < 250; ++i) {
    key.vip = arbiter::IpAddress::Parse("10.0.0." + std::to_string(i)).value();
    key.vrid = 5;
    EXPECT_EQ(state.Find(key) != nullptr, i % 2 == 1) << i;
  }
  key.vip = arbiter::IpAddress::Parse("10.0.0.1").value();
  key.interface = "eth1";
  EXPECT_EQ(state.Find(key), nullptr);
}

struct DefectCase {
  const char* name;
  void (*spoil)(TableDump&);
  const char* defect;
};

class GateDefects : public testing::TestWithParam<DefectCase> {
 protected:
  static std::string Find(const TableDump& dump) {
    GateBook book;
    book.Set(Key(), Order{.comment = "why"});
    return FindDefect(dump, {kEth0}, book.AllElements(), At(0));
  }
};

TEST_P(GateDefects, AreFoundAndTheGateIsNotBelieved) {
  ASSERT_EQ(Find(ShutTable()), "");
  TableDump dump = ShutTable();
  GetParam().spoil(dump);
  EXPECT_THAT(Find(dump), testing::HasSubstr(GetParam().defect));
  EXPECT_FALSE(ReadGate(dump, Lookup).IsShut(Key()));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GateDefects,
    testing::Values(
        DefectCase{"NoTable", [](TableDump& d) { d = TableDump(); }, "the table is gone"},
        DefectCase{"NoVip", [](TableDump& d) { d.sets["shut_ip4_eth0"].clear(); }, "10.0.0.1 is not in set"},
        DefectCase{"NoVrid", [](TableDump& d) { d.sets["shut_vrid4_eth0"].clear(); }, "66 is not in set"},
        DefectCase{"NoIngress", [](TableDump& d) { d.chains.erase("in_eth0"); }, "eth0: no ingress chain"},
        DefectCase{"NoEgress", [](TableDump& d) { d.chains.erase("out_eth0"); }, "eth0: no egress chain"},
        DefectCase{"HookGone", [](TableDump& d) { d.chains["out_eth0"].devices.clear(); },
                   "the egress chain is not hooked"},
        DefectCase{"RuleGone", [](TableDump& d) { --d.chains["in_eth0"].rules; }, "rules in the ingress chain"},
        DefectCase{"AdvertRuleGone", [](TableDump& d) { --d.chains["adverts_eth0"].rules; },
                   "rules in the chain of adverts"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(GateReading, AnInterfaceThatIsAwayDoesNotAct) {
  const GateState state = ReadGate(ShutTable(), [](const std::string& name) {
    return GateInterface{name, false, std::nullopt};
  });
  ASSERT_NE(state.Find(Key()), nullptr);
  EXPECT_FALSE(state.IsShut(Key()));
}

TEST(GateReading, AChangedTimeoutAndAStrangersElementAreDefects) {
  GateBook book;
  book.Set(Key(), Order{.comment = "why"});
  EXPECT_THAT(FindDefect(ShutTable(seconds(5)), {kEth0}, book.AllElements(), At(0)),
              testing::HasSubstr("another timeout"));
  EXPECT_THAT(FindDefect(ShutTable(), {kEth0}, {}, At(0)), testing::HasSubstr("nobody's order"));
}

TEST(GateReading, AnElementAboutToEndIsNoDefect) {
  GateBook book;
  book.Set(Key(), Order{.shut_until = At(0) + milliseconds(50), .comment = "why"});
  TableDump dump = ShutTable();
  dump.sets["shut_ip4_eth0"].clear();
  dump.sets["shut_vrid4_eth0"].clear();
  EXPECT_EQ(FindDefect(dump, {kEth0}, book.AllElements(), At(0)), "");
}

TEST(GateReading, ANewProcessFindsTheOrdersAgain) {
  GateBook book;
  const GateKey v4 = Key();
  const GateKey v6{arbiter::IpAddress::Parse("fd00::1").value(), "eth0", 7, true};
  book.Set(v4, Order{.comment = "first"});
  book.Set(v6, Order{.shut_until = At(9), .adverts_until = At(4), .comment = "second"});
  TableDump dump;
  dump.present = true;
  dump.sets["shut_ip4_eth0"] = {{{10, 0, 0, 1}, std::nullopt, 0, FormatComment(v4, "first")}};
  const std::vector<std::uint8_t> address(v6.vip.bytes().begin(), v6.vip.bytes().end());
  dump.sets["shut_ip6_eth0"] = {{address, milliseconds(8000), 0, FormatComment(v6, "second")}};
  dump.sets["advert_vrid6_eth0"] = {{{7}, milliseconds(3000), 0, ""}};
  EXPECT_EQ(ReadBook(dump, At(1)).orders(), book.orders());
}

}  // namespace
}  // namespace probe::actuate
