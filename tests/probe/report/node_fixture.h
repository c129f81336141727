// A node as values: links, addresses, a keepalived configuration, adverts. Tests change one thing and look at the
// report.
#ifndef TESTS_PROBE_REPORT_NODE_FIXTURE_H_
#define TESTS_PROBE_REPORT_NODE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/keepalived/config_reader.h"
#include "probe/report/facts.h"
#include "probe/report/vip_report.h"
#include "tests/probe/keepalived/map_source.h"

namespace probe::report {

inline arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

class NodeTest : public testing::Test {
 protected:
  NodeTest() {
    AddLink(2, "eth0", "02:00:00:00:00:02");
    AddAddress(2, "192.168.1.10", 24);
    Configure(Instance("VI_1", 66, "192.168.1.212/24"));
  }

  static std::string Instance(const std::string& name, int vrid, const std::string& vip, const std::string& more = "") {
    return "vrrp_instance " + name + " {\n interface eth0\n virtual_router_id " + std::to_string(vrid) +
           "\n priority 90\n advert_int 1\n virtual_ipaddress {\n  " + vip + "\n }\n" + more + "}\n";
  }

  void Configure(const std::string& text) {
    keepalived::MapSource source({{"/etc/keepalived/keepalived.conf", text}});
    config = std::make_unique<keepalived::Config>(
        keepalived::ReadConfigFrom(&source, "/etc/keepalived/keepalived.conf", {}).value());
    owners = OwnerIndex(*config);
  }

  void AddLink(int index, const std::string& name, const std::string& mac, const std::string& kind = "",
               std::optional<int> parent = std::nullopt) {
    netlink::Link link;
    link.index = index;
    link.name = name;
    link.kind = kind;
    link.mac = arbiter::MacAddress::Parse(mac).value();
    link.has_mac = true;
    link.up = true;
    link.running = true;
    link.oper_state = netlink::OperState::kUp;
    link.parent = parent;
    table.Apply(netlink::LinkPresent{link}, now);
  }

  void AddLoopback() {
    AddLink(1, "lo", "00:00:00:00:00:00");
    netlink::Link loopback = *table.FindLink(1);
    loopback.loopback = true;
    table.Apply(netlink::LinkPresent{loopback}, now);
  }

  void AddAddress(int link, const std::string& ip, int prefix_length, bool secondary = false) {
    netlink::Address address;
    address.ip = Ip(ip);
    address.prefix_length = prefix_length;
    address.link = link;
    address.secondary = secondary;
    table.Apply(netlink::AddressPresent{address}, now);
  }

  static RouterAdverts Adverts(const std::string& source, int vrid, int priority,
                               const std::vector<arbiter::IpAddress>& addresses) {
    RouterAdverts adverts;
    adverts.router = {"eth0", arbiter::IpAddress::Family::kV4, static_cast<std::uint8_t>(vrid)};
    adverts.source = Ip(source);
    adverts.destination = Ip("224.0.0.18");
    adverts.priority = static_cast<std::uint8_t>(priority);
    adverts.version = 2;
    adverts.interval = std::chrono::seconds(1);
    adverts.addresses = addresses;
    adverts.checksum_habit = "message-only";
    adverts.on_wire = true;
    adverts.delivered = true;
    return adverts;
  }

  Facts Now() {
    Facts facts{table, *config, owners};
    facts.daemon = daemon;
    facts.runtime_dir = "/run/arbiter-probe";
    facts.interfaces = interfaces;
    facts.own = own;
    facts.heard = heard;
    facts.claims = claims;
    facts.why_no_gate = why_no_gate;
    facts.why_no_track_file = why_no_track_file;
    facts.gates = gates;
    facts.stopped_adverts = stopped_adverts;
    facts.actuators = actuators;
    facts.promotes_secondaries = [this](const std::string&) { return promotes; };
    facts.daemon_stuck_for = stuck_for;
    facts.arp_ignore = [this](const std::string& link) { return arp_ignore.contains(link) ? arp_ignore.at(link) : 0; };
    facts.formerly_owned = formerly_owned;
    facts.named = named;
    facts.listed = listed_vips;
    facts.reverse_path = reverse_path;
    facts.filters = filters;
    facts.known_elsewhere = known_elsewhere;
    facts.own_names = own_names;
    facts.came_later = came_later;
    facts.guarded = guarded;
    return facts;
  }

  VipView View(const std::string& vip = "192.168.1.212") { return ViewOf(Ip(vip), Now(), now); }
  arbiter::v1::VipReport Report(const std::string& vip = "192.168.1.212") { return View(vip).report.Whole(); }
  hold::Rung Rung(hold::RungKind kind, const std::string& vip = "192.168.1.212") { return *View(vip).state.Find(kind); }

  Instant now = Instant() + std::chrono::seconds(1000);
  netlink::AddressTable table;
  std::unique_ptr<keepalived::Config> config;
  OwnerIndex owners;
  hold::DaemonState daemon = hold::DaemonState::kRunning;
  std::vector<std::string> interfaces;
  std::vector<RouterAdverts> own;
  std::vector<RouterAdverts> heard;
  std::map<arbiter::IpAddress, std::vector<StrangeClaim>> claims;
  std::string why_no_gate;
  std::string why_no_track_file;
  std::map<arbiter::IpAddress, GateFact> gates;
  std::map<RouterKey, Instant> stopped_adverts;
  std::set<hold::RungKind> actuators = {hold::RungKind::kGate, hold::RungKind::kTrackFile,
                                        hold::RungKind::kRemoveAddress};
  bool promotes = true;
  std::map<std::string, int> arp_ignore;  // by link; 0 where none is set
  Duration stuck_for{};
  std::set<arbiter::IpAddress> formerly_owned;
  std::set<arbiter::IpAddress> named;
  std::set<arbiter::IpAddress> listed_vips;
  std::function<std::optional<Drop>(const std::string&, const arbiter::IpAddress&)> reverse_path;
  std::function<std::vector<filter::Culprit>(const filter::AdvertPath&)> filters;
  std::set<arbiter::IpAddress> known_elsewhere;
  std::set<arbiter::IpAddress> own_names;
  std::set<arbiter::IpAddress> came_later;
  std::map<arbiter::IpAddress, std::string> guarded;
};

}  // namespace probe::report

#endif  // TESTS_PROBE_REPORT_NODE_FIXTURE_H_
