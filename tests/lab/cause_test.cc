// Why it split: each cause is injected with real keepalived, and the incident names it first, and nothing false beside
// it. README.md has the table that this prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/lab/address_fault.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What a node's doctor has to say while it lasts.
struct DoctorWord {
  std::string node;
  std::string text;
};

struct CauseCase {
  std::string cause;
  Fault fault;
  std::string advice;  // part of what an operator is told to do: Fault::mend does that
  bool mends = false;  // and then the hold ends, which split_test shows of the others
  Flavour flavour = V4();
  std::vector<DoctorWord> doctors = {};
};

void PrintTo(const CauseCase& injected, std::ostream* out) { *out << injected.cause << injected.fault.name; }

Json FirstIncident(const Site& site) {
  const std::vector<Json> incidents = site.Incidents();
  return incidents.empty() ? Json() : incidents.front();
}

class CauseTest : public testing::TestWithParam<CauseCase> {};

TEST_P(CauseTest, IsNamedFirstAndNothingFalseBesideIt) {
  const auto& [cause, fault, advice, mends, flavour, doctors] = GetParam();
  Site site({.flavour = flavour});
  fault.prepare(site);
  ASSERT_TRUE(site.Start());
  fault.cause(site);
  ASSERT_TRUE(WaitUntil("an incident is open", seconds(30), [&] {
    return Seen{FirstIncident(site).present(), site.arbiter().Ctl({"status"}).out};
  }));
  const Instant opened = Now();
  ASSERT_TRUE(WaitUntil(absl::StrCat(cause, " is named first"), seconds(5), [&] {
    const std::vector<std::string> causes = CausesOf(FirstIncident(site));
    return Seen{!causes.empty() && causes.front() == cause, absl::StrJoin(causes, ", ")};
  }));
  const Instant named = Now();
  for (const DoctorWord& word : doctors) {
    const Outcome examined = site.node(word.node).probe().Sub({"doctor"});
    EXPECT_THAT(examined.out, testing::HasSubstr(word.text)) << "doctor on " << word.node;
  }
  LetPass(seconds(4) - std::min<Duration>(Now() - named, seconds(4)));  // evidence still comes in
  const std::vector<Json> incidents = site.Incidents();
  ASSERT_EQ(incidents.size(), 1U);
  const Outcome incident = site.arbiter().Ctl({"incident", incidents.front()["id"].text()});
  EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{cause}) << incident.out;
  const Json evidence = site.arbiter().CtlJson({"incident", incidents.front()["id"].text()})["evidence"];
  ASSERT_FALSE(evidence.items().empty()) << incident.out;
  std::printf("figure: cause injected: %s (%s), named: %s: %s\n", cause.c_str(), fault.name.c_str(),
              absl::StrJoin(CausesOf(incidents.front()), ", ").c_str(),
              evidence.items().front()["evidence"].text().c_str());
  PrintFigure(absl::StrCat("cause ", cause, ": named after the incident was seen"), named - opened);
  EXPECT_THAT(evidence.items().front()["advice"].text() + incident.out, testing::HasSubstr(advice));
  if (!mends) return;
  fault.mend(site);
  EXPECT_TRUE(WaitUntil("the advice was followed, and nothing is held back or open", seconds(25), [&] {
    const std::string state = site.VipState();
    return Seen{
        state == "HELD" && site.HeldBack().empty() && FirstIncident(site)["state"].text() == "INCIDENT_STATE_CLOSED",
        site.arbiter().Ctl({"status"}).out};
  }));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CauseTest,
    testing::Values(
        CauseCase{"VRID_MISMATCH", VridsDiffer(), "write `virtual_router_id 66`"},
        CauseCase{"VIP_LIST_MISMATCH", ListsOverlap(), "write 192.168.1.213 in place of 192.168.1.214"},
        CauseCase{"AUTH_MISMATCH", PasswordsDiffer(), "Write the same auth_pass"},
        CauseCase{"ADVERT_INTERVAL_MISMATCH", IntervalsDiffer(), "write `advert_int 1`"},
        CauseCase{"VERSION_MISMATCH", VersionsDiffer(), "write `vrrp_version 2`"},
        CauseCase{"UNICAST_PEER_MISMATCH", UnicastMisdirected(), "all multicast"},
        CauseCase{"FILTERED_ON_HOST", VrrpFiltered(), "let IP protocol 112 in on eth0"},
        CauseCase{"LOST_IN_NETWORK", VrrpLostInNetwork(), "look at the network between a and b", true},
        CauseCase{"DAEMON_GONE", DaemonKilled(), "on a, start keepalived again"},
        CauseCase{"DAEMON_FROZEN", DaemonFrozen(), "continue it"},
        CauseCase{"LOST_IN_NETWORK", LostBesideAnotherNetwork(), "look at the network between a and b", true},
        CauseCase{"FILTERED_ON_HOST",
                  VrrpFilteredOnTheWayOut(),
                  "let IP protocol 112 out on eth0",
                  true,
                  V4(),
                  {{"b", "adverts that go out on eth0 (VI_1) are dropped by table inet out, chain out, handle"}}},
        CauseCase{"CHECKSUM_OR_TTL", ChecksumHabitKept(), "on b, start keepalived again", true, V4Version3()},
        CauseCase{"MANUAL_ADDRESS", LeftoverOfAnotherLength(), "remove 192.168.1.212 from eth0 (`ip addr del`)", true},
        CauseCase{"SOURCE_ADDRESS", PeersListGlobalAddresses(), "write `unicast_src_ip fd00:1::2`", true, V6()},
        CauseCase{"MANUAL_ADDRESS", AddressByHand(), "remove 192.168.1.212 from eth0 (`ip addr del`)", true},
        CauseCase{"CHECKSUM_OR_TTL", TtlLowered(), "a packet filter that rewrites the TTL", true},
        CauseCase{"FOREIGN_CLAIMANT", ForeignClaimant(), "take 192.168.1.212 away from it", true},
        CauseCase{"ISOLATED_NODE", ActiveIsolated(), "look at the switch port", true},
        CauseCase{"WRONG_INTERFACE", OnAnotherSegment(), "Write `interface`", true},
        CauseCase{"SOURCE_ADDRESS", SourceTaken(), "give eth0 the address 192.168.1.2 again", true},
        CauseCase{"SOURCE_ADDRESS", FileCopied(), "write `unicast_src_ip 192.168.1.2`", true},
        CauseCase{"DUPLICATE_NODE_ADDRESS", AddressDuplicated(), "another address in place of 192.168.1.1", true},
        CauseCase{"VMAC_MISMATCH", VmacOnOneSideOnly(), "take `vmac_xmit_base` out on b", true},
        CauseCase{"REVERSE_PATH_FILTER",
                  SourceRoutedElsewhere(),
                  "sysctl -w net.ipv4.conf.eth0.rp_filter=2",
                  true,
                  V4(),
                  {{"b", "net.ipv4.conf.eth0.rp_filter is 1 in force"}}}),
    [](const auto& parameter) { return parameter.param.fault.name; });

}  // namespace
}  // namespace lab
