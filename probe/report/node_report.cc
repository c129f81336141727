#include "probe/report/node_report.h"

#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/fingerprint.h"
#include "probe/keepalived/scope.h"
#include "probe/report/foreign_routers.h"
#include "probe/report/layout.h"
#include "probe/report/to_proto.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;
using arbiter::v1::InstanceConfig;

constexpr std::size_t kMostProblems = 50;

template <typename T>
void PutOrigin(const char* key, const keepalived::Setting<T>& setting, InstanceConfig* message) {
  if (setting.stated) (*message->mutable_origin())[key] = setting.at.ToString();
}

void PutAddresses(const keepalived::Instance& instance, InstanceConfig* message) {
  for (const keepalived::VirtualAddress& address : instance.addresses) {
    message->add_addresses(address.address.ToString());
  }
  for (const keepalived::VirtualAddress& address : instance.excluded) {
    message->add_excluded_addresses(address.address.ToString());
  }
  if (!instance.addresses.empty()) {
    (*message->mutable_origin())["virtual_ipaddress"] = instance.addresses.front().at.ToString();
  }
  if (!instance.excluded.empty()) {
    (*message->mutable_origin())["virtual_ipaddress_excluded"] = instance.excluded.front().at.ToString();
  }
  if (instance.source) {
    message->set_unicast_source(instance.source->value.ToString());
    PutOrigin("unicast_src_ip", *instance.source, message);
  }
  for (const keepalived::UnicastPeer& peer : instance.peers) message->add_unicast_peers(peer.address.ToString());
  if (!instance.peers.empty()) {
    (*message->mutable_origin())["unicast_peer"] = instance.peers.front().at.ToString();
  }
}

void PutAuthentication(const keepalived::Instance& instance, const std::string& key, InstanceConfig* message) {
  const keepalived::Authentication& authentication = instance.authentication;
  message->set_auth_type(std::string(keepalived::NameOf(authentication.type)));
  if (authentication.type != keepalived::AuthType::kNone) {
    (*message->mutable_origin())["authentication"] = authentication.at.ToString();
  }
  if (key.empty()) return;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(key.data());
  const absl::StatusOr<std::string> fingerprint =
      keepalived::Fingerprint(absl::MakeConstSpan(bytes, key.size()), authentication);
  if (fingerprint.ok()) message->set_auth_fingerprint(*fingerprint);
}

void PutSettings(const keepalived::Instance& instance, InstanceConfig* message) {
  message->set_name(instance.name);
  message->set_interface(instance.interface.value);
  message->set_vrid(instance.vrid ? instance.vrid->value.value() : 0U);
  message->set_priority(instance.priority.value.value());
  message->set_version(static_cast<std::uint32_t>(instance.version.value));
  *message->mutable_advert_interval() = ToProto(instance.advert_interval.value);
  message->set_initial_state(instance.state.value == keepalived::InitialState::kMaster ? "MASTER" : "BACKUP");
  message->set_nopreempt(instance.nopreempt.has_value());
  message->set_use_vmac(instance.vmac.has_value());
  message->set_vmac_xmit_base(instance.vmac.has_value() && instance.vmac->on_base);
  (*message->mutable_origin())["vrrp_instance"] = instance.at.ToString();
  PutOrigin("interface", instance.interface, message);
  if (instance.vrid) PutOrigin("virtual_router_id", *instance.vrid, message);
  PutOrigin("priority", instance.priority, message);
  PutOrigin("version", instance.version, message);
  PutOrigin("advert_int", instance.advert_interval, message);
  PutOrigin("state", instance.state, message);
  if (instance.nopreempt) (*message->mutable_origin())["nopreempt"] = instance.nopreempt->ToString();
  if (instance.vmac) (*message->mutable_origin())["use_vmac"] = instance.vmac->at.ToString();
  if (instance.transmits_on_base) {
    (*message->mutable_origin())["vmac_xmit_base"] = instance.transmits_on_base->ToString();
  }
}

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

void PutInstance(const keepalived::Instance& instance, const Facts& facts, const Layout& layout, const std::string& key,
                 InstanceConfig* message) {
  PutSettings(instance, message);
  PutAddresses(instance, message);
  PutAuthentication(instance, key, message);
  const keepalived::SyncGroup* group = facts.owners.scopes().GroupOf(instance);
  if (group != nullptr) message->set_sync_group(group->name);
  const auto rung = facts.owners.scopes().FindTrackFile(instance, facts.runtime_dir);
  if (const auto* file = std::get_if<keepalived::TrackFileRung>(&rung)) {
    message->set_track_file(file->path);
    (*message->mutable_origin())["track_file"] = file->at.ToString();
  }
  message->set_segment(SegmentOfInstance(instance, layout));
  const netlink::Link* link = layout.LinkOf(instance.interface.value);
  message->set_link_down(link == nullptr || !link->CanAnswer());
  message->set_ignores_link(!instance.tracks_own_interface);
  for (std::string& network : layout.NetworksOn(instance.interface.value, FamilyOf(instance))) {
    message->add_networks(std::move(network));
  }
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
    PutInstance(instance, facts, layout, node.fingerprint_key, report.add_instances());
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
