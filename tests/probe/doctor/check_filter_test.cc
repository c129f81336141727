#include "probe/doctor/check_filter.h"

#include "tests/probe/doctor/doctor_fixture.h"
#include "tests/probe/doctor/nft_listing.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;

const std::string& DropRule() {
  static const std::string* const kRule = new std::string(Match(R"({"meta":{"key":"l4proto"}})", "112"));
  return *kRule;
}

Findings Check(const Ruleset& ruleset, const Heard& heard = HeardFrom({})) {
  return CheckFilter(ruleset, PacketsOf(Configured(InstanceText()), heard), {});
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

TEST(PacketFilter, WithoutRulesAllIsWell) { EXPECT_EQ(Worst(Check(Ruleset())), Verdict::kOk); }

TEST(PacketFilter, WhatCannotBeListedIsSaid) {
  const auto packets = PacketsOf(Configured(InstanceText()), HeardFrom({}));
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

TEST(Delivery, WithoutARawSocketNothingIsConcluded) {
  HeardSource source = Advert();
  source.delivered = 0;
  Heard heard = HeardFrom({source});
  heard.without_raw_socket.insert("eth0");
  EXPECT_EQ(Worst(CheckDelivery(heard, Ruleset())), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
