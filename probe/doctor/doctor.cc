#include "probe/doctor/doctor.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/doctor/check_addresses.h"
#include "probe/doctor/check_configuration.h"
#include "probe/doctor/check_filter.h"
#include "probe/doctor/check_gate.h"
#include "probe/doctor/check_scripts.h"
#include "probe/doctor/check_segment.h"
#include "probe/doctor/check_selinux.h"
#include "probe/doctor/listener.h"
#include "probe/doctor/references.h"
#include "probe/doctor/script_reader.h"
#include "probe/doctor/system_facts.h"
#include "probe/filter/read_ruleset.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/daemon_watch.h"
#include "probe/keepalived/process_table.h"
#include "probe/keepalived/scope.h"
#include "probe/netlink/address_watch.h"
#include "probe/netlink/kernel_reader.h"
#include "probe/netlink/reverse_path.h"
#include "probe/report/vip_place.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using keepalived::Config;

constexpr char kDefaultConfig[] = "/etc/keepalived/keepalived.conf";

// The daemon as it is now.
struct Daemon {
  keepalived::DaemonStatus status;
  keepalived::DaemonArguments arguments;
};

Daemon LookAt(const std::string& pid_file) {
  keepalived::DaemonPlace place;
  place.pid_file = pid_file;
  const auto watch = keepalived::DaemonWatch::Open(place);
  if (watch.ok()) {
    Daemon daemon{(*watch)->status(), (*watch)->Arguments()};
    if (daemon.status.state == keepalived::DaemonState::kUnknown && daemon.status.parent == 0 &&
        !SomeProcessIs(place.process_name)) {
      daemon.status.state = keepalived::DaemonState::kGone;
      daemon.status.why = absl::StrCat("no process ", place.process_name, " runs, and ", daemon.status.why);
    }
    return daemon;
  }
  Daemon daemon;
  daemon.status.why = std::string(watch.status().message());
  return daemon;
}

std::string ConfigPath(const Options& options, const Daemon& daemon) {
  if (!options.keepalived_conf.empty()) return options.keepalived_conf;
  return daemon.arguments.config_path.empty() ? kDefaultConfig : daemon.arguments.config_path;
}

bool IsLoopback(const std::string& interface, const netlink::AddressTable& table) {
  const netlink::Link* link = table.FindLink(interface);
  return link != nullptr && link->loopback;
}

// Those of the instances and of their VIPs, and those asked for; where there is none, every Ethernet-like one that is
// up.
std::set<std::string> InterfacesOf(const Config& config, const Options& options, const netlink::AddressTable& table) {
  std::set<std::string> names(options.interfaces.begin(), options.interfaces.end());
  for (const keepalived::Instance& instance : config.instances) names.insert(instance.interface.value);
  for (const auto& [interface, family] : SegmentsOf(config)) {
    if (table.FindLink(interface) != nullptr && !IsLoopback(interface, table)) names.insert(interface);
  }
  if (!names.empty()) return names;
  for (const netlink::Link& link : table.Links()) {
    const bool virtual_router = link.kind == "macvlan" && report::VridOfMac(link.mac);
    if (link.up && link.has_mac && !link.loopback && !virtual_router) names.insert(link.name);
  }
  return names;
}

// The macvlans of virtual routers, by the interface below.
std::multimap<std::string, Macvlan> MacvlansOf(const netlink::AddressTable& table) {
  std::multimap<std::string, Macvlan> macvlans;
  for (const netlink::Link& link : table.Links()) {
    const netlink::Link* parent = link.parent ? table.FindLink(*link.parent) : nullptr;
    if (parent != nullptr && report::IsVirtualRouter(link)) {
      macvlans.insert({parent->name, {link.name, *report::VridOfMac(link.mac)}});
    }
  }
  return macvlans;
}

std::set<IpAddress> AddressesOf(const netlink::AddressTable& table) {
  std::set<IpAddress> own;
  for (const netlink::Address& address : table.Addresses()) own.insert(address.ip);
  return own;
}

std::vector<ReferenceFacts> AskAll(const Config& config, const Options& options, const Heard& heard,
                                   const netlink::AddressTable& table) {
  std::set<IpAddress> vips(options.vips.begin(), options.vips.end());
  std::set<IpAddress> cluster;
  for (const keepalived::Instance& instance : config.instances) {
    for (const IpAddress& vip : keepalived::AddressesOf({&instance})) vips.insert(vip);
    for (const keepalived::UnicastPeer& peer : instance.peers) cluster.insert(peer.address);
  }
  for (const HeardSource& source : heard.sources) cluster.insert(source.last.origin.source);
  std::vector<ReferenceFacts> all;
  for (const auto& [interface, family] : SegmentsOf(config)) {
    if (IsLoopback(interface, table)) continue;
    const auto hosts = heard.hosts.find(interface);
    const std::set<IpAddress> spoke = hosts == heard.hosts.end() ? std::set<IpAddress>() : hosts->second;
    all.push_back(AskReferences({interface, family, options.references, vips, cluster, spoke}, table));
  }
  return all;
}

FindOtherDrop OtherDrops(const netlink::AddressTable& table) {
  return [&table](const std::string& interface, const IpAddress& sender) -> OtherDrop {
    auto kernel = netlink::KernelReader::Open();
    const netlink::Link* link = table.FindLink(interface);
    if (!kernel.ok() || link == nullptr) return {};
    if (auto drop = netlink::WhatReversePathDoes(*kernel, table, interface, sender)) return {drop->by, drop->repair};
    const auto filters = kernel->IngressFilters(link->index);
    if (!filters.ok() || filters->empty()) return {};
    return {absl::StrCat("filters of tc stand there (", absl::StrJoin(*filters, "; "), ")"),
            absl::StrCat("look at them: tc -s filter show dev ", interface, " ingress")};
  };
}

// The checks in the order in which an operator would make them.
class Examination {
 public:
  Examination(const Options& options, const netlink::AddressTable& table) : options_(options), table_(table) {}

  Findings Run() {
    const Daemon daemon = LookAt(options_.keepalived_pidfile);
    const std::string path = ConfigPath(options_, daemon);
    const absl::StatusOr<Config> read =
        keepalived::ReadConfig(path, {.config_id = daemon.arguments.config_id, .limits = {}});
    Append(CheckConfiguration(path, read), &findings_);
    const Config config = read.ok() ? *read : Config();
    Append(CheckPreemption(config), &findings_);
    Append(CheckDaemon(daemon.status), &findings_);
    const Heard heard =
        Listen(InterfacesOf(config, options_, table_), MacvlansOf(table_), AddressesOf(table_), options_.listen);
    const GateFacts gate = ReadGate();
    Append(CheckInstances(config, table_), &findings_);
    Append(CheckAddresses(
               {config, daemon.status, table_, heard, options_.vips, gate.shut, keepalived::AddressManagersRunning()}),
           &findings_);
    Append(CheckIfconfig(config, ReadLabels()), &findings_);
    const absl::StatusOr<filter::Ruleset> ruleset = filter::ReadRuleset();
    Append(CheckFilter(ruleset, PacketsOf(config, heard, table_), LegacyTables()), &findings_);
    Append(CheckStrict(config, ruleset), &findings_);
    Append(CheckDelivery(heard, ruleset, OtherDrops(table_)), &findings_);
    Append(CheckSegment(config, heard), &findings_);
    Append(CheckAnswering(options_.answering), &findings_);
    Append(CheckSelinux(ReadSelinux(daemon.status.vrrp)), &findings_);
    CheckActuators(config, gate);
    Append(CheckReferences(AskAll(config, options_, heard, table_)), &findings_);
    for (const ScriptFacts& script : ReadScripts(config, daemon.status.parent)) {
      Append(CheckScript(script), &findings_);
    }
    return std::move(findings_);
  }

 private:
  void CheckActuators(const Config& config, const GateFacts& gate) {
    Append(CheckGate(gate), &findings_);
    std::error_code error;
    Append(CheckTrackFiles(config, {options_.runtime_dir, std::filesystem::is_directory(options_.runtime_dir, error),
                                    gate.usable.ok()}),
           &findings_);
  }

  const Options& options_;
  const netlink::AddressTable& table_;
  Findings findings_;
};

}  // namespace

Findings Examine(const Options& options) {
  const auto addresses = netlink::AddressWatch::Open(std::chrono::steady_clock::now());
  if (addresses.ok()) return Examination(options, (*addresses)->table()).Run();
  Findings findings = Examination(options, netlink::AddressTable()).Run();
  findings.push_back({"address", "", Verdict::kCouldNotLook, std::string(addresses.status().message()), ""});
  return findings;
}

}  // namespace probe::doctor
