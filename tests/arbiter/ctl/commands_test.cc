#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kIncident[] = R"(
    id: '3-1' cluster: 'prod' vip: '192.168.1.212' state: INCIDENT_STATE_GUARDED causes: VRID_MISMATCH survivor: 'a'
    demoted: 'b' opened_at { seconds: 1760000000 } confirmed_at { seconds: 1760000000 nanos: 250000000 }
    healed_at { seconds: 1760000001 } dual_hold { nanos: 12000000 } mode: MODE_ENFORCE
    evidence { cause: VRID_MISMATCH evidence: 'b advertises VRID 65, a VRID 66' advice: 'set both to 66' }
    advice: 'set both to 66' advice: 'then nothing: the hold ends by itself'
    timeline { at { seconds: 1760000000 nanos: 7000000 } text: 'a and b hold it' }
    timeline { at { seconds: 1760000000 nanos: 250000000 } text: 'confirmed' })";

TEST(Nodes, ShowEachNodeItsTroublesAndItsWaysToGiveUpAVip) {
  FakeArbiter arbiter;
  arbiter.nodes = Parsed<v1::ListNodesResponse>(R"(
      nodes { cluster: 'prod'
        status { id: 'a' state: NODE_STATE_CONNECTED last_report_age { nanos: 200000000 } probe_version: '0.1.0'
                 address: '10.0.0.1:4711' }
        report { daemon: DAEMON_STATE_RUNNING daemon_name: 'keepalived' gate_usable: true }
        vips { address: '192.168.1.212' rungs { kind: RUNG_KIND_GATE usable: true scope: '192.168.1.212' }
               rungs { kind: RUNG_KIND_TRACK_FILE usable: true scope: '192.168.1.212' scope: '192.168.1.213' } }
        vips { address: '192.168.1.213' rungs { kind: RUNG_KIND_GATE usable: true scope: '192.168.1.213' }
               rungs { kind: RUNG_KIND_TRACK_FILE usable: true scope: '192.168.1.212' scope: '192.168.1.213' } } }
      nodes { cluster: 'prod' status { id: 'b' state: NODE_STATE_STALE last_report_age { seconds: 12 } }
        report { daemon: DAEMON_STATE_GONE dry_run: true gate_reason: 'Linux 5.10 has no egress hook'
                 config_problems: 'keepalived.conf:7: unknown file' }
        vips { address: '192.168.1.212' rungs { kind: RUNG_KIND_GATE reason: 'no egress hook' } }
        holds { vip: '192.168.1.212' incident: '3-1' survivor: 'a' held_for { seconds: 5 } } })");
  EXPECT_EQ(RunAgainst(arbiter, {"nodes"}).out,
            R"(CLUSTER  NODE  STATE      HEARD      DAEMON              PROBE  ADDRESS
prod     a     connected  200ms ago  keepalived running  0.1.0  10.0.0.1:4711
    192.168.1.212 and 192.168.1.213: gives it up by gate, track file (drops 1 more VIP with it)
prod     b     stale      12.0s ago  VRRP daemon gone    -      -
    dry run: it reports and never acts
    the gate cannot work: Linux 5.10 has no egress hook
    configuration: keepalived.conf:7: unknown file
    under a hold for 192.168.1.212 for 5.0s (incident 3-1, survivor a)
    192.168.1.212: NO WAY to give it up; not by gate (no egress hook)
)");
  EXPECT_THAT(RunAgainst(arbiter, {"nodes", "-o", "wide"}).out,
              HasSubstr("192.168.1.213: gives it up by gate, track file (drops 192.168.1.212 with it)"));
}

TEST(Nodes, ManyVipsWithTheSameWaysShareALine) {
  FakeArbiter arbiter;
  v1::NodeDetail& node = *arbiter.nodes.add_nodes();
  for (int i = 0; i < 100; ++i) node.add_vips()->set_address(absl::StrCat("10.0.0.", i));
  EXPECT_THAT(RunAgainst(arbiter, {"nodes"}).out,
              HasSubstr("10.0.0.0 ... 10.0.0.99 (100 VIPs): NO WAY to give it up\n"));
}

TEST(Incidents, AreATable) {
  FakeArbiter arbiter;
  arbiter.incidents = {Parsed<v1::Incident>(kIncident)};
  EXPECT_EQ(RunAgainst(arbiter, {"incidents"}).out,
            R"(ID   STATE    OPENED               CLUSTER  VIP            SURVIVOR  DEMOTED  BOTH HELD  CAUSES
3-1  GUARDED  2025-10-09 08:53:20  prod     192.168.1.212  a         b        12ms       VRID_MISMATCH
)");
  EXPECT_EQ(RunAgainst(FakeArbiter(), {"incidents"}).out, "no incident\n");
}

std::vector<std::string> Ids(const std::string& table) {
  std::vector<std::string> ids;
  for (std::size_t at = table.find('\n'); at + 1 < table.size(); at = table.find('\n', at + 1)) {
    ids.push_back(table.substr(at + 1, table.find(' ', at) - at - 1));
  }
  return ids;
}

TEST(Incidents, AreFetchedPageByPageUntilThereAreEnough) {
  FakeArbiter arbiter;
  for (const char* id : {"5", "4", "3", "2", "1"}) arbiter.incidents.emplace_back().set_id(id);
  EXPECT_THAT(Ids(RunAgainst(arbiter, {"incidents"}).out), ElementsAre("5", "4", "3", "2", "1"));
  const Outcome three = RunAgainst(arbiter, {"incidents", "-n", "3"});
  EXPECT_THAT(Ids(three.out), ElementsAre("5", "4", "3"));
  EXPECT_EQ(three.err, "there are more: --limit 0 shows all\n");
  EXPECT_THAT(Ids(RunAgainst(arbiter, {"incidents", "--limit", "0"}).out), ElementsAre("5", "4", "3", "2", "1"));
}

TEST(Incidents, OfOneClusterThatAreOpenAreAskedFor) {
  FakeArbiter arbiter;
  RunAgainst(arbiter, {"incidents", "--open", "-c", "prod"});
  ASSERT_EQ(arbiter.incident_requests.size(), 1U);
  EXPECT_TRUE(arbiter.incident_requests[0].open_only());
  EXPECT_EQ(arbiter.incident_requests[0].cluster(), "prod");
}

TEST(Incident, IsToldInFull) {
  FakeArbiter arbiter;
  arbiter.incidents = {Parsed<v1::Incident>(kIncident)};
  EXPECT_EQ(RunAgainst(arbiter, {"incident", "3-1"}).out, R"(incident 3-1  GUARDED
  vip:        192.168.1.212 in cluster prod
  survivor:   a
  demoted:    b
  opened:     2025-10-09 08:53:20
  confirmed:  2025-10-09 08:53:20
  healed:     2025-10-09 08:53:21
  both held:  12ms

why
  VRID_MISMATCH
    evidence: b advertises VRID 65, a VRID 66
    mend it:  set both to 66

next
  then nothing: the hold ends by itself
  arbctl release b 192.168.1.212   (once the cause is mended; the hold also ends by itself then)

timeline
  2025-10-09 08:53:20.007  a and b hold it
  2025-10-09 08:53:20.250  confirmed
)");
}

TEST(Incident, WhatHoldsNoLongerIsStruckWithItsTime) {
  FakeArbiter arbiter;
  arbiter.incidents = {Parsed<v1::Incident>(kIncident)};
  arbiter.incidents[0].mutable_evidence(0)->mutable_ended_at()->set_seconds(1'760'000'005);
  const std::string out = RunAgainst(arbiter, {"incident", "3-1"}).out;
  EXPECT_THAT(out, HasSubstr("  VRID_MISMATCH  (no longer, since 2025-10-09 08:53:25)\n"));
  EXPECT_THAT(out, testing::Not(HasSubstr("mend it")));
}

TEST(Incident, ThatWasOnlyObservedSaysSo) {
  FakeArbiter arbiter;
  arbiter.incidents = {Parsed<v1::Incident>("id: '3-1' vip: '10.0.0.1' cluster: 'prod' mode: MODE_OBSERVE")};
  EXPECT_THAT(RunAgainst(arbiter, {"incident", "3-1"}).out, HasSubstr("observe: nobody was told to give it up"));
}

TEST(Incident, ThatIsNotThereFails) {
  const Outcome outcome = RunAgainst(FakeArbiter(), {"incident", "9-9"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "arbctl: there is no incident '9-9'\n");
}

TEST(Events, AreALineEach) {
  FakeArbiter arbiter;
  arbiter.events = {
      Parsed<v1::Event>("at { seconds: 1760000000 nanos: 7000000 } cluster: 'prod' vip: '10.0.0.1' "
                        "incident: '3-1' kind: 'split' text: 'a and b hold it'"),
      Parsed<v1::Event>("at { seconds: 1760000001 } cluster: 'prod' node: 'b' kind: 'node' text: 'left'")};
  EXPECT_EQ(RunAgainst(arbiter, {"events"}).out,
            "2025-10-09 08:53:20.007  prod  10.0.0.1  3-1  split: a and b hold it\n"
            "2025-10-09 08:53:21.000  prod  b  node: left\n");
  const Outcome json = RunAgainst(arbiter, {"events", "-f", "-n", "7", "-o", "json"});
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 2);
  EXPECT_TRUE(arbiter.events_request.follow());
  EXPECT_EQ(arbiter.events_request.backlog(), 7U);
}

TEST(Diff, GroupsByVirtualRouterAndSaysWhereEachValueStands) {
  FakeArbiter arbiter;
  arbiter.diff = Parsed<v1::GetDiffResponse>(R"(
      differences { cluster: 'prod' virtual_router: 'VI_1 (VRID 66)' key: 'virtual_router_id' fault: true
        values { node: 'a' value: '66' origin: '/etc/keepalived/keepalived.conf:3' }
        values { node: 'b' value: '65' origin: '/etc/keepalived/keepalived.conf:12' } advice: 'set both to the same' }
      differences { cluster: 'prod' virtual_router: 'VI_1 (VRID 66)' key: 'priority'
        values { node: 'a' value: '100' } values { node: 'b' } })");
  EXPECT_EQ(RunAgainst(arbiter, {"diff"}).out, R"(cluster prod  VI_1 (VRID 66)
  -      KEY                NODE  VALUE      WHERE
  FAULT  virtual_router_id  a     66         /etc/keepalived/keepalived.conf:3
                            b     65         /etc/keepalived/keepalived.conf:12
      set both to the same
  note   priority           a     100
                            b     (not set)
)");
  EXPECT_EQ(RunAgainst(FakeArbiter(), {"diff"}).out, "the nodes' configurations agree\n");
}

TEST(Demote, AsksAndSaysWhoKeepsItAndHowToUndoIt) {
  FakeArbiter arbiter;
  const Outcome outcome =
      RunAgainst(arbiter, {"demote", "b", "192.168.1.212", "--reason", "kernel update", "--cluster", "prod"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "b is told to give up 192.168.1.212; a keeps it (incident 3-2).\n"
            "To let it back: arbctl release b 192.168.1.212\n");
  EXPECT_EQ(arbiter.demote_request.node(), "b");
  EXPECT_EQ(arbiter.demote_request.vip(), "192.168.1.212");
  EXPECT_EQ(arbiter.demote_request.reason(), "kernel update");
  EXPECT_EQ(arbiter.demote_request.cluster(), "prod");
}

TEST(Demote, ARefusalOfTheArbiterIsSaidAsItIs) {
  FakeArbiter arbiter;
  arbiter.verdict = {grpc::StatusCode::FAILED_PRECONDITION, "no other node has affirmed that it holds 192.168.1.212"};
  const Outcome outcome = RunAgainst(arbiter, {"demote", "b", "192.168.1.212"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "arbctl: no other node has affirmed that it holds 192.168.1.212\n");
}

TEST(Forget, SaysWhetherTheNodeWasKnown) {
  FakeArbiter arbiter;
  EXPECT_EQ(RunAgainst(arbiter, {"forget", "b", "--reason", "sold"}).out, "b is forgotten.\n");
  EXPECT_EQ(arbiter.forget_request.reason(), "sold");
  EXPECT_EQ(RunAgainst(arbiter, {"forget", "x"}).out,
            "No node x has attached since the arbiter started; what was told of it before is resolved.\n");
  EXPECT_EQ(RunAgainst(arbiter, {"forget"}).code, 64);
}

TEST(Release, AsksAndSaysWhatItMeans) {
  FakeArbiter arbiter;
  EXPECT_EQ(RunAgainst(arbiter, {"release", "b", "2001:db8::1"}).out,
            "b is released: it may hold 2001:db8::1 again.\n");
  EXPECT_EQ(arbiter.release_request.vip(), "2001:db8::1");
}

TEST(Mode, IsSetForAWhileOrForGood) {
  FakeArbiter arbiter;
  EXPECT_EQ(RunAgainst(arbiter, {"mode", "observe", "--for", "1m30s"}).out, "prod, test: observe for 1m30s\n");
  EXPECT_EQ(arbiter.mode_request.mode(), v1::MODE_OBSERVE);
  EXPECT_EQ(arbiter.mode_request.for_().seconds(), 90);
  RunAgainst(arbiter, {"mode", "enforce", "--cluster", "prod"});
  EXPECT_EQ(arbiter.mode_request.mode(), v1::MODE_ENFORCE);
  EXPECT_FALSE(arbiter.mode_request.has_for_());
  EXPECT_EQ(arbiter.mode_request.cluster(), "prod");
}

}  // namespace
}  // namespace arbiter::ctl
