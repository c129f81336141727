#include "probe/keepalived/defaults.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/shared_vrids.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;
using std::chrono::milliseconds;

void CompleteVersion(const Globals& globals, Instance* instance) {
  if (!instance->version.stated) {
    instance->version.value = instance->IsV6() ? 3 : globals.vrrp_version.value;
  } else if (instance->IsV6() && instance->strict.value) {
    instance->version.value = 3;
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

// Whoever owns the address starts as MASTER when no state is written; strict mode wants the two to agree, in any case.
void CompleteState(Instance* instance, DiagnosticLog* log) {
  const bool owner = instance->priority.value.is_address_owner();
  const InitialState fitting = owner ? InitialState::kMaster : InitialState::kBackup;
  if (!instance->state.stated) {
    instance->state.value = fitting;
  } else if (instance->strict.value && instance->state.value != fitting) {
    log->Add(Kind::kConflict, instance->state.at,
             absl::StrCat("in strict mode priority 255 and state MASTER go together: the daemon takes ",
                          owner ? "MASTER" : "BACKUP"));
    instance->state.value = fitting;
  }
}

// What is left of the authentication, after it is known whether it counts at all.
void CompleteStateOfHeader(Instance* instance, DiagnosticLog* log) {
  const bool header = instance->authentication.type == AuthType::kHeader;
  if (header && instance->state.value == InitialState::kMaster && !instance->priority.value.is_address_owner()) {
    log->Add(Kind::kConflict, instance->state.at,
             "state MASTER does not go with auth_type AH: the daemon takes BACKUP");
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
  const bool v6_header = instance->IsV6() && authentication.type == AuthType::kHeader;
  const absl::string_view why = authentication.password.empty() ? "it has no auth_pass"
                                : instance->version.value == 3  ? "VRRPv3 has none"
                                : instance->strict.value        ? "strict mode forbids it"
                                : v6_header                     ? "AH is for IPv4 only"
                                                                : "";
  if (!why.empty()) {
    log->Add(Kind::kConflict, authentication.at, absl::StrCat("the authentication is ignored: ", why));
    authentication.type = AuthType::kNone;
    authentication.password = Secret();
  }
}

void CompleteAccept(Instance* instance) {
  const bool owner = instance->priority.value.is_address_owner();
  if (instance->strict.value && !owner && (!instance->accept.stated || instance->version.value == 2)) {
    instance->accept.value = false;
  }
}

// Where the addresses go: their own `dev`, else the instance's interface, on its macvlan if there is one.
void CompleteDevices(const Globals& globals, Instance* instance) {
  if (instance->vmac.has_value()) {
    instance->vmac->on_base = instance->transmits_on_base.has_value() || instance->says_unicast;
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

// A keyword of unicast without peers is no unicast.
void CompleteUnicast(Instance* instance, DiagnosticLog* log) {
  instance->unicast = !instance->peers.empty();
  if (!instance->says_unicast || instance->unicast) {
    return;
  }
  if (instance->fault_without_peers.has_value()) {
    log->Add(Kind::kRefused, *instance->fault_without_peers,
             absl::StrCat("vrrp_instance ", instance->name,
                          " has no unicast peer: with unicast_fault_no_peer the daemon keeps it in FAULT"));
  } else {
    log->Add(
        Kind::kConflict, instance->at,
        absl::StrCat("vrrp_instance ", instance->name, " says unicast and has no peer: the daemon uses multicast"));
  }
}

// How many addresses the count and the interface's MTU let into one advertisement (the daemon also deducts the
// Ethernet header, which does not count for the MTU).
std::size_t RoomForAddresses(const Instance& instance, int mtu) {
  constexpr std::size_t kMost = 255;
  constexpr std::size_t kEthernet = 14;
  constexpr std::size_t kVrrp = 8;
  const std::size_t v2 =
      (instance.version.value == 2 ? 8U : 0U) + (instance.authentication.type == AuthType::kHeader ? 24U : 0U);
  const std::size_t headers = kEthernet + kVrrp + (instance.IsV6() ? 40 : 20 + v2);
  const std::size_t width = instance.IsV6() ? 16 : 4;
  const std::size_t bytes = static_cast<std::size_t>(std::max(mtu, 0));
  return bytes < headers ? 0 : std::min(kMost, (bytes - headers) / width);
}

// What has no room is held all the same, as if it were excluded.
void CompleteRoom(const MtuOf& mtu_of, Instance* instance, DiagnosticLog* log) {
  constexpr std::size_t kAlwaysFit = 16;
  constexpr int kUsualMtu = 1500;
  if (instance->addresses.size() <= kAlwaysFit) {
    return;
  }
  const std::optional<int> mtu = mtu_of == nullptr ? std::nullopt : mtu_of(instance->interface.value);
  const std::size_t room = RoomForAddresses(*instance, mtu.value_or(kUsualMtu));
  if (instance->addresses.size() <= room) {
    return;
  }
  log->Add(Kind::kConflict, instance->addresses[room].at,
           absl::StrCat("vrrp_instance ", instance->name, " has ", instance->addresses.size(),
                        " addresses, and an advertisement has room for ", room,
                        ": the daemon takes those from here on as excluded ones"));
  const auto first = instance->addresses.begin() + static_cast<std::ptrdiff_t>(room);
  std::move(first, instance->addresses.end(), std::back_inserter(instance->excluded));
  instance->addresses.erase(first, instance->addresses.end());
}

void ReportMissing(const Instance& instance, DiagnosticLog* log) {
  const std::string name = absl::StrCat("vrrp_instance ", instance.name);
  if (!instance.vrid.has_value()) {
    log->Add(Kind::kRefused, instance.at, absl::StrCat(name, " has no virtual_router_id: the daemon will not run"));
  }
  if (instance.interface.value.empty()) {
    log->Add(Kind::kRefused, instance.at, absl::StrCat(name, " has no interface: the daemon will not run"));
  }
  if (!instance.addresses.empty()) {
    return;
  }
  if (instance.version.value == 3 || instance.strict.value) {
    log->Add(Kind::kRefused, instance.at, absl::StrCat(name, " has no virtual_ipaddress: the daemon will not run"));
  } else {
    log->Add(Kind::kConflict, instance.at, absl::StrCat(name, " has no virtual_ipaddress: it advertises none"));
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

void CompleteDefaults(const MtuOf& mtu_of, Config* config, DiagnosticLog* log) {
  for (Instance& instance : config->instances) {
    if (!instance.strict.stated) {
      instance.strict.value = config->globals.strict.value;
    }
    CompleteVersion(config->globals, &instance);
    CompletePriority(&instance);
    CompleteInterval(&instance, log);
    CompleteState(&instance, log);
    CompleteAuthentication(&instance, log);
    CompleteStateOfHeader(&instance, log);
    CompletePreemption(&instance, log);
    CompleteAccept(&instance);
    CompleteUnicast(&instance, log);
    CompleteRoom(mtu_of, &instance, log);
    CompleteDevices(config->globals, &instance);
    ReportMissing(instance, log);
  }
  ReportSharedVrids(*config, log);
  CompleteGroups(config, log);
}

}  // namespace probe::keepalived
