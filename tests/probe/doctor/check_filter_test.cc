#include "probe/doctor/check_filter.h"

#include "tests/probe/doctor/doctor_fixture.h"
#include "tests/probe/filter/nft_listing.h"

namespace probe::doctor {
namespace {

using filter::MakeRuleset;
using filter::Match;
using filter::Ruleset;
using testing::HasSubstr;

const std::string& DropRule() {
  static const std::string* const kRule = new std::string(Match(R"({"meta":{"key":"l4proto"}})", "112"));
  return *kRule;
}

// eth0 with 192.168.1.2/24 and the VIP.
netlink::AddressTable Table(const std::string& kind = "") {
  netlink::AddressTable table;
  netlink::Link link;
  link.index = 2;
  link.name = "eth0";
  link.kind = kind;
  link.up = true;
  table.Apply(netlink::LinkPresent{link}, {});
  netlink::Link port;
  port.index = 3;
  port.name = "port0";
  port.master = 2;
  if (kind == "bridge") table.Apply(netlink::LinkPresent{port}, {});
  for (const char* ip : {"192.168.1.2", "192.168.1.212"}) {
    netlink::Address address;
    address.ip = Ip(ip);
    address.prefix_length = 24;
    address.link = 2;
    table.Apply(netlink::AddressPresent{address}, {});
  }
  return table;
}

Findings Check(const Ruleset& ruleset, const Heard& heard = HeardFrom({})) {
  return CheckFilter(ruleset, PacketsOf(Configured(InstanceText()), heard, Table()), {});
}

TEST(PacketFilter, ARuleThatDropsIsNamedWithItsRepair) {
  const Findings findings = Check(MakeRuleset({{.rules = {DropRule()}}}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].verdict, Verdict::kFault);
  EXPECT_EQ(findings[0].evidence,
            "adverts that come in on eth0 (VI_1) are dropped by table inet filter, chain input, handle 10: rule 10");
  EXPECT_THAT(findings[0].repair, HasSubstr("nft insert rule inet filter input position 10 meta l4proto 112 accept"));
}

TEST(PacketFilter, BothWaysAreLookedAt) {
  const Findings findings = Check(MakeRuleset({{.name = "out", .hook = "output", .rules = {DropRule()}}}));
  EXPECT_THAT(Words(findings), HasSubstr("adverts that go out on eth0 (VI_1) are dropped"));
}

TEST(PacketFilter, RulesOfIptablesGetARepairOfTheirs) {
  const Ruleset ruleset = MakeRuleset({{.name = "INPUT", .rules = {DropRule()}, .family = "ip"}});
  EXPECT_THAT(Words(Check(ruleset)), HasSubstr("iptables -I INPUT -p 112 -j ACCEPT"));
}

TEST(PacketFilter, ARuleAboutOneSenderCountsOnceThatSenderIsHeard) {
  const Ruleset ruleset =
      MakeRuleset({{.rules = {Match(R"({"payload":{"protocol":"ip","field":"saddr"}})", R"("192.168.1.1")")}}});
  EXPECT_EQ(Worst(Check(ruleset)), Verdict::kWarning);
  EXPECT_EQ(Worst(Check(ruleset, HeardFrom({Advert()}))), Verdict::kFault);
  HeardSource other = Advert();
  other.last.origin.source = Ip("192.168.1.3");
  EXPECT_EQ(Worst(Check(ruleset, HeardFrom({other}))), Verdict::kOk);
}

std::string FromSource(const std::string& right) {
  return Match(R"({"payload":{"protocol":"ip","field":"saddr"}})", right);
}

TEST(PacketFilter, ABlocklistOfOthersIsNoRuleAboutNeighbours) {
  EXPECT_EQ(Worst(Check(MakeRuleset({{.rules = {FromSource(R"("203.0.113.7")")}}}))), Verdict::kOk);
  EXPECT_EQ(Worst(Check(MakeRuleset({{.rules = {FromSource(R"({"prefix":{"addr":"203.0.113.0","len":24}})")}}}))),
            Verdict::kOk);
  EXPECT_EQ(Worst(Check(MakeRuleset({{.rules = {FromSource(R"({"prefix":{"addr":"192.168.0.0","len":16}})")}}}))),
            Verdict::kFault);
  EXPECT_EQ(Worst(Check(MakeRuleset({{.rules = {FromSource(R"({"range":["192.168.1.9","192.168.1.20"]})")}}}))),
            Verdict::kWarning);
}

TEST(PacketFilter, WhatGoesOutComesFromThisHostAndNeverFromAVip) {
  const auto out = [](const std::string& right) {
    return Worst(Check(MakeRuleset({{.name = "out", .hook = "output", .rules = {FromSource(right)}}})));
  };
  EXPECT_EQ(out(R"("192.168.1.212")"), Verdict::kOk);
  EXPECT_EQ(out(R"("192.168.1.2")"), Verdict::kFault);
}

// What keepalived 2.2.7 makes of vrrp_strict.
Ruleset OfStrictDaemon() {
  Ruleset ruleset = MakeRuleset({{.name = "out",
                                  .hook = "output",
                                  .rules = {FromSource("\"@vips\"")},
                                  .family = "ip",
                                  .priority = -1,
                                  .table = "keepalived"},
                                 {.name = "in",
                                  .hook = "input",
                                  .rules = {Match(R"({"payload":{"protocol":"ip","field":"daddr"}})", "\"@vips\"")},
                                  .family = "ip",
                                  .priority = -1,
                                  .table = "keepalived"}});
  google::protobuf::ListValue vips;
  vips.add_values()->set_string_value("192.168.1.212");
  ruleset.sets[{"ip", "keepalived", "vips"}] = vips;
  return ruleset;
}

TEST(PacketFilter, TheDaemonsOwnTableOfStrictModeIsNoFault) {
  EXPECT_EQ(Worst(Check(OfStrictDaemon())), Verdict::kOk) << Words(Check(OfStrictDaemon()));
  const std::string strict = "global_defs {\n vrrp_strict\n}\n" + InstanceText();
  const Findings said = CheckStrict(Configured(strict), OfStrictDaemon());
  EXPECT_EQ(Worst(said), Verdict::kOk);
  EXPECT_THAT(Words(said), HasSubstr("write vrrp_version 3 and `accept` in the instance"));
  EXPECT_THAT(CheckStrict(Configured(strict), Ruleset()), testing::IsEmpty());
  EXPECT_THAT(CheckStrict(Configured(InstanceText()), OfStrictDaemon()), testing::IsEmpty());
}

TEST(PacketFilter, OfStrictModeOverIpv6LinkLocalVipsAreNoFault) {
  Ruleset ruleset = MakeRuleset({{.name = "out_link_local",
                                  .hook = "output",
                                  .rules = {Match(R"({"concat":[{"payload":{"protocol":"ip6","field":"saddr"}},)"
                                                  R"({"meta":{"key":"oif"}}]})",
                                                  "\"@vips\"")},
                                  .family = "ip6",
                                  .table = "keepalived"}});
  google::protobuf::Value element;
  auto* parts = (*element.mutable_struct_value()->mutable_fields())["concat"].mutable_list_value();
  parts->add_values()->set_string_value("fe80::66");
  parts->add_values()->set_string_value("eth0");
  google::protobuf::ListValue vips;
  *vips.add_values() = element;
  ruleset.sets[{"ip6", "keepalived", "vips"}] = vips;
  netlink::AddressTable table = Table();
  netlink::Address own;
  own.ip = Ip("fe80::1");
  own.prefix_length = 64;
  own.link = 2;
  table.Apply(netlink::AddressPresent{own}, {});
  const auto packets = PacketsOf(Configured(InstanceText("version 3", "fe80::66/64")), HeardFrom({}), table);
  EXPECT_EQ(Worst(CheckFilter(ruleset, packets, {})), Verdict::kOk);
  parts->mutable_values(0)->set_string_value("fe80::1");
  google::protobuf::ListValue own_one;
  *own_one.add_values() = element;
  ruleset.sets[{"ip6", "keepalived", "vips"}] = own_one;
  EXPECT_EQ(Worst(CheckFilter(ruleset, packets, {})), Verdict::kFault) << "a set that has the source itself";
}

TEST(PacketFilter, OfABridgeAndOfItsPortsIsLookedAt) {
  const auto check = [](const Ruleset& ruleset, const std::string& kind) {
    return CheckFilter(ruleset, PacketsOf(Configured(InstanceText()), HeardFrom({}), Table(kind)), {});
  };
  const Ruleset bridge = MakeRuleset({{.rules = {DropRule()}, .family = "bridge"}});
  EXPECT_EQ(Worst(check(bridge, "")), Verdict::kOk) << "no frame of eth0 passes a bridge";
  EXPECT_THAT(Words(check(bridge, "bridge")), HasSubstr("are dropped by table bridge filter, chain input"));
  Ruleset port = MakeRuleset({{.hook = "ingress", .rules = {DropRule()}, .family = "netdev"}});
  for (auto& [place, chain] : port.chains) chain.devices = {"port0"};
  EXPECT_EQ(Worst(check(port, "")), Verdict::kOk);
  EXPECT_THAT(Words(check(port, "bridge")), HasSubstr("are dropped by table netdev filter, chain input"));
}

TEST(PacketFilter, WithoutRulesAllIsWell) { EXPECT_EQ(Worst(Check(Ruleset())), Verdict::kOk); }

TEST(PacketFilter, WhatCannotBeListedIsSaid) {
  const auto packets = PacketsOf(Configured(InstanceText()), HeardFrom({}), Table());
  EXPECT_EQ(Worst(CheckFilter(absl::PermissionDeniedError("no"), packets, {})), Verdict::kCouldNotLook);
  EXPECT_EQ(Worst(CheckFilter(Ruleset(), packets, {"filter"})), Verdict::kCouldNotLook);
}

TEST(Delivery, WhatTheWireShowsAndTheSocketDoesNotIsFilteredHere) {
  HeardSource source = Advert();
  EXPECT_EQ(Worst(CheckDelivery(HeardFrom({source}), Ruleset())), Verdict::kOk);
  source.delivered = 0;
  EXPECT_THAT(
      Words(CheckDelivery(HeardFrom({source}), Ruleset())),
      HasSubstr("3 adverts of 192.168.1.1 for VRID 66 came in on the wire, none was delivered: this host drops"));
  EXPECT_THAT(Words(CheckDelivery(HeardFrom({source}), MakeRuleset({{.rules = {DropRule()}}}))),
              HasSubstr("none was delivered: table inet filter, chain input, handle 10"));
}

TEST(Delivery, WhatElseDropsIsNamed) {
  HeardSource source = Advert();
  source.delivered = 0;
  const auto other = [](const std::string& interface, const arbiter::IpAddress& sender) {
    return OtherDrop{"rp_filter of " + interface + " for " + sender.ToString(), "mend it"};
  };
  EXPECT_THAT(Words(CheckDelivery(HeardFrom({source}), Ruleset(), other)),
              HasSubstr("none was delivered: rp_filter of eth0 for 192.168.1.1 | mend it"));
}

TEST(Delivery, WithoutARawSocketNothingIsConcluded) {
  HeardSource source = Advert();
  source.delivered = 0;
  Heard heard = HeardFrom({source});
  heard.without_raw_socket.insert("eth0");
  EXPECT_EQ(Worst(CheckDelivery(heard, Ruleset())), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
