#include "proto/codec/report.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace arbiter::codec {
namespace {

using google::protobuf::util::MessageDifferencer;

const Instant kNow = Instant(std::chrono::hours(100));

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

FieldReader Reader(ReportLimits limits = {}) { return {"prod/a", kNow, limits}; }

v1::VipReport WholeVipReport() {
  return Parse<v1::VipReport>(R"(
    address: "192.168.1.212" configured: true interface: "eth0" configured_for { seconds: 8 nanos: 100000000 }
    effective: true gate: GATE_STATE_SHUT gate_reason: "why" not_ours: "listed" vouched: true other_manager: true gate_shut_for { seconds: 1 }
    advertises: true vrid: 66 priority: 100 version: 2 advert_interval { seconds: 1 } primary_address: "192.168.1.1"
    advertised_addresses: "192.168.1.212" advertised_addresses: "192.168.1.213"
    instance: "VI_1" sync_group: "G" bound_together: "192.168.1.212" daemon: DAEMON_STATE_FROZEN in_daemon_config: true
    rungs { kind: RUNG_KIND_TRACK_FILE usable: false reason: "not configured" scope: "192.168.1.212" }
    rungs { kind: RUNG_KIND_GATE usable: true scope: "192.168.1.212" }
    heard { source: "192.168.1.2" vrid: 65 priority: 90 version: 3 on_wire: true delivered: true names_vip: true
            addresses: "192.168.1.212" defects: "TTL 64, must be 255" auth_type: 1 advert_interval { nanos: 10000000 }
            destination: "224.0.0.18" checksum_habit: "pseudo-header" answers: true dropped_by: "rp" drop_repair: "way"
            filters { kind: FILTER_KIND_DROPS by: "nft rule" repair: "delete it" } }
    advert_filters { kind: FILTER_KIND_MAY_DROP by: "tc" repair: "look" }
    segment: "192.168.1.0/24" master_down_interval { seconds: 3 nanos: 609375000 })");
}

v1::NodeReport WholeNodeReport() {
  return Parse<v1::NodeReport>(R"(
    daemon: DAEMON_STATE_RUNNING daemon_name: "keepalived" config_path: "/etc/keepalived/keepalived.conf"
    config_problems: "line 3" interfaces: "eth0" gate_usable: false gate_reason: "no egress hook" gate_restores: 2
    dry_run: true capture_drops: 3 netlink_overruns: 4 dropped_adverts { key: "checksum" value: 5 }
    dropped_adverts { key: "ttl" value: 6 } addresses: "192.168.1.1" addresses: "fe80::1"
    loopback_addresses: "10.255.0.1"
    foreign_routers { protocol: "HSRP" interface: "eth0" group: 5 source: "192.168.1.3" priority: 110
                      addresses: "192.168.1.254" }
    instances { name: "VI_1" interface: "eth0" vrid: 66 priority: 100 version: 2 advert_interval { seconds: 1 }
                initial_state: "MASTER" nopreempt: true use_vmac: true vmac_xmit_base: true link_down: true ignores_link: true networks: "192.168.1.0/24" networks: "10.9.0.0/24" auth_type: "PASS" auth_fingerprint: "ab"
                addresses: "192.168.1.212" excluded_addresses: "192.168.1.213" unicast_source: "192.168.1.1"
                unicast_peers: "192.168.1.2" sync_group: "G" track_file: "arbiter_VI_1"
                origin { key: "priority" value: "k:13" } origin { key: "virtual_router_id" value: "k:12" }
                segment: "192.168.1.0/24" })");
}

TEST(VipReport, ComesBackAsItWasSent) {
  const v1::VipReport sent = WholeVipReport();
  FieldReader reader = Reader();
  const model::VipReport report = ReadVipReport(sent, &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(report, kNow), sent)) << ToProto(report, kNow).DebugString();
}

TEST(VipReport, AgesCountBackFromTheMomentItCame) {
  FieldReader reader = Reader();
  const model::VipReport report = ReadVipReport(WholeVipReport(), &reader);
  EXPECT_EQ(report.configured_since, kNow - std::chrono::milliseconds(8100));
  EXPECT_EQ(report.gate_since, kNow - std::chrono::seconds(1));
  EXPECT_EQ(ToProto(report, kNow + std::chrono::seconds(2)).gate_shut_for().seconds(), 3);
}

TEST(VipReport, ZeroAndEmptyMeanNotKnown) {
  FieldReader reader = Reader();
  const auto bare = Parse<v1::VipReport>(R"(address: "10.0.0.1" gate: GATE_STATE_OPEN daemon: DAEMON_STATE_UNKNOWN)");
  const model::VipReport report = ReadVipReport(bare, &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_FALSE(report.vrid.has_value());
  EXPECT_FALSE(report.priority.has_value());
  EXPECT_FALSE(report.version.has_value());
  EXPECT_FALSE(report.primary_address.has_value());
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(report, kNow), bare));
}

TEST(VipReport, AFilterOfAnUnknownKindIsNoCertainty) {
  v1::VipReport message = WholeVipReport();
  message.mutable_heard(0)->mutable_filters(0)->set_kind(static_cast<v1::FilterKind>(42));
  FieldReader reader = Reader();
  const model::VipReport report = ReadVipReport(message, &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(report.heard[0].filters[0].kind, model::FilterKind::kMayDrop);
  EXPECT_EQ(report.heard[0].filters[0].by, "nft rule");
}

TEST(NodeReport, ComesBackAsItWasSent) {
  const v1::NodeReport sent = WholeNodeReport();
  FieldReader reader = Reader();
  const model::NodeReport report = ReadNodeReport(sent, &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(report), sent)) << ToProto(report).DebugString();
}

TEST(LocalHold, ComesBackAsItWasSent) {
  v1::Snapshot snapshot;
  *snapshot.add_holds() = Parse<v1::LocalHold>(
      R"(vip: "10.0.0.1" incident: "7-1" survivor: "b" reason: "r" held_for { seconds: 5 } term: 7
         survivor_addresses: "10.0.0.7" survivor_addresses: "fe80::1" survivor_vrid: 66)");
  FieldReader reader = Reader();
  const std::vector<model::LocalHold> holds = ReadLocalHolds(snapshot.holds(), &reader);
  ASSERT_EQ(holds.size(), 1U);
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(holds[0], kNow), snapshot.holds(0)));
}

struct BadVip {
  std::string name;
  std::function<void(v1::VipReport*)> spoil;
  std::string error;
};

class BadVipReport : public testing::TestWithParam<BadVip> {};

TEST_P(BadVipReport, IsRefusedWithNodeAndField) {
  v1::VipReport message = WholeVipReport();
  GetParam().spoil(&message);
  FieldReader reader = Reader();
  ReadVipReport(message, &reader);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader.status().message(), "node prod/a: " + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadVipReport,
    testing::Values(
        BadVip{"Address", [](auto* m) { m->set_address("192.168.1"); }, "address: \"192.168.1\" is not an IP address"},
        BadVip{"AddressEmpty", [](auto* m) { m->clear_address(); }, "address: \"\" is not an IP address"},
        BadVip{"AddressWithControlCharacters", [](auto* m) { m->set_address("a\nb"); },
               "address: \"a\\nb\" is not an IP address"},
        BadVip{"Vrid", [](auto* m) { m->set_vrid(300); }, "vrid: 300 is not within 0..255"},
        BadVip{"Priority", [](auto* m) { m->set_priority(256); }, "priority: 256 is not within 0..255"},
        BadVip{"Version", [](auto* m) { m->set_version(1000); }, "version: 1000 is not within 0..255"},
        BadVip{"Gate", [](auto* m) { m->set_gate(static_cast<v1::GateState>(42)); },
               "gate: 42 is no value that this arbiter knows"},
        BadVip{"GateUnspecified", [](auto* m) { m->clear_gate(); }, "gate: 0 is no value that this arbiter knows"},
        BadVip{"Daemon", [](auto* m) { m->clear_daemon(); }, "daemon: 0 is no value that this arbiter knows"},
        BadVip{"Age", [](auto* m) { m->mutable_configured_for()->set_seconds(-1); }, "configured_for: is negative"},
        BadVip{"AgeOverflow", [](auto* m) { m->mutable_configured_for()->set_seconds(INT64_MAX); },
               "configured_for: 9223372036854775807s and 100000000ns is no duration of at most ten years"},
        BadVip{"Nanos", [](auto* m) { m->mutable_advert_interval()->set_nanos(1'000'000'000); },
               "advert_interval: 1s and 1000000000ns is no duration of at most ten years"},
        BadVip{"Primary", [](auto* m) { m->set_primary_address("x"); }, "primary_address: \"x\" is not an IP address"},
        BadVip{"Advertised", [](auto* m) { m->set_advertised_addresses(1, "y"); },
               "advertised_addresses: \"y\" is not an IP address"},
        BadVip{"Bound", [](auto* m) { m->add_bound_together("z"); }, "bound_together: \"z\" is not an IP address"},
        BadVip{"RungKind", [](auto* m) { m->mutable_rungs(1)->clear_kind(); },
               "rungs[1].kind: 0 is no value that this arbiter knows"},
        BadVip{"RungScope", [](auto* m) { m->mutable_rungs(0)->add_scope("q"); },
               "rungs[0].scope: \"q\" is not an IP address"},
        BadVip{"HeardSource", [](auto* m) { m->mutable_heard(0)->set_source("q"); },
               "heard[0].source: \"q\" is not an IP address"},
        BadVip{"HeardVrid", [](auto* m) { m->mutable_heard(0)->set_vrid(256); },
               "heard[0].vrid: 256 is not within 0..255"}),
    [](const auto& test) { return test.param.name; });

TEST(FieldReader, KeepsTheFirstErrorOnly) {
  FieldReader reader = Reader();
  reader.Byte("first", 1000);
  reader.Byte("second", 2000);
  EXPECT_EQ(reader.status().message(), "node prod/a: first: 1000 is not within 0..255");
}

TEST(FieldReader, CountsTheAddressesOfAWholeMessage) {
  v1::NodeReport message = WholeNodeReport();
  for (int i = 0; i < 10; ++i) {
    message.add_addresses("10.0.0." + std::to_string(i));
  }
  FieldReader reader = Reader({.vips = 10, .addresses = 12});
  ReadNodeReport(message, &reader);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(reader.status().message(), "node prod/a: addresses: more than 12 addresses in one message");
}

TEST(NodeReport, KeepsTheBeginningOfALongText) {
  v1::NodeReport message;
  message.set_daemon(v1::DAEMON_STATE_RUNNING);
  std::string euros;
  while (euros.size() < 5000) euros += "\u20ac";
  message.set_gate_reason(euros);
  message.add_config_problems(euros);
  (*message.add_instances()->mutable_origin())["priority"] = euros;
  FieldReader reader("prod/a", Instant(), {});
  const model::NodeReport report = ReadNodeReport(message, &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(report.gate_reason, euros.substr(0, 1023)) << "1024 bytes would cut a character";
  EXPECT_EQ(report.config_problems.at(0).size(), 1023U);
  EXPECT_EQ(report.instances.at(0).origin.at(0).second.size(), 1023U);
}

TEST(VipReports, AreLimitedInNumber) {
  v1::Snapshot snapshot;
  for (int i = 0; i < 3; ++i) {
    *snapshot.add_vips() = WholeVipReport();
  }
  FieldReader reader = Reader({.vips = 2, .addresses = 1000});
  ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(reader.status().message(), "node prod/a: vips: 3 VIPs, at most 2 are taken");
}

TEST(VipReports, MustNotNameOneVipTwice) {
  v1::Snapshot snapshot;
  *snapshot.add_vips() = WholeVipReport();
  *snapshot.add_vips() = WholeVipReport();
  FieldReader reader = Reader();
  ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  EXPECT_EQ(reader.status().message(), "node prod/a: vips[1].address: 192.168.1.212 stands there twice");
}

// Two VIPs of one instance, which say once what they have in common.
v1::Snapshot InParts() {
  v1::Snapshot snapshot;
  v1::VipReport* common = snapshot.add_shared();
  *common = WholeVipReport();
  for (const char* address : {"192.168.1.212", "2001:db8::212"}) {
    v1::VipReport* own = snapshot.add_vips();
    own->set_address(address);
    own->set_gate(v1::GATE_STATE_OPEN);
    own->set_in_daemon_config(true);
    own->set_shared(1);
  }
  return snapshot;
}

TEST(VipReports, TakeWhatTheyLeaveOutFromWhatTheyShare) {
  FieldReader reader = Reader();
  const v1::Snapshot snapshot = InParts();
  const std::vector<model::VipReport> reports = ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const model::VipReport whole = ReadVipReport(WholeVipReport(), &reader);
  ASSERT_EQ(reports.size(), 2U);
  for (const model::VipReport& report : reports) {
    EXPECT_EQ(report.vrid, whole.vrid);
    EXPECT_EQ(report.priority, whole.priority);
    EXPECT_EQ(report.advertises, whole.advertises);
    EXPECT_EQ(report.daemon, whole.daemon);
    EXPECT_EQ(report.rungs, whole.rungs);
    EXPECT_EQ(report.heard, whole.heard);
    EXPECT_EQ(report.bound_together, whole.bound_together);
    EXPECT_FALSE(report.configured) << "that is the VIP's own";
  }
  EXPECT_EQ(reports[0].bound_together.identity(), reports[1].bound_together.identity()) << "it stands in memory once";
}

TEST(VipReports, OwnListsReplaceSharedOnes) {
  v1::Snapshot snapshot = InParts();
  snapshot.mutable_vips(0)->add_bound_together("192.168.1.212");
  FieldReader reader = Reader();
  const std::vector<model::VipReport> reports = ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  EXPECT_EQ(reports[0].bound_together.size(), 1U);
}

TEST(VipReports, MustNotShareWhatIsNotThere) {
  v1::Snapshot snapshot = InParts();
  snapshot.mutable_vips(1)->set_shared(2);
  FieldReader reader = Reader();
  ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  EXPECT_EQ(reader.status().message(), "node prod/a: vips[1].shared: 2, but the message has 1 entries");
}

}  // namespace
}  // namespace arbiter::codec
