#include "arbiter/core/diff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "arbiter/core/cause_settings.h"
#include "arbiter/core/cause_wording.h"
#include "arbiter/core/diff_pairing.h"

namespace arbiter::core {
namespace {

// Within faults, and within what is worth knowing: what is found first by an operator.
constexpr std::array<absl::string_view, 18> kOrder = {"virtual_ipaddress",
                                                      "virtual_router_id",
                                                      "vrrp_version",
                                                      "auth_type",
                                                      "auth_pass",
                                                      "unicast_peer",
                                                      "interface",
                                                      "vmac_xmit_base",
                                                      "advert_int",
                                                      "virtual_ipaddress_excluded",
                                                      "vrrp_instance",
                                                      "vrrp_sync_group",
                                                      "nopreempt",
                                                      "use_vmac",
                                                      "track_file",
                                                      "priority",
                                                      "state",
                                                      "unicast_src_ip"};

std::size_t Rank(absl::string_view key) {
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), key) - kOrder.begin());
}

// How a setting is shown, and what to say when the nodes differ in it.
struct Setting {
  absl::string_view key;
  bool fault = false;
  std::string advice;
};

template <typename Value>
void Put(const VirtualRouter& router, Setting setting, Value value, std::vector<ConfigDifference>& differences) {
  ConfigDifference difference;
  difference.virtual_router = NameOf(router);
  difference.key = std::string(setting.key);
  difference.fault = setting.fault;
  difference.advice = std::move(setting.advice);
  for (const RouterOnNode& part : router) {
    difference.values.push_back({part.node->node, value(*part.instance), OriginOf(*part.instance, setting.key)});
  }
  differences.push_back(std::move(difference));
}

// Values that are empty are not known, and differ from nothing.
template <typename Value>
bool Differ(const VirtualRouter& router, Value value) {
  std::set<std::string> values;
  for (const RouterOnNode& part : router) {
    std::string text = value(*part.instance);
    if (!text.empty()) values.insert(std::move(text));
  }
  return values.size() > 1;
}

template <typename Value>
void PutIfDifferent(const VirtualRouter& router, Setting setting, Value value,
                    std::vector<ConfigDifference>& differences) {
  if (Differ(router, value)) Put(router, std::move(setting), value, differences);
}

template <typename Holds>
bool AnyPair(const VirtualRouter& router, Holds holds) {
  for (auto a = router.begin(); a != router.end(); ++a) {
    for (auto b = a + 1; b != router.end(); ++b) {
      if (holds(*a, *b)) return true;
    }
  }
  return false;
}

// Of a list of addresses that somebody is to read.
constexpr std::size_t kMostShown = 8;

// "192.168.1.213 is not on b".
std::string WhatIsMissing(const VirtualRouter& router, std::vector<IpAddress> InstanceConfig::*list) {
  std::vector<IpAddress> all;
  for (const RouterOnNode& part : router) {
    all.insert(all.end(), (part.instance->*list).begin(), (part.instance->*list).end());
  }
  std::vector<std::string> lines;
  for (const IpAddress& address : AsSet(std::move(all))) {
    std::vector<std::string> without;
    for (const RouterOnNode& part : router) {
      if (!Contains(part.instance->*list, address)) without.push_back(part.node->node);
    }
    if (!without.empty()) lines.push_back(absl::StrCat(address.ToString(), " is not on ", Listed(without)));
  }
  const std::size_t more = lines.size() - std::min(lines.size(), kMostShown);
  lines.resize(lines.size() - more);
  return absl::StrCat(absl::StrJoin(lines, ", "), more == 0 ? "" : absl::StrCat(", and so on (", more, " more)"));
}

// Those of the instance's addresses that another node has not, in the order of the file.
std::vector<IpAddress> OddOnes(const VirtualRouter& router, const InstanceConfig& instance,
                               std::vector<IpAddress> InstanceConfig::*list) {
  std::vector<IpAddress> odd;
  for (const IpAddress& address : instance.*list) {
    const bool lacks = std::any_of(router.begin(), router.end(), [&](const RouterOnNode& other) {
      return !Contains(other.instance->*list, address);
    });
    if (lacks) odd.push_back(address);
  }
  return odd;
}

// A list that is too long to be read is told by its length and what is odd in it; where that stands is told where it is
// known.
void TellOdd(const VirtualRouter& router, std::vector<IpAddress> InstanceConfig::*list, ConfigDifference& difference) {
  for (std::size_t i = 0; i < router.size(); ++i) {
    const InstanceConfig& instance = *router[i].instance;
    const std::vector<IpAddress> odd = OddOnes(router, instance, list);
    const std::string origin = odd.empty() ? std::string() : OriginOf(instance, odd.front().ToString());
    if (!origin.empty()) difference.values[i].origin = origin;
    if ((instance.*list).size() <= kMostShown) continue;
    std::string& text = difference.values[i].value;
    text = absl::StrCat((instance.*list).size(), " addresses");
    if (odd.empty()) continue;
    const std::vector<IpAddress> first(odd.begin(),
                                       odd.begin() + static_cast<std::ptrdiff_t>(std::min(odd.size(), kMostShown)));
    absl::StrAppend(&text, ", of them not everywhere: ", InWords(first),
                    odd.size() > first.size() ? absl::StrCat(" and ", odd.size() - first.size(), " more") : "");
  }
}

void CompareLists(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const std::size_t before = differences.size();
  const auto listed = [](const InstanceConfig& instance) { return InWords(AsSet(instance.addresses)); };
  PutIfDifferent(router,
                 {"virtual_ipaddress", true,
                  absl::StrCat(WhatIsMissing(router, &InstanceConfig::addresses),
                               ": write the same list on every node, or each holds its own addresses")},
                 listed, differences);
  const auto excluded = [](const InstanceConfig& instance) { return InWords(AsSet(instance.excluded_addresses)); };
  PutIfDifferent(router,
                 {"virtual_ipaddress_excluded", true,
                  absl::StrCat(WhatIsMissing(router, &InstanceConfig::excluded_addresses),
                               ": after a change of hands nobody has it")},
                 excluded, differences);
  for (std::size_t i = before; i < differences.size(); ++i) {
    const bool advertised = differences[i].key == "virtual_ipaddress";
    TellOdd(router, advertised ? &InstanceConfig::addresses : &InstanceConfig::excluded_addresses, differences[i]);
  }
}

void CompareProtocol(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const auto number = [](int value) { return value == 0 ? std::string() : absl::StrCat(value); };
  PutIfDifferent(
      router, {"virtual_router_id", true, "write the same number on every node: under different ones all are active"},
      [&](const InstanceConfig& instance) { return number(instance.vrid); }, differences);
  PutIfDifferent(
      router, {"vrrp_version", true, "write the same version on every node: each drops the other's adverts"},
      [&](const InstanceConfig& instance) { return number(instance.version); }, differences);
  const bool old_pair = AnyPair(router, [](const RouterOnNode& a, const RouterOnNode& b) {
    return a.instance->version != 3 && b.instance->version != 3 &&
           a.instance->advert_interval != b.instance->advert_interval;
  });
  const auto interval = [](const InstanceConfig& instance) {
    return instance.advert_interval == Duration::zero() ? std::string() : Seconds(instance.advert_interval);
  };
  const std::string advice = old_pair ? "write the same interval on every node: VRRPv2 drops adverts of another one"
                                      : "VRRPv3 takes the active node's interval";
  PutIfDifferent(router, {"advert_int", old_pair, advice}, interval, differences);
}

// Each password as "password 1", "password 2": which ones are equal is all that is told.
std::string PasswordLabel(const VirtualRouter& router, const InstanceConfig& instance) {
  if (instance.auth_fingerprint.empty()) return "";
  std::vector<std::string> seen;
  for (const RouterOnNode& part : router) {
    const std::string& one = part.instance->auth_fingerprint;
    if (!one.empty() && std::find(seen.begin(), seen.end(), one) == seen.end()) seen.push_back(one);
  }
  const auto position = std::find(seen.begin(), seen.end(), instance.auth_fingerprint) - seen.begin();
  return absl::StrCat("password ", position + 1);
}

void CompareAuthentication(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const bool matters = std::any_of(router.begin(), router.end(), [](const RouterOnNode& part) {
    return AuthMatters(*part.instance, part.instance->version);
  });
  const std::string advice = matters ? "write the same on every node: each drops the other's adverts"
                                     : "VRRPv3 has no such authentication, it is ignored";
  const bool types = AnyPair(router, [](const RouterOnNode& a, const RouterOnNode& b) {
    return CompareAuth(*a.instance, *b.instance) == AuthDifference::kType;
  });
  if (types) Put(router, {"auth_type", matters, advice}, AuthTypeOf, differences);
  const bool secrets = AnyPair(router, [](const RouterOnNode& a, const RouterOnNode& b) {
    return CompareAuth(*a.instance, *b.instance) == AuthDifference::kSecret;
  });
  if (!secrets) return;
  Put(
      router, {"auth_pass", matters, advice},
      [&](const InstanceConfig& instance) { return PasswordLabel(router, instance); }, differences);
}

// `from` sends unicast adverts, and none of them goes to `to`.
bool Misses(const RouterOnNode& from, const RouterOnNode& to) {
  const std::vector<IpAddress> own = OwnAddresses(*to.node->report);
  return !from.instance->unicast_peers.empty() && !own.empty() && !Intersect(from.instance->unicast_peers, own);
}

void ComparePeers(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  std::vector<std::string> faults;
  for (const RouterOnNode& from : router) {
    for (const RouterOnNode& to : router) {
      if (&from == &to) continue;
      const std::string& name = from.node->node;
      if (Misses(from, to)) faults.push_back(absl::StrCat(name, " does not list ", to.node->node));
      if (from.instance->unicast_peers.empty() && !to.instance->unicast_peers.empty()) {
        faults.push_back(absl::StrCat(name, " sends to the multicast group, ", to.node->node, " to its peers"));
      }
    }
  }
  if (faults.empty()) return;
  Put(
      router, {"unicast_peer", true, absl::StrCat(absl::StrJoin(faults, ", "), ": every node lists all others")},
      [](const InstanceConfig& instance) {
        return instance.unicast_peers.empty() ? std::string("none (multicast)") : InWords(instance.unicast_peers);
      },
      differences);
}

void CompareInterfaces(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const bool apart = AnyPair(router, [](const RouterOnNode& a, const RouterOnNode& b) {
    const bool unicast = !a.instance->unicast_peers.empty() && !b.instance->unicast_peers.empty();
    return !unicast && NetworksDisjoint(*a.instance, *b.instance);
  });
  const auto named = [](const InstanceConfig& instance) { return instance.interface; };
  if (!apart && !Differ(router, named)) return;
  Put(
      router,
      {"interface", apart,
       apart ? "the interfaces are on different networks: no advert gets across" : "only the names differ"},
      [](const InstanceConfig& instance) { return absl::StrCat(instance.interface, InBrackets(instance.segment)); },
      differences);
}

void CompareHabits(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const auto flag = [](bool on) { return std::string(on ? "yes" : "no"); };
  PutIfDifferent(
      router, {"vrrp_instance", false, "only the names differ"},
      [](const InstanceConfig& instance) { return instance.name; }, differences);
  PutIfDifferent(
      router, {"vrrp_sync_group", false, "where one node moves it with a group and another alone, VIPs can part"},
      [](const InstanceConfig& instance) { return instance.sync_group.empty() ? "no group" : "in a group"; },
      differences);
  PutIfDifferent(
      router, {"nopreempt", false, "the node without it takes the VIP back when it returns"},
      [&](const InstanceConfig& instance) { return flag(instance.nopreempt); }, differences);
  const auto multicast_vmac = [](const RouterOnNode& on) {
    return on.instance->use_vmac && on.instance->unicast_peers.empty();
  };
  const bool deaf = AnyPair(router, [&](const RouterOnNode& a, const RouterOnNode& b) {
    return multicast_vmac(a) && multicast_vmac(b) && a.instance->vmac_xmit_base != b.instance->vmac_xmit_base;
  });
  PutIfDifferent(
      router, {"vmac_xmit_base", deaf, deaf ? "the node that has it does not hear the one that has not" : ""},
      [&](const InstanceConfig& instance) { return instance.use_vmac ? flag(instance.vmac_xmit_base) : std::string(); },
      differences);
  PutIfDifferent(
      router, {"use_vmac", false, "the VIP's MAC address changes with the node: clients depend on announcements"},
      [&](const InstanceConfig& instance) { return flag(instance.use_vmac); }, differences);
  PutIfDifferent(
      router, {"track_file", false, "`arbiter-probe snippet` prints the lines that give an instance its track file"},
      [](const InstanceConfig& instance) { return instance.track_file.empty() ? "none" : instance.track_file; },
      differences);
}

void CompareRoles(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  const auto priority = [](const InstanceConfig& instance) {
    return instance.priority == 0 ? std::string() : absl::StrCat(static_cast<int>(instance.priority));
  };
  const bool equal = AnyPair(router, [](const RouterOnNode& a, const RouterOnNode& b) {
    return a.instance->priority == b.instance->priority && a.instance->priority != 0;
  });
  if (equal) {
    Put(router, {"priority", false, "equal: the higher primary address wins, write different ones to choose"}, priority,
        differences);
  } else {
    PutIfDifferent(router, {"priority", false, "as it should be"}, priority, differences);
  }
  PutIfDifferent(
      router, {"state", false, "as it should be"},
      [](const InstanceConfig& instance) { return instance.initial_state; }, differences);
  PutIfDifferent(
      router, {"unicast_src_ip", false, "as it should be"},
      [](const InstanceConfig& instance) {
        return instance.unicast_source.has_value() ? instance.unicast_source->ToString() : std::string();
      },
      differences);
}

void CompareOne(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  CompareLists(router, differences);
  CompareProtocol(router, differences);
  CompareAuthentication(router, differences);
  ComparePeers(router, differences);
  CompareInterfaces(router, differences);
  CompareHabits(router, differences);
  CompareRoles(router, differences);
}

// No other node has it: there is nobody to take over.
void PutLonely(const VirtualRouter& router, std::vector<ConfigDifference>& differences) {
  Put(
      router, {"vrrp_instance", false, "no other node has this virtual router: nobody takes over"},
      [](const InstanceConfig& instance) {
        return absl::StrCat(instance.name, InBrackets(InWords(instance.addresses)));
      },
      differences);
}

}  // namespace

std::vector<ConfigDifference> FindDifferences(const std::vector<NodeConfig>& nodes) {
  const auto configured =
      std::count_if(nodes.begin(), nodes.end(), [](const NodeConfig& node) { return !node.report->instances.empty(); });
  std::vector<ConfigDifference> differences;
  if (configured < 2) return differences;
  for (const VirtualRouter& router : PairInstances(nodes)) {
    if (router.size() > 1) {
      CompareOne(router, differences);
    } else {
      PutLonely(router, differences);
    }
  }
  std::stable_sort(differences.begin(), differences.end(), [](const ConfigDifference& a, const ConfigDifference& b) {
    if (a.fault != b.fault) return a.fault;
    return Rank(a.key) < Rank(b.key);
  });
  return differences;
}

}  // namespace arbiter::core
