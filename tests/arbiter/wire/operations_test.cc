#include "arbiter/wire/operations.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "arbiter/wire/enum_table.h"

namespace arbiter::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const core::Instant kNow = core::Instant(std::chrono::hours(100));
const ClockPair kClocks{kNow, absl::FromUnixSeconds(1'000'000)};

IpAddress Ip(const char* text) { return IpAddress::Parse(text).value(); }

template <typename Message>
void ExpectIs(const Message& message, const std::string& text) {
  Message expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, expected)) << message.DebugString();
}

core::VipView GuardedVip() {
  core::VipView vip;
  vip.vip = Ip("192.168.1.212");
  vip.state = core::VipState::kGuarded;
  core::HolderView holder;
  holder.node = "a";
  holder.report.interface = "eth0";
  holder.report.vrid = 66;
  holder.report.priority = 100;
  holder.report.advertises = true;
  holder.report.configured_since = kNow - milliseconds(8100);
  holder.report.daemon = core::DaemonState::kRunning;
  vip.holders.push_back(holder);
  core::HeldBackView held_back;
  held_back.hold.node = "b";
  held_back.hold.since = kNow - seconds(5);
  held_back.hold.reason = "lower priority";
  held_back.incident = "7-1";
  held_back.gate_shut = true;
  held_back.configured = true;
  vip.held_back.push_back(held_back);
  vip.incident = "7-1";
  vip.since = kNow - seconds(4);
  vip.advice = "set one VRID";
  vip.causes = {core::Cause::kVridMismatch};
  return vip;
}

TEST(ClusterStatus, ShowsVipsWithHoldersAndHeldBackNodes) {
  core::ClusterView view;
  view.name = "prod";
  view.mode = core::Mode::kObserve;
  view.mode_until = kNow + seconds(60);
  core::NodeView node;
  node.node = "a";
  node.state = core::NodeState::kStale;
  node.last_heard = kNow - milliseconds(200);
  node.probe_version = "0.1.0";
  node.peer = "192.0.2.1:5";
  view.nodes.push_back(node);
  view.vips.push_back(GuardedVip());
  view.warnings = {"w"};
  view.healthy_contests = 3;
  ExpectIs(ToProto(view, kNow), R"(
    name: "prod" mode: MODE_OBSERVE mode_for { seconds: 60 } warnings: "w" healthy_contests: 3
    nodes { id: "a" state: NODE_STATE_STALE last_report_age { nanos: 200000000 } probe_version: "0.1.0"
            address: "192.0.2.1:5" }
    vips { address: "192.168.1.212" state: VIP_STATE_GUARDED incident: "7-1" since { seconds: 4 } advice: "set one VRID"
           causes: VRID_MISMATCH
           holders { node: "a" interface: "eth0" vrid: 66 priority: 100 advertising: true
                     held_for { seconds: 8 nanos: 100000000 } daemon: DAEMON_STATE_RUNNING }
           held_back { node: "b" since { seconds: 5 } reason: "lower priority" incident: "7-1" gate { shut: true }
                       configured: true } })");
}

TEST(NodeDetail, HasTheWholeReport) {
  core::NodeView node;
  node.node = "a";
  node.last_heard = kNow;
  node.vips.emplace_back();
  node.vips.back().vip = Ip("10.0.0.1");
  node.holds.push_back({Ip("10.0.0.1"), "7-1", "b", "r", kNow - seconds(1), 7});
  const v1::NodeDetail detail = ToProto(node, "prod", kNow);
  EXPECT_EQ(detail.cluster(), "prod");
  EXPECT_EQ(detail.status().id(), "a");
  EXPECT_EQ(detail.report().daemon(), v1::DAEMON_STATE_UNKNOWN);
  EXPECT_EQ(detail.vips(0).address(), "10.0.0.1");
  EXPECT_EQ(detail.holds(0).held_for().seconds(), 1);
}

core::IncidentRecord Record() {
  core::IncidentRecord record;
  record.id = "7-1";
  record.cluster = "prod";
  record.vips = {Ip("10.0.0.1"), Ip("2001:db8::1")};
  record.state = core::IncidentState::kClosed;
  record.enforced = false;
  record.survivor = "a";
  record.demoted = {"b"};
  record.opened = kNow - seconds(10);
  record.confirmed = kNow - milliseconds(9750);
  record.closed = kNow + seconds(1);
  record.dual_hold = milliseconds(260);
  record.causes = {{core::Cause::kVridMismatch, "e1", "fix"}, {core::Cause::kUnknown, "e2", "fix"}};
  record.timeline = {{kNow - seconds(10), "seen"}};
  record.note = "n";
  return record;
}

TEST(Incident, HasCalendarTimes) {
  const core::IncidentRecord record = Record();
  ExpectIs(ToProto(record, TimesOf(record, kClocks), IncidentDetail::kSummary), R"(
    id: "7-1" cluster: "prod" vip: "10.0.0.1" vips: "10.0.0.1" vips: "2001:db8::1" state: INCIDENT_STATE_CLOSED causes: VRID_MISMATCH causes: UNKNOWN
    survivor: "a" demoted: "b" opened_at { seconds: 999990 } confirmed_at { seconds: 999990 nanos: 250000000 }
    closed_at { seconds: 1000001 } dual_hold { nanos: 260000000 } mode: MODE_OBSERVE note: "n")");
}

TEST(Incident, TellsEachAdviceOnce) {
  const core::IncidentRecord record = Record();
  const v1::Incident whole = ToProto(record, TimesOf(record, kClocks), IncidentDetail::kWhole);
  ASSERT_EQ(whole.evidence_size(), 2);
  EXPECT_EQ(whole.evidence(1).evidence(), "e2");
  ASSERT_EQ(whole.advice_size(), 1);
  ASSERT_EQ(whole.timeline_size(), 1);
  EXPECT_EQ(whole.timeline(0).at().seconds(), 999'990);
}

TEST(Event, NamesWhatTheNoteNames) {
  core::Note note;
  note.cluster = "prod";
  note.vip = Ip("10.0.0.1");
  note.node = "a";
  note.incident = "7-1";
  note.kind = "split";
  note.text = "t";
  ExpectIs(
      ToProto(note, kClocks.wall),
      R"(at { seconds: 1000000 } cluster: "prod" vip: "10.0.0.1" node: "a" incident: "7-1" kind: "split" text: "t")");
}

TEST(ConfigDifference, ListsTheValuesOfTheNodes) {
  core::ConfigDifference difference;
  difference.virtual_router = "VI_1";
  difference.key = "virtual_router_id";
  difference.fault = true;
  difference.values = {{"a", "66", "k:1"}, {"b", "65", ""}};
  difference.advice = "same";
  ExpectIs(ToProto(difference, "prod"), R"(
    cluster: "prod" virtual_router: "VI_1" key: "virtual_router_id" fault: true advice: "same"
    values { node: "a" value: "66" origin: "k:1" } values { node: "b" value: "65" })");
}

TEST(Timestamp, BeforeTheEpochIsWellFormed) {
  const google::protobuf::Timestamp time = ToProto(absl::FromUnixMillis(-1500));
  EXPECT_EQ(time.seconds(), -2);
  EXPECT_EQ(time.nanos(), 500'000'000);
}

// Every member of the core's sets must stand in its table, and those of the contract too but for the unspecified one.
template <typename Table>
void ExpectWhole(const Table& table, int proto_members, int core_members) {
  EXPECT_EQ(static_cast<int>(table.size()), proto_members - 1);
  EXPECT_EQ(static_cast<int>(table.size()), core_members);
  for (int i = 0; i < core_members; ++i) {
    const auto core_value = static_cast<std::decay_t<decltype(table[0].core)>>(i);
    EXPECT_EQ(EnumToCore(table, EnumToProto(table, core_value)), core_value);
  }
}

TEST(EnumTables, AreWhole) {
  ExpectWhole(kGateStates, v1::GateState_descriptor()->value_count(), 5);
  ExpectWhole(kDaemonStates, v1::DaemonState_descriptor()->value_count(), 4);
  ExpectWhole(kRungKinds, v1::RungKind_descriptor()->value_count(), 5);
  ExpectWhole(kHindranceKinds, v1::HindranceKind_descriptor()->value_count(), 3);
  ExpectWhole(kFilterKinds, v1::FilterKind_descriptor()->value_count(), 2);
  ExpectWhole(kOutcomes, v1::DirectiveOutcome_descriptor()->value_count(), 3);
  ExpectWhole(kModes, v1::Mode_descriptor()->value_count(), 2);
  ExpectWhole(kNodeStates, v1::NodeState_descriptor()->value_count(), 3);
  ExpectWhole(kVipStates, v1::VipState_descriptor()->value_count(), 8);
  ExpectWhole(kIncidentStates, v1::IncidentState_descriptor()->value_count(), 4);
  ExpectWhole(kCauses, v1::Cause_descriptor()->value_count(), 20);
}

TEST(Causes, HaveTheNamesThatOperatorsSee) {
  for (const auto& [proto, cause] : kCauses) {
    EXPECT_EQ(v1::Cause_Name(proto), std::string(core::CauseName(cause)));
  }
}

TEST(VipStatus, SaysWhoCouldNotServeIt) {
  core::ClusterView view;
  view.vips.emplace_back();
  view.vips[0].vip = Ip("192.168.1.212");
  view.vips[0].state = core::VipState::kHeld;
  view.vips[0].no_standby = true;
  view.vips[0].obstacles = {{"b", "keepalived does not run", "start it"}};
  view.vips[0].note = "a note";
  const v1::VipStatus vip = ToProto(view, kNow).vips(0);
  EXPECT_TRUE(vip.no_standby());
  ASSERT_EQ(vip.obstacles_size(), 1);
  ExpectIs(vip.obstacles(0), "node: 'b' evidence: 'keepalived does not run' repair: 'start it'");
  EXPECT_EQ(vip.note(), "a note");
}

TEST(Incident, WhatHasEndedHasItsTimeAndNeedsNoAdvice) {
  core::IncidentRecord record;
  record.vips = {Ip("192.168.1.212")};
  record.causes = {{core::Cause::kDaemonGone, "it does not run", "start it"},
                   {core::Cause::kVridMismatch, "65 and 66", "write one"}};
  record.causes[1].ended = kNow - seconds(2);
  const v1::Incident incident = ToProto(record, TimesOf(record, kClocks), IncidentDetail::kWhole);
  ASSERT_EQ(incident.evidence_size(), 2);
  EXPECT_FALSE(incident.evidence(0).has_ended_at());
  EXPECT_EQ(incident.evidence(1).ended_at().seconds(), 1'000'000 - 2);
  ASSERT_EQ(incident.advice_size(), 1);
  EXPECT_EQ(incident.advice(0), "start it");
}

}  // namespace
}  // namespace arbiter::wire
