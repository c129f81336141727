#include "arbiter/core/cause_foreign.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_settings.h"

namespace arbiter::core {
namespace {

// RFC 9568, section 7.3: whoever speaks with it is some VRRP router, which one cannot be told.
bool IsVirtualMac(const std::string& mac) { return absl::StartsWithIgnoreCase(mac, "00:00:5e:00:0"); }

bool IsOfNobodyHere(const HeardRouter& router, const std::vector<Side>& sides, const std::vector<IpAddress>& cluster) {
  if (Contains(cluster, router.source)) return false;
  return std::none_of(sides.begin(), sides.end(), [&](const Side& side) { return Contains(side.own, router.source); });
}

bool IsStrangersMac(const HeardRouter& claim, const std::vector<std::string>& macs) {
  if (claim.mac.empty() || IsVirtualMac(claim.mac) || macs.empty()) return false;
  return !std::binary_search(macs.begin(), macs.end(), claim.mac);
}

void AddClaim(const HeardRouter& claim, const Side& listener, Findings& findings) {
  const std::string vip = listener.vip().vip.ToString();
  const std::string how =
      claim.defects.empty() ? "ARP or neighbour discovery" : std::string(absl::StrJoin(claim.defects, ", "));
  findings.Add(Cause::kForeignClaimant,
               absl::StrCat("a host with MAC ", claim.mac, claim.answers ? " answers for " : " claims ", vip, " (", how,
                            "), as ", listener.name(), " sees on ", listener.interface,
                            ", and it is no node that the arbiter knows"),
               absl::StrCat("find the host with ", claim.mac, " (the switch's address table, `ip neigh` on ",
                            listener.name(), ") and take ", vip, " away from it, or run a probe there"));
}

const NodeMac* IdleOwnerOf(const HeardRouter& claim, const CauseInput& input) {
  if (!claim.answers || IsVirtualMac(claim.mac)) return nullptr;
  const auto found = std::find_if(input.idle_macs.begin(), input.idle_macs.end(),
                                  [&claim](const NodeMac& idle) { return idle.mac == claim.mac; });
  return found == input.idle_macs.end() ? nullptr : &*found;
}

void AddIdleNode(const HeardRouter& claim, const std::string& node, const Side& listener, Findings& findings) {
  const std::string vip = listener.vip().vip.ToString();
  findings.Add(Cause::kForeignClaimant,
               absl::StrCat(node, " (MAC ", claim.mac, ") answers for ", vip, ", as ", listener.name(), " sees on ",
                            listener.interface, ", and none of its interfaces has that address"),
               absl::StrCat("on ", node, ", look what answers for ", vip,
                            ": a container or another network namespace, a proxy entry (`ip neigh show proxy`), a "
                            "load balancer; and take it away there"));
}

void AddRouter(const HeardRouter& router, const Side& listener, Findings& findings) {
  const std::string source = router.source.ToString();
  const std::string vip = listener.vip().vip.ToString();
  findings.Add(Cause::kForeignClaimant,
               absl::StrCat(source, " advertises ", vip, " under VRID ", static_cast<int>(router.vrid),
                            " with priority ", static_cast<int>(router.priority), ", as ", listener.name(), " sees on ",
                            listener.interface, ", and it is no node that the arbiter knows"),
               absl::StrCat("find the host with ", source, " (`ip neigh show ", source, "` on ", listener.name(),
                            ", the switch's table) and take ", vip, " away from it, or run a probe there"));
}

}  // namespace

void FindStrangers(const std::vector<Side>& sides, const CauseInput& input, Findings& findings) {
  // Else one of ours could look like a stranger.
  const bool known = std::all_of(sides.begin(), sides.end(), [](const Side& side) { return side.source_known(); });
  for (const Side& listener : sides) {
    for (const HeardRouter& router : listener.vip().heard) {
      if (!router.names_vip || !(router.on_wire || router.delivered)) continue;
      if (router.version == 0) {
        const NodeMac* idle = IdleOwnerOf(router, input);
        if (idle != nullptr && idle->node != listener.name()) AddIdleNode(router, idle->node, listener, findings);
        if (IsStrangersMac(router, input.cluster_macs)) AddClaim(router, listener, findings);
      } else if (known && IsOfNobodyHere(router, sides, input.cluster_addresses)) {
        AddRouter(router, listener, findings);
      }
    }
  }
}

}  // namespace arbiter::core
