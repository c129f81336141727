#include "probe/keepalived/settings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "probe/keepalived/fingerprint.h"

namespace probe::keepalived {
namespace {

using arbiter::model::InstanceConfig;

template <typename T>
void PutOrigin(const char* key, const Setting<T>& setting, InstanceConfig* settings) {
  if (setting.stated) settings->origin.emplace_back(key, setting.at.ToString());
}

void PutAddresses(const Instance& instance, InstanceConfig* settings) {
  for (const VirtualAddress& address : instance.addresses) settings->addresses.push_back(address.address);
  for (const VirtualAddress& address : instance.excluded) settings->excluded_addresses.push_back(address.address);
  if (!instance.addresses.empty()) {
    settings->origin.emplace_back("virtual_ipaddress", instance.addresses.front().at.ToString());
  }
  if (!instance.excluded.empty()) {
    settings->origin.emplace_back("virtual_ipaddress_excluded", instance.excluded.front().at.ToString());
  }
  if (instance.source) {
    settings->unicast_source = instance.source->value;
    PutOrigin("unicast_src_ip", *instance.source, settings);
  }
  for (const UnicastPeer& peer : instance.peers) settings->unicast_peers.push_back(peer.address);
  if (!instance.peers.empty()) settings->origin.emplace_back("unicast_peer", instance.peers.front().at.ToString());
}

void PutAuthentication(const Instance& instance, absl::Span<const std::uint8_t> key, InstanceConfig* settings) {
  const Authentication& authentication = instance.authentication;
  settings->auth_type = std::string(NameOf(authentication.type));
  if (authentication.type != AuthType::kNone) {
    settings->origin.emplace_back("authentication", authentication.at.ToString());
  }
  if (key.empty()) return;
  const absl::StatusOr<std::string> fingerprint = Fingerprint(key, authentication);
  if (fingerprint.ok()) settings->auth_fingerprint = *fingerprint;
}

void PutProtocol(const Instance& instance, InstanceConfig* settings) {
  settings->name = instance.name;
  settings->interface = instance.interface.value;
  settings->vrid = instance.vrid ? instance.vrid->value.value() : std::uint8_t{0};
  settings->priority = instance.priority.value.value();
  settings->version = static_cast<std::uint8_t>(instance.version.value);
  settings->advert_interval = instance.advert_interval.value;
  settings->initial_state = instance.state.value == InitialState::kMaster ? "MASTER" : "BACKUP";
  settings->nopreempt = instance.nopreempt.has_value();
  settings->use_vmac = instance.vmac.has_value();
  settings->vmac_xmit_base = instance.vmac.has_value() && instance.vmac->on_base;
  settings->ignores_link = !instance.tracks_own_interface;
  settings->origin.emplace_back("vrrp_instance", instance.at.ToString());
  PutOrigin("interface", instance.interface, settings);
  if (instance.vrid) PutOrigin("virtual_router_id", *instance.vrid, settings);
  PutOrigin("priority", instance.priority, settings);
  PutOrigin("version", instance.version, settings);
  PutOrigin("advert_int", instance.advert_interval, settings);
  PutOrigin("state", instance.state, settings);
  if (instance.nopreempt) settings->origin.emplace_back("nopreempt", instance.nopreempt->ToString());
  if (instance.vmac) settings->origin.emplace_back("use_vmac", instance.vmac->at.ToString());
  if (instance.transmits_on_base) {
    settings->origin.emplace_back("vmac_xmit_base", instance.transmits_on_base->ToString());
  }
}

}  // namespace

InstanceConfig SettingsOf(const Instance& instance, const Scopes& scopes,
                          absl::Span<const std::uint8_t> fingerprint_key) {
  InstanceConfig settings;
  PutProtocol(instance, &settings);
  PutAddresses(instance, &settings);
  PutAuthentication(instance, fingerprint_key, &settings);
  const SyncGroup* group = scopes.GroupOf(instance);
  if (group != nullptr) settings.sync_group = group->name;
  std::sort(settings.origin.begin(), settings.origin.end());
  return settings;
}

void AddAddressOrigins(const Instance& instance, InstanceConfig* settings) {
  for (const auto* list : {&instance.addresses, &instance.excluded}) {
    for (const VirtualAddress& address : *list) {
      settings->origin.emplace_back(address.address.ToString(), address.at.ToString());
    }
  }
  std::sort(settings->origin.begin(), settings->origin.end());
}

}  // namespace probe::keepalived
