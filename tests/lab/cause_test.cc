// Why it split: each cause is injected with real keepalived, and the incident names it first, and nothing false beside
// it. README.md has the table that this prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct CauseCase {
  std::string cause;
  Fault fault;
};

void PrintTo(const CauseCase& injected, std::ostream* out) { *out << injected.cause << injected.fault.name; }

Json FirstIncident(const Site& site) {
  const std::vector<Json> incidents = site.Incidents();
  return incidents.empty() ? Json() : incidents.front();
}

class CauseTest : public testing::TestWithParam<CauseCase> {};

TEST_P(CauseTest, IsNamedFirstAndNothingFalseBesideIt) {
  const auto& [cause, fault] = GetParam();
  Site site;
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
  LetPass(seconds(4));  // evidence still comes in
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
}

INSTANTIATE_TEST_SUITE_P(
    Table, CauseTest,
    testing::Values(
        CauseCase{"VRID_MISMATCH", VridsDiffer()}, CauseCase{"VIP_LIST_MISMATCH", ListsOverlap()},
        CauseCase{"AUTH_MISMATCH", PasswordsDiffer()}, CauseCase{"ADVERT_INTERVAL_MISMATCH", IntervalsDiffer()},
        CauseCase{"VERSION_MISMATCH", VersionsDiffer()}, CauseCase{"UNICAST_PEER_MISMATCH", UnicastMisdirected()},
        CauseCase{"FILTERED_ON_HOST", VrrpFiltered()}, CauseCase{"LOST_IN_NETWORK", VrrpLostInNetwork()},
        CauseCase{"DAEMON_GONE", DaemonKilled()}, CauseCase{"DAEMON_FROZEN", DaemonFrozen()},
        CauseCase{"MANUAL_ADDRESS", AddressByHand()}, CauseCase{"CHECKSUM_OR_TTL", TtlLowered()},
        CauseCase{"FOREIGN_CLAIMANT", ForeignClaimant()}, CauseCase{"ISOLATED_NODE", ActiveIsolated()},
        CauseCase{"WRONG_INTERFACE", OnAnotherSegment()}, CauseCase{"SOURCE_ADDRESS", SourceTaken()},
        CauseCase{"SOURCE_ADDRESS", FileCopied()}, CauseCase{"DUPLICATE_NODE_ADDRESS", AddressDuplicated()}),
    [](const auto& parameter) { return parameter.param.fault.name; });

}  // namespace
}  // namespace lab
