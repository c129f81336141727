#include "probe/keepalived/defaults.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;
using std::chrono::milliseconds;

void CompleteVersion(const Globals& globals, Instance* instance) {
  if (!instance->version.stated) {
    instance->version.value = instance->IsV6() ? 3 : globals.vrrp_version.value;
  }
}

// Whoever says MASTER and no priority claims to own the address.
void CompletePriority(Instance* instance) {
  if (!instance->priority.stated && instance->state.value == InitialState::kMaster) {
    instance->priority.value = Priority::AddressOwner();
  }
}

// Whole seconds in VRRPv2, whole centiseconds below 40.96 s in VRRPv3 (RFC 9568, section 5.2.7).
void CompleteInterval(Instance* instance, DiagnosticLog* log) {
  const milliseconds written = instance->advert_interval.value;
  const milliseconds unit(instance->version.value == 2 ? 1000 : 10);
  const milliseconds most(instance->version.value == 2 ? 255'000 : 40'950);
  const milliseconds rounded = std::clamp((written + unit / 2) / unit * unit, unit, most);
  if (rounded != written) {
    log->Add(Kind::kBadValue, instance->advert_interval.at,
             absl::StrCat("advert_int of ", written.count(), " ms is used as ", rounded.count(), " ms by VRRPv",
                          instance->version.value));
  }
  instance->advert_interval.value = rounded;
}

// Strict mode and AH each forbid to start as MASTER, the address owner excepted for AH.
void CompleteState(Instance* instance, DiagnosticLog* log) {
  if (instance->state.value != InitialState::kMaster || instance->priority.value.is_address_owner()) {
    return;
  }
  const bool header = instance->authentication.type == AuthType::kHeader;
  if (instance->strict.value || header) {
    log->Add(Kind::kConflict, instance->state.at,
             absl::StrCat("state MASTER does not go with ", header ? "auth_type AH" : "strict mode",
                          ": the daemon takes BACKUP"));
    instance->state.value = InitialState::kBackup;
  }
}

void CompletePreemption(Instance* instance, DiagnosticLog* log) {
  const bool owner = instance->priority.value.is_address_owner();
  const bool master = instance->state.value == InitialState::kMaster;
  instance->preempts = !instance->nopreempt.has_value() || owner || master;
  if (instance->nopreempt.has_value() && instance->preempts) {
    log->Add(Kind::kConflict, *instance->nopreempt,
             owner ? "nopreempt has no effect with priority 255"
                   : absl::StrCat("nopreempt has no effect with state MASTER (", instance->state.at.ToString(),
                                  "): write state BACKUP there"));
  }
  if (instance->preempt_delay.value > milliseconds(0) && (master || !instance->preempts || instance->strict.value)) {
    log->Add(Kind::kConflict, instance->preempt_delay.at,
             "preempt_delay has no effect with state MASTER, nopreempt or strict mode");
    instance->preempt_delay.value = milliseconds(0);
  }
}

void CompleteAuthentication(Instance* instance, DiagnosticLog* log) {
  Authentication& authentication = instance->authentication;
  if (authentication.type == AuthType::kNone) {
    authentication.password = Secret();
    return;
  }
  const bool none = authentication.password.empty();
  if (instance->version.value == 3 || instance->strict.value || none) {
    log->Add(
        Kind::kConflict, authentication.at,
        absl::StrCat("the authentication is ignored: ", none                           ? "it has no auth_pass"
                                                        : instance->version.value == 3 ? "VRRPv3 has none"
                                                                                       : "strict mode forbids it"));
    authentication.type = AuthType::kNone;
    authentication.password = Secret();
  }
}

void CompleteAccept(Instance* instance) {
  if (instance->strict.value && (!instance->accept.stated || instance->version.value == 2)) {
    instance->accept.value = false;
  }
}

// Where the addresses go: their own `dev`, else the instance's interface, on its macvlan if there is one.
void CompleteDevices(const Globals& globals, Instance* instance) {
  if (instance->vmac.has_value()) {
    instance->vmac->on_base = instance->transmits_on_base.has_value() || instance->unicast;
  }
  for (std::vector<VirtualAddress>* list : {&instance->addresses, &instance->excluded}) {
    for (VirtualAddress& address : *list) {
      const bool own_device = !address.device.empty() && address.device != instance->interface.value;
      address.on_vmac = address.on_vmac || instance->vmac_for_each || (instance->vmac.has_value() && !own_device);
      if (address.device.empty()) {
        address.device = !instance->interface.value.empty() ? instance->interface.value
                         : globals.default_interface.stated ? globals.default_interface.value
                                                            : "eth0";
      }
    }
  }
}

void ReportMissing(const Instance& instance, DiagnosticLog* log) {
  const std::string name = absl::StrCat("vrrp_instance ", instance.name);
  if (!instance.vrid.has_value()) {
    log->Add(Kind::kConflict, instance.at, absl::StrCat(name, " has no virtual_router_id: the daemon will not run"));
  }
  if (instance.addresses.empty()) {
    log->Add(Kind::kConflict, instance.at, absl::StrCat(name, " has no virtual_ipaddress: the daemon will not run"));
  }
  if (instance.interface.value.empty()) {
    log->Add(Kind::kConflict, instance.at, absl::StrCat(name, " has no interface"));
  }
}

// Two instances may share a VRID only across interfaces, families, multicast groups, or as unicast.
void ReportSharedVrids(const Config& config, DiagnosticLog* log) {
  using Key = std::tuple<std::string, std::uint8_t, bool, std::string>;
  absl::flat_hash_map<Key, const Instance*> seen;
  for (const Instance& instance : config.instances) {
    if (!instance.vrid.has_value() || instance.unicast) {
      continue;
    }
    const std::string multicast = instance.multicast.has_value() ? instance.multicast->value.ToString() : "";
    const Key key(instance.interface.value, instance.vrid->value.value(), instance.IsV6(), multicast);
    const auto [other, fresh] = seen.emplace(key, &instance);
    if (!fresh) {
      log->Add(Kind::kConflict, instance.vrid->at,
               absl::StrCat("vrrp_instance ", instance.name, " uses virtual_router_id ", instance.vrid->value.value(),
                            " on ", instance.interface.value, ", as ", other->second->name, " does (",
                            other->second->vrid->at.ToString(), "): the daemon will not run"));
    }
  }
}

// A group keeps those of its members that exist and are in no group before it; one without members is dropped.
void CompleteGroups(Config* config, DiagnosticLog* log) {
  absl::flat_hash_set<std::string> free;
  for (const Instance& instance : config->instances) {
    free.insert(instance.name);
  }
  for (SyncGroup& group : config->groups) {
    std::vector<SyncGroup::Member> members;
    for (SyncGroup::Member& member : group.members) {
      if (free.erase(member.instance) == 1) {
        members.push_back(std::move(member));
        continue;
      }
      log->Add(Kind::kConflict, member.at,
               absl::StrCat("vrrp_sync_group ", group.name, ": ", member.instance,
                            " is no vrrp_instance, or is a member of a group above: the daemon leaves it out"));
    }
    group.members = std::move(members);
    if (group.members.empty()) {
      log->Add(Kind::kConflict, group.at,
               absl::StrCat("vrrp_sync_group ", group.name,
                            " lists no instance between 'group {' and '}': the daemon drops it"));
    }
  }
  std::erase_if(config->groups, [](const SyncGroup& group) { return group.members.empty(); });
}

}  // namespace

void CompleteDefaults(Config* config, DiagnosticLog* log) {
  for (Instance& instance : config->instances) {
    if (!instance.strict.stated) {
      instance.strict.value = config->globals.strict.value;
    }
    CompleteVersion(config->globals, &instance);
    CompletePriority(&instance);
    CompleteInterval(&instance, log);
    CompleteState(&instance, log);
    CompletePreemption(&instance, log);
    CompleteAuthentication(&instance, log);
    CompleteAccept(&instance);
    CompleteDevices(config->globals, &instance);
    ReportMissing(instance, log);
  }
  ReportSharedVrids(*config, log);
  CompleteGroups(config, log);
}

}  // namespace probe::keepalived
