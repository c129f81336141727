#include "arbiter/core/cause_foreign.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_settings.h"

namespace arbiter::core {
namespace {

bool IsStranger(const HeardRouter& router, const std::vector<Side>& sides, const std::vector<IpAddress>& cluster) {
  if (Contains(cluster, router.source)) return false;
  return std::none_of(sides.begin(), sides.end(), [&](const Side& side) { return Contains(side.own, router.source); });
}

void Add(const HeardRouter& router, const Side& listener, Findings& findings) {
  const std::string source = router.source.ToString();
  const std::string vip = listener.vip().vip.ToString();
  const std::string how =
      router.version == 0
          ? absl::StrCat("claims ", vip, " on the link (",
                         router.defects.empty() ? "ARP or neighbour discovery" : absl::StrJoin(router.defects, ", "),
                         ")")
          : absl::StrCat("advertises ", vip, " under VRID ", static_cast<int>(router.vrid), " with priority ",
                         static_cast<int>(router.priority));
  findings.Add(Cause::kForeignClaimant,
               absl::StrCat(source, " ", how, ", as ", listener.name(), " sees on ", listener.interface,
                            ", and is no node of this cluster"),
               absl::StrCat("find the host with ", source, " (`ip neigh show ", source, "` on ", listener.name(),
                            ", the switch's table) and take ", vip, " away from it, or run a probe there"));
}

}  // namespace

void FindStrangers(const std::vector<Side>& sides, const std::vector<IpAddress>& cluster, Findings& findings) {
  // Else one of ours could look like a stranger.
  if (!std::all_of(sides.begin(), sides.end(), [](const Side& side) { return side.source_known(); })) return;
  for (const Side& listener : sides) {
    for (const HeardRouter& router : listener.vip().heard) {
      const bool claims = router.names_vip && (router.on_wire || router.delivered);
      const bool nameless = router.version == 0 && router.source == listener.vip().vip;
      if (claims && !nameless && IsStranger(router, sides, cluster)) Add(router, listener, findings);
    }
  }
}

}  // namespace arbiter::core
