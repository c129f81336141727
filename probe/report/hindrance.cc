#include "probe/report/hindrance.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/scope.h"

namespace probe::report {
namespace {

using arbiter::model::HindranceKind;

using arbiter::IpAddress;
using keepalived::Instance;
using keepalived::SyncGroup;
using keepalived::Tracked;

constexpr std::uint8_t kAddressOwner = 255;

// Why nothing goes out of the interface or comes in; nullopt: nothing is known against it.
struct LinkFault {
  std::string evidence;
  std::string repair;
};

std::optional<LinkFault> FaultOf(const std::string& interface, const Layout& layout) {
  const netlink::Link* link = layout.LinkOf(interface);
  if (link == nullptr) {
    return LinkFault{absl::StrCat(interface, " does not exist"),
                     absl::StrCat("create ", interface, ", or name the interface that is meant")};
  }
  if (link->CanAnswer() || link->loopback) return std::nullopt;
  if (!link->up) return LinkFault{interface + " is set down", absl::StrCat("ip link set ", interface, " up")};
  if (link->proto_down) {
    return LinkFault{interface + " is protodown", absl::StrCat("ip link set ", interface, " protodown off")};
  }
  return LinkFault{interface + " has no carrier",
                   absl::StrCat("look at cable and switch port of ", interface, " (`ip link show ", interface, "`)")};
}

// "VI_1", and what falls with it.
std::string InFault(const Instance& instance, const SyncGroup* group) {
  const std::string keeps = absl::StrCat(", which keeps ", instance.name, " in FAULT");
  return group == nullptr ? keeps : absl::StrCat(keeps, " and with it sync group ", group->name);
}

// Weight 0 means FAULT. keepalived knows no weights of an address owner, nor in a group that does not keep them.
int WeightOf(const Tracked& tracked, int of_definition, const Instance& instance, const SyncGroup* group) {
  const bool ignored = instance.priority.value.value() == kAddressOwner || (group != nullptr && !group->keeps_weights);
  return ignored ? 0 : tracked.weight.value_or(of_definition);
}

void AddLinks(const Instance& instance, const SyncGroup* group, const Layout& layout, std::vector<Hindrance>* found) {
  std::vector<std::string> tracked;
  if (instance.tracks_own_interface) tracked.push_back(instance.interface.value);
  const auto add = [&](const std::vector<Tracked>& list) {
    for (const Tracked& t : list) {
      if (WeightOf(t, 0, instance, group) == 0 && !t.reverse.value_or(false)) tracked.push_back(t.name);
    }
  };
  add(instance.interfaces);
  if (group != nullptr) add(group->interfaces);
  for (const std::string& interface : tracked) {
    std::optional<LinkFault> fault = FaultOf(interface, layout);
    if (!fault.has_value()) continue;
    found->push_back({HindranceKind::kLink, fault->evidence + InFault(instance, group), fault->repair});
  }
}

// Another source than the interface's own address: 2.2.7 starts in FAULT without it ("src address not configured").
void AddStatedSource(const Instance& instance, const Layout& layout, std::vector<Hindrance>* found) {
  const IpAddress& source = instance.source->value;
  if (layout.HasAddress(source)) return;
  found->push_back({HindranceKind::kNoSource,
                    absl::StrCat("no interface has ", source.ToString(), ", which ", instance.name,
                                 " is to send from (", instance.source->at.ToString(), ")"),
                    absl::StrCat("give the host ", source.ToString(), " back, or write an address that it has")});
}

// Without an address to send from keepalived does not leave FAULT (2.2.7: "no IPv4 address for interface").
void AddSource(const Instance& instance, const SyncGroup* group, const Layout& layout, std::vector<Hindrance>* found) {
  const std::string& interface = instance.interface.value;
  const netlink::Link* link = layout.LinkOf(interface);
  if (instance.priority.value.value() == kAddressOwner || link == nullptr || !link->CanAnswer()) return;
  if (instance.source.has_value()) return AddStatedSource(instance, layout, found);
  const IpAddress::Family family = instance.family.value_or(IpAddress::Family::kV4);
  const bool v6 = family == IpAddress::Family::kV6;
  const std::optional<IpAddress> primary = layout.PrimaryOn(layout.FacingOf(interface), family);
  if (primary.has_value() && (!v6 || primary->IsLinkLocal())) return;
  if (layout.HasSourceOn(interface, family)) return;
  const std::string what = v6 ? "link-local address" : "IPv4 address";
  found->push_back({HindranceKind::kNoSource,
                    absl::StrCat(interface, " has no ", what, " of its own", InFault(instance, group)),
                    absl::StrCat("give ", interface, " its ", what, " back (`ip address show ", interface, "`)")});
}

// The instance's VIPs that are meant for an interface which carries nothing. keepalived tracks the interfaces of its
// VIPs as its own (2.2.7: "interface eth1 down"); under dont_track_primary it does not track its own.
void AddPlaces(const Instance& instance, const SyncGroup* group, const Layout& layout, std::vector<Hindrance>* found) {
  std::set<std::string> devices;
  for (const auto* list : {&instance.addresses, &instance.excluded}) {
    for (const keepalived::VirtualAddress& address : *list) devices.insert(address.device);
  }
  for (const std::string& device : devices) {
    const std::optional<LinkFault> fault = FaultOf(device, layout);
    const bool told = std::any_of(found->begin(), found->end(),
                                  [&](const Hindrance& h) { return fault.has_value() && h.repair == fault->repair; });
    if (!fault.has_value() || told) continue;
    const bool own = device == instance.interface.value;
    found->push_back({HindranceKind::kLink,
                      absl::StrCat(fault->evidence, own ? absl::StrCat(", where ", instance.name, " has its VIP")
                                                        : InFault(instance, group)),
                      fault->repair});
  }
}

void AddSuspects(const char* what, const std::vector<Tracked>& list, std::set<std::string>* suspects) {
  for (const Tracked& tracked : list) {
    suspects->insert(absl::StrCat(what, " ", tracked.name, " (", tracked.at.ToString(), ")"));
  }
}

// Those of `list` that can put the instance into FAULT by themselves.
template <typename WeightOfDefinition>
std::vector<Tracked> Deciding(const std::vector<Tracked>& list, const Instance& instance, const SyncGroup* group,
                              WeightOfDefinition weight_of) {
  std::vector<Tracked> result;
  std::copy_if(list.begin(), list.end(), std::back_inserter(result), [&](const Tracked& tracked) {
    return tracked.defined && WeightOf(tracked, weight_of(tracked.name), instance, group) == 0;
  });
  return result;
}

}  // namespace

std::vector<Hindrance> HindrancesOf(const Instance& instance, const OwnerIndex& owners, const Layout& layout) {
  std::vector<Hindrance> found;
  const SyncGroup* group = owners.scopes().GroupOf(instance);
  for (const Instance* member : owners.scopes().FaultTogether(instance)) {
    AddLinks(*member, group, layout, &found);
    AddSource(*member, group, layout, &found);
    AddPlaces(*member, group, layout, &found);
  }
  std::vector<Hindrance> once;
  for (Hindrance& h : found) {
    if (std::find(once.begin(), once.end(), h) == once.end()) once.push_back(std::move(h));
  }
  return once;
}

std::vector<Hindrance> HindrancesAt(const VipPlace& place) {
  if (!place.on.has_value() || !place.on->address.dad_failed) return {};
  const std::string& link = place.on->link.name;
  const std::string address = absl::StrCat(place.vip.ToString(), "/", place.on->address.prefix_length);
  return {{HindranceKind::kDadFailed,
           absl::StrCat("it is dadfailed on ", link, ": another host answered for it when it was added"),
           absl::StrCat("find the host that has it (`ip -6 neigh`, the switch's table), then `ip address del ", address,
                        " dev ", link, "`, and the daemon adds it anew")}};
}

std::vector<std::string> FaultSuspectsOf(const keepalived::Config& config, const Instance& instance,
                                         const OwnerIndex& owners) {
  const keepalived::Scopes& scopes = owners.scopes();
  const SyncGroup* group = scopes.GroupOf(instance);
  const auto of_script = [&](const std::string& name) {
    const auto script = std::find_if(config.scripts.begin(), config.scripts.end(),
                                     [&](const keepalived::Script& s) { return s.name == name; });
    return script == config.scripts.end() ? 1 : script->weight;
  };
  const auto of_file = [&](const std::string& name) {
    const keepalived::TrackFile* file = scopes.FindFile(name);
    return file == nullptr ? 1 : file->weight.value;
  };
  std::set<std::string> suspects;
  const auto add = [&](const std::vector<Tracked>& scripts, const std::vector<Tracked>& files) {
    AddSuspects("script", Deciding(scripts, instance, group, of_script), &suspects);
    AddSuspects("file", Deciding(files, instance, group, of_file), &suspects);
  };
  add(instance.scripts, instance.files);
  if (group != nullptr) add(group->scripts, group->files);
  return {suspects.begin(), suspects.end()};
}

}  // namespace probe::report
