#include "probe/filter/filter_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/filter/nft_listing.h"

namespace probe::filter {
namespace {

constexpr char kL4[] = R"({"meta":{"key":"l4proto"}})";
constexpr char kSource[] = R"({"payload":{"protocol":"ip","field":"saddr"}})";
constexpr char kDestination[] = R"({"payload":{"protocol":"ip","field":"daddr"}})";
constexpr char kTtl[] = R"({"payload":{"protocol":"ip","field":"ttl"}})";
constexpr char kIn[] = R"({"meta":{"key":"iifname"}})";
constexpr char kState[] = R"({"ct":{"key":"state"}})";

arbiter::IpAddress Ip(const std::string& text) { return arbiter::IpAddress::Parse(text).value(); }

AdvertPacket Packet() {
  AdvertPacket packet;
  packet.instance = "VI_1";
  packet.interface = "eth0";
  packet.source = Ip("192.168.1.1");
  packet.destination = Ip("224.0.0.18");
  packet.vrid = 66;
  return packet;
}

enum class End { kPasses, kDropped, kMayDrop };

struct WalkCase {
  std::string name;
  std::vector<std::string> rules;
  End end = End::kPasses;
  int handle = 10;
  std::string policy = "accept";
};

void PrintTo(const WalkCase& c, std::ostream* out) { *out << c.name; }

class InputChain : public testing::TestWithParam<WalkCase> {};

TEST_P(InputChain, EndsTheAdvertAsTheKernelWould) {
  const WalkCase& c = GetParam();
  const Ruleset ruleset =
      MakeRuleset({{.policy = c.policy, .rules = c.rules}}, R"([{"prefix":{"addr":"192.168.0.0","len":16}}])");
  const WalkEnd end = Walk(Packet(), ruleset);
  EXPECT_EQ(end.dropped.has_value(), c.end == End::kDropped);
  EXPECT_EQ(!end.may_drop.empty(), c.end == End::kMayDrop);
  if (end.dropped) {
    EXPECT_EQ(end.dropped->handle, c.handle) << end.dropped->ToString();
  }
  if (c.end == End::kMayDrop && !end.may_drop.empty()) {
    EXPECT_EQ(end.may_drop[0].handle, c.handle);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, InputChain,
    testing::Values(
        WalkCase{"NoRules", {}, End::kPasses}, WalkCase{"PolicyDrop", {}, End::kDropped, 0, "drop"},
        WalkCase{"ProtocolByNumber", {Match(kL4, "112")}, End::kDropped},
        WalkCase{"ProtocolByName", {Match(kL4, R"("vrrp")")}, End::kDropped},
        WalkCase{"AnotherProtocol", {Match(kL4, "6")}, End::kPasses},
        WalkCase{"EverythingButTcp", {Match(kL4, "6", "drop", "!=")}, End::kDropped},
        WalkCase{"SetOfProtocols", {Match(kL4, R"({"set":[51,112]})")}, End::kDropped},
        WalkCase{"GroupByPrefix", {Match(kDestination, R"({"prefix":{"addr":"224.0.0.0","len":4}})")}, End::kDropped},
        WalkCase{"GroupByRange", {Match(kDestination, R"({"range":["224.0.0.1","224.0.0.20"]})")}, End::kDropped},
        WalkCase{"AnotherDestination", {Match(kDestination, R"("224.0.0.251")")}, End::kPasses},
        WalkCase{"SourceInNamedSet", {Match(kSource, R"("@s")")}, End::kDropped},
        WalkCase{"Ttl255IsNotBelow", {Match(kTtl, "255", "drop", "<")}, End::kPasses},
        WalkCase{"OtherInterface", {Match(kIn, R"("eth1")")}, End::kPasses},
        WalkCase{"InterfaceByWildcard", {Match(kIn, R"("eth*")")}, End::kDropped},
        WalkCase{"EstablishedIsNeverMulticast",
                 {Match(kState, R"(["established","related"])", "accept", "in")},
                 End::kDropped,
                 0,
                 "drop"},
        WalkCase{"RejectIsADrop", {Match(kL4, "112", "reject")}, End::kDropped},
        WalkCase{"AcceptBeforeDrop", {Match(kL4, "112", "accept"), Match(kL4, "112")}, End::kPasses},
        WalkCase{"AcceptSavesFromThePolicy", {Match(kL4, "112", "accept")}, End::kPasses, 0, "drop"},
        WalkCase{"SecondRuleDrops", {Match(kL4, "6"), Match(kL4, "112")}, End::kDropped, 11},
        WalkCase{
            "TcpPortsAreNotOurs", {Match(R"({"payload":{"protocol":"tcp","field":"dport"}})", "22")}, End::kPasses},
        WalkCase{"OtherFamily", {Match(R"({"payload":{"protocol":"ip6","field":"nexthdr"}})", "112")}, End::kPasses},
        WalkCase{"VridByRawBytes", {Match(R"({"payload":{"base":"th","offset":8,"len":8}})", "66")}, End::kDropped},
        WalkCase{"AnotherVrid", {Match(R"({"payload":{"base":"th","offset":8,"len":8}})", "65")}, End::kPasses},
        WalkCase{
            "ReversePathHolds", {Match(R"({"fib":{"result":"oif","flags":["saddr","iif"]}})", "false")}, End::kPasses},
        WalkCase{"MarkIsNotKnown", {Match(R"({"meta":{"key":"mark"}})", "1")}, End::kMayDrop},
        WalkCase{"LimitedDrop", {R"([{"limit":{"rate":5}},{"drop":null}])"}, End::kMayDrop},
        WalkCase{"XtablesMatch", {R"([{"xt":null},{"drop":null}])"}, End::kMayDrop},
        WalkCase{"MayBeAcceptedBeforeTheDrop",
                 {Match(R"({"meta":{"key":"mark"}})", "1", "accept"), Match(kL4, "112")},
                 End::kMayDrop,
                 11},
        WalkCase{
            "VerdictMap",
            {R"([{"vmap":{"key":{"meta":{"key":"l4proto"}},"data":{"set":[[6,{"accept":null}],[112,{"drop":null}]]}}}])"},
            End::kDropped},
        WalkCase{"VerdictMapOfOthers",
                 {R"([{"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[["invalid",{"drop":null}]]}}}])"},
                 End::kPasses}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(FilterWalk, FollowsJumpsAndReturns) {
  const Ruleset ruleset = MakeRuleset({{.rules = {R"([{"jump":{"target":"services"}}])", Match(kL4, "112")}},
                                       {.name = "services", .hook = "", .rules = {Match(kL4, "112", "return")}}});
  const WalkEnd end = Walk(Packet(), ruleset);
  ASSERT_TRUE(end.dropped.has_value());
  EXPECT_EQ(end.dropped->chain, "input");
  EXPECT_EQ(end.dropped->handle, 11);
}

TEST(FilterWalk, ADropInAChainThatIsJumpedToNamesThatChain) {
  const Ruleset ruleset = MakeRuleset(
      {{.rules = {R"([{"goto":{"target":"deny"}}])"}}, {.name = "deny", .hook = "", .rules = {Match(kL4, "112")}}});
  const WalkEnd end = Walk(Packet(), ruleset);
  ASSERT_TRUE(end.dropped.has_value());
  EXPECT_EQ(end.dropped->ToString(), "table inet filter, chain deny, handle 10: rule 10");
}

TEST(FilterWalk, ALoopOfJumpsEnds) {
  const Ruleset ruleset = MakeRuleset({{.rules = {R"([{"jump":{"target":"loop"}}])"}},
                                       {.name = "loop", .hook = "", .rules = {R"([{"jump":{"target":"loop"}}])"}}});
  EXPECT_FALSE(Walk(Packet(), ruleset).dropped.has_value());
}

TEST(FilterWalk, AnEarlierChainDropsFirst) {
  const Ruleset ruleset =
      MakeRuleset({{.name = "late", .rules = {Match(kL4, "112")}, .priority = 10},
                   {.name = "early", .hook = "prerouting", .rules = {Match(kL4, "112")}, .priority = -300}});
  const WalkEnd end = Walk(Packet(), ruleset);
  ASSERT_TRUE(end.dropped.has_value());
  EXPECT_EQ(end.dropped->chain, "early");
}

TEST(FilterWalk, AChainOfAnotherDeviceOrDirectionIsNotMet) {
  const std::vector<std::string> drop = {Match(kL4, "112")};
  const Ruleset ruleset =
      MakeRuleset({{.name = "other", .hook = "ingress", .rules = drop, .family = "netdev", .device = "eth1"},
                   {.name = "out", .hook = "output", .rules = drop},
                   {.name = "six", .rules = drop, .family = "ip6"}});
  EXPECT_FALSE(Walk(Packet(), ruleset).dropped.has_value());
  AdvertPacket leaves = Packet();
  leaves.incoming = false;
  EXPECT_TRUE(Walk(leaves, ruleset).dropped.has_value());
}

TEST(FilterWalk, AnIngressChainOfTheDeviceIsMet) {
  const Ruleset ruleset = MakeRuleset(
      {{.name = "in", .hook = "ingress", .rules = {Match(kL4, "112")}, .family = "netdev", .device = "eth0"}});
  EXPECT_TRUE(Walk(Packet(), ruleset).dropped.has_value());
}

TEST(FilterWalk, TheGateItselfIsNoFault) {
  const Ruleset ruleset = MakeRuleset({{.name = "in",
                                        .hook = "ingress",
                                        .rules = {Match(kL4, "112")},
                                        .family = "netdev",
                                        .device = "eth0",
                                        .table = "arbiter_probe"}});
  EXPECT_FALSE(Walk(Packet(), ruleset).dropped.has_value());
}

TEST(FilterWalk, AnAdvertBehindAnAuthenticationHeaderIsProtocol51) {
  AdvertPacket packet = Packet();
  packet.protocol = 51;
  EXPECT_FALSE(Walk(packet, MakeRuleset({{.rules = {Match(kL4, "112")}}})).dropped.has_value());
  EXPECT_TRUE(Walk(packet, MakeRuleset({{.rules = {Match(kL4, "51")}}})).dropped.has_value());
}

}  // namespace
}  // namespace probe::filter
