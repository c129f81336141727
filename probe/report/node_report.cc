#include "probe/report/node_report.h"

#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/scope.h"
#include "probe/keepalived/settings.h"
#include "probe/report/foreign_routers.h"
#include "probe/report/layout.h"
#include "probe/report/to_proto.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;
using arbiter::model::InstanceConfig;

constexpr std::size_t kMostProblems = 50;

IpAddress::Family FamilyOf(const keepalived::Instance& instance) {
  return instance.IsV6() ? IpAddress::Family::kV6 : IpAddress::Family::kV4;
}

std::string SegmentOfInstance(const keepalived::Instance& instance, const Layout& layout) {
  const bool has_address = !instance.addresses.empty() || !instance.excluded.empty();
  if (!has_address) return "";
  const keepalived::VirtualAddress& first =
      instance.addresses.empty() ? instance.excluded.front() : instance.addresses.front();
  return layout.NetworkOn(instance.interface.value, first.address);
}

InstanceConfig ConfigOf(const keepalived::Instance& instance, const Facts& facts, const Layout& layout,
                        const std::string& key) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(key.data());
  InstanceConfig config =
      keepalived::SettingsOf(instance, facts.owners.scopes(), absl::MakeConstSpan(bytes, key.size()));
  const auto rung = facts.owners.scopes().FindTrackFile(instance, facts.runtime_dir);
  if (const auto* file = std::get_if<keepalived::TrackFileRung>(&rung)) {
    config.track_file = file->path;
    config.origin.emplace_back("track_file", file->at.ToString());
  }
  config.segment = SegmentOfInstance(instance, layout);
  const netlink::Link* link = layout.LinkOf(instance.interface.value);
  config.link_down = link == nullptr || !link->CanAnswer();
  config.networks = layout.NetworksOn(instance.interface.value, FamilyOf(instance));
  return config;
}

void PutProblems(const Facts& facts, const NodeFacts& node, arbiter::v1::NodeReport* report) {
  for (const std::string& problem : node.problems) report->add_config_problems(problem);
  std::size_t told = 0;
  for (const keepalived::Diagnostic& diagnostic : facts.config.diagnostics) {
    if (told++ == kMostProblems) break;
    report->add_config_problems(diagnostic.ToString());
  }
  const std::size_t all = facts.config.diagnostics.size() + facts.config.diagnostics_dropped;
  if (all > kMostProblems) report->add_config_problems(absl::StrCat("and ", all - kMostProblems, " more"));
}

bool IsOwn(const netlink::Address& address, const Facts& facts) {
  const netlink::Link* link = facts.addresses.FindLink(address.link);
  return link != nullptr && !link->loopback && facts.owners.Of(address.ip).empty() &&
         !facts.named.contains(address.ip) && !facts.came_later.contains(address.ip);
}

// On loopback, and not 127.0.0.1: adverts may come from it, and be sent to it.
bool IsRoutersOwn(const netlink::Address& address, const Facts& facts) {
  const netlink::Link* link = facts.addresses.FindLink(address.link);
  return link != nullptr && link->loopback && !address.ip.IsLoopback() && facts.owners.Of(address.ip).empty() &&
         !facts.named.contains(address.ip) && !facts.known_elsewhere.contains(address.ip);
}

}  // namespace

arbiter::v1::NodeReport NodeReportOf(const Facts& facts, const NodeFacts& node) {
  arbiter::v1::NodeReport report;
  report.set_daemon(ToProto(facts.daemon));
  report.set_daemon_name(node.daemon_name);
  report.set_config_path(node.config_path);
  PutProblems(facts, node, &report);
  const auto made = facts.layout == nullptr ? std::make_unique<const Layout>(facts) : nullptr;
  const Layout& layout = facts.layout == nullptr ? *made : *facts.layout;
  for (const keepalived::Instance& instance : facts.config.instances) {
    *report.add_instances() = ToProto(ConfigOf(instance, facts, layout, node.fingerprint_key));
  }
  for (const std::string& interface : node.interfaces) report.add_interfaces(interface);
  report.set_gate_usable(facts.why_no_gate.empty());
  report.set_gate_reason(facts.why_no_gate);
  report.set_gate_restores(node.gate_restores);
  report.set_dry_run(node.dry_run);
  report.set_capture_drops(node.capture_drops);
  report.set_netlink_overruns(node.netlink_overruns);
  report.mutable_dropped_adverts()->insert(node.dropped_adverts.begin(), node.dropped_adverts.end());
  for (const netlink::Address& address : facts.addresses.Addresses()) {
    if (IsOwn(address, facts)) report.add_addresses(address.ip.ToString());
    if (IsRoutersOwn(address, facts)) report.add_loopback_addresses(address.ip.ToString());
  }
  for (arbiter::v1::ForeignRouter& router : ForeignRoutersOf(facts, layout, node.gateways)) {
    *report.add_foreign_routers() = std::move(router);
  }
  for (const std::string& manager : node.address_managers) report.add_address_managers(manager);
  for (const netlink::Link& link : facts.addresses.Links()) {
    if (link.has_mac) report.add_macs(link.mac.ToString());
  }
  return report;
}

}  // namespace probe::report
