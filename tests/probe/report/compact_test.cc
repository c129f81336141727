#include "probe/report/compact.h"

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using arbiter::v1::VipReport;
using Reports = ReportWriter::Reports;

// One instance with listed and excluded VIPs on two interfaces, a leftover, a stranger's claim, a foreign VIP.
class InParts : public NodeTest {
 protected:
  InParts() {
    AddLink(3, "lan", "02:00:00:00:00:03");
    AddAddress(3, "172.16.0.10", 24);
    std::string listed;
    std::vector<arbiter::IpAddress> named_by_all;
    for (int i = 1; i <= 40; ++i) {
      const std::string vip = "192.168.1." + std::to_string(100 + i);
      listed += "  " + vip + "/24\n";
      AddAddress(2, vip, 24, true);
      named_by_all.push_back(Ip(vip));
    }
    Configure(
        "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 66\n priority 90\n virtual_ipaddress {\n" + listed +
        " }\n virtual_ipaddress_excluded {\n  192.168.1.199/24\n  172.16.0.212/24 dev lan\n  2001:db8::1/64\n }\n}\n");
    AddAddress(3, "172.16.0.212", 24, true);
    AddAddress(2, "192.168.1.199", 24, true);
    own = {Adverts("192.168.1.10", 66, 90, named_by_all)};
    // The excluded ones hear it by its VRID alone.
    heard = {Adverts("192.168.1.11", 66, 80, named_by_all), Adverts("192.168.1.12", 9, 80, {Ip("192.168.1.250")})};
    known_elsewhere = {Ip("192.168.1.250")};
    const auto mac = arbiter::MacAddress::Parse("02:00:00:00:00:99").value();
    now += std::chrono::seconds(5);
    claims[Ip("192.168.1.101")] = {{mac, "eth0", "ARP reply", now}};
    claims[Ip("192.168.1.250")] = {{mac, "eth0", "ARP reply", now}};
    gates[Ip("192.168.1.102")] = {hold::GateState::kShut, now};
    actuators.insert(hold::RungKind::kStopDaemon);
    actuators.insert(hold::RungKind::kExec);
  }

  std::vector<VipView> Views() {
    const Facts facts = Now();
    Look look(facts, now);
    std::vector<VipView> views;
    for (const arbiter::IpAddress& vip : VipsOf(facts)) views.push_back(look.ViewOf(vip));
    return views;
  }
};

TEST_F(InParts, NothingIsLostOnTheWay) {
  const std::vector<VipView> views = Views();
  ASSERT_EQ(views.size(), 44U);
  Reports vips;
  Reports shared;
  ReportWriter writer(kSharedReportsSince, &vips, &shared);
  for (const VipView& view : views) writer.Add(view.report);
  ASSERT_EQ(vips.size(), 44);
  EXPECT_LT(shared.size(), 8);
  for (int i = 0; i < vips.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    SCOPED_TRACE(vips[i].address());
    EXPECT_GT(vips[i].shared(), 0U);
    EXPECT_EQ(vips[i].bound_together_size(), 0);
    EXPECT_EQ(Expand(vips[i], shared).DebugString(), views[at].report.Whole().DebugString());
  }
}

TEST_F(InParts, AVipIsSeenAmongOthersAsItIsSeenAlone) {
  const auto compare = [this] {
    for (const VipView& view : Views()) {
      const VipView alone = View(view.state.vip.ToString());
      EXPECT_EQ(view.report.Whole().DebugString(), alone.report.Whole().DebugString());
      EXPECT_EQ(view.state, alone.state);
    }
  };
  compare();
  own.clear();  // silent, frozen in part: one VIP came here a moment ago, and one is not the daemon's
  stuck_for = std::chrono::seconds(60);
  table.Apply(netlink::AddressGone{Ip("192.168.1.120"), 24, 2}, now);
  AddAddress(2, "192.168.1.120", 24, true);
  table.Apply(netlink::AddressGone{Ip("192.168.1.121"), 24, 2}, now);
  AddAddress(2, "192.168.1.121", 32);
  actuators.erase(hold::RungKind::kStopDaemon);
  compare();
  EXPECT_EQ(Report("192.168.1.119").daemon(), arbiter::v1::DAEMON_STATE_FROZEN);
  EXPECT_EQ(Report("192.168.1.120").daemon(), arbiter::v1::DAEMON_STATE_RUNNING);
  // Of the instance: its routers, then who claims the VIP.
  const VipReport claimed = Report("192.168.1.101");
  ASSERT_EQ(claimed.heard_size(), 2);
  EXPECT_TRUE(claimed.heard(0).names_vip());
  EXPECT_EQ(claimed.heard(1).mac(), "02:00:00:00:00:99");
}

TEST_F(InParts, AFieldStandsInOneOfTheTwo) {
  for (const VipView& view : Views()) {
    const VipReport& alone = view.report.own;
    const VipReport& common = *view.report.common;
    EXPECT_TRUE(common.address().empty() && common.interface().empty() && !common.configured());
    EXPECT_TRUE(!common.in_daemon_config() && !common.has_configured_for() && common.shared() == 0);
    EXPECT_TRUE(alone.rungs().empty() && alone.bound_together().empty() && alone.vrid() == 0 &&
                alone.segment().empty());
    for (const arbiter::v1::HeardRouter& router : alone.heard()) EXPECT_FALSE(router.mac().empty());
    for (const arbiter::v1::HeardRouter& router : common.heard()) EXPECT_TRUE(router.mac().empty());
  }
}

TEST_F(InParts, AnOlderArbiterIsToldEverything) {
  const std::vector<VipView> views = Views();
  Reports vips;
  Reports shared;
  ReportWriter writer(0, &vips, &shared);
  for (const VipView& view : views) writer.Add(view.report);
  EXPECT_EQ(shared.size(), 0);
  for (const VipReport& report : vips) {
    EXPECT_EQ(report.shared(), 0U);
    for (const arbiter::v1::Rung& rung : report.rungs()) EXPECT_FALSE(rung.scope().empty());
  }
  EXPECT_EQ(vips[0].bound_together_size(), 43);
}

TEST_F(InParts, WhatIsTheSameInAnotherLookIsOneObject) {
  SharedReports kept;
  const auto view = [&](const std::string& vip) {
    Facts facts = Now();
    facts.shared_reports = &kept;
    return ViewOf(Ip(vip), facts, now).report.common;
  };
  EXPECT_EQ(view("192.168.1.103"), view("192.168.1.104"));
  EXPECT_NE(view("192.168.1.103"), view("172.16.0.212"));
}

// The arbiter reads 200,000 addresses of one message (proto/codec/field_reader.h). What is more, of a sync group of as
// many instances, say, goes in several (tests/probe/daemon/uplink_test.cc).
class ManyTogether : public NodeTest {
 protected:
  // In all lists of addresses of the two parts.
  std::size_t AddressesTold() {
    const Facts facts = Now();
    Look look(facts, now);
    Reports vips;
    Reports shared;
    ReportWriter writer(kSharedReportsSince, &vips, &shared);
    for (const arbiter::IpAddress& vip : VipsOf(facts)) writer.Add(look.ViewOf(vip).report);
    EXPECT_EQ(vips.size(), kMany);
    int told = 0;
    for (const Reports* reports : {&vips, &shared}) {
      for (const VipReport& report : *reports) {
        told += report.bound_together_size() + report.advertised_addresses_size();
        for (const arbiter::v1::Rung& rung : report.rungs()) told += rung.scope_size();
        for (const arbiter::v1::HeardRouter& router : report.heard()) told += router.addresses_size();
      }
    }
    return static_cast<std::size_t>(told);
  }

  static std::string Numbered(int i) { return "10.1." + std::to_string(i / 230) + "." + std::to_string(i % 230 + 1); }

  static constexpr int kMany = 460;
  static constexpr std::size_t kMostAddresses = 200'000;
};

TEST_F(ManyTogether, InOneExcludedBlockAreWithinWhatTheArbiterReads) {
  std::string excluded;
  for (int i = 1; i < kMany; ++i) excluded += "  " + Numbered(i) + "\n";
  Configure(Instance("VI_1", 66, Numbered(0), " virtual_ipaddress_excluded {\n" + excluded + " }\n"));
  EXPECT_LT(AddressesTold(), kMostAddresses / 10);
}

TEST(ReportWriter, WritesEqualContentsOnce) {
  const auto parts = [](const char* address) {
    ReportParts report;
    report.own.set_address(address);
    VipReport common;
    common.set_vrid(7);
    report.common = std::make_shared<const VipReport>(common);
    return report;
  };
  Reports vips;
  Reports shared;
  ReportWriter writer(kSharedReportsSince, &vips, &shared);
  writer.Add(parts("10.0.0.1"));
  writer.Add(parts("10.0.0.2"));
  EXPECT_EQ(shared.size(), 1);
  EXPECT_EQ(writer.Form(parts("10.0.0.3")).shared(), 1U);
}

TEST(Expand, OfAnEntryThatIsNotThereAddsNothing) {
  VipReport report;
  report.set_address("10.0.0.1");
  report.set_shared(3);
  const VipReport whole = Expand(report, Reports());
  EXPECT_EQ(whole.address(), "10.0.0.1");
  EXPECT_EQ(whole.vrid(), 0U);
}

}  // namespace
}  // namespace probe::report
