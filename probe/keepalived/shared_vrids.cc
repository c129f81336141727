#include "probe/keepalived/shared_vrids.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

// What two instances must not have in common: in multicast interface, VRID, family and group; in unicast their source
// and a peer instead of the group. One that states no source has its interface's address, whatever that is.
std::vector<std::string> SharedKeys(const Instance& instance) {
  const std::string place = absl::StrCat(instance.interface.value, " ", instance.vrid->value.value(), " ",
                                         instance.IsV6() ? "6" : "4", instance.unicast ? " unicast " : " ");
  if (!instance.unicast) {
    const std::string usual = instance.IsV6() ? "ff02::12" : "224.0.0.18";
    return {absl::StrCat(place, instance.multicast.has_value() ? instance.multicast->value.ToString() : usual)};
  }
  std::vector<std::string> keys;
  for (const UnicastPeer& peer : instance.peers) {
    keys.push_back(absl::StrCat(place, instance.source.has_value() ? instance.source->value.ToString() : "", " to ",
                                peer.address.ToString()));
  }
  return keys;
}

}  // namespace

void ReportSharedVrids(const Config& config, DiagnosticLog* log) {
  absl::flat_hash_map<std::string, const Instance*> seen;
  for (const Instance& instance : config.instances) {
    if (!instance.vrid.has_value()) {
      continue;
    }
    const Instance* other = nullptr;
    for (const std::string& key : SharedKeys(instance)) {
      const auto [found, fresh] = seen.emplace(key, &instance);
      other = fresh || found->second == &instance ? other : found->second;
    }
    if (other != nullptr) {
      log->Add(Diagnostic::Kind::kRefused, instance.vrid->at,
               absl::StrCat("vrrp_instance ", instance.name, " uses virtual_router_id ", instance.vrid->value.value(),
                            " on ", instance.interface.value, instance.unicast ? " to one of its peers" : "", ", as ",
                            other->name, " does (", other->vrid->at.ToString(), "): the daemon will not run"));
    }
  }
}

}  // namespace probe::keepalived
