// Follows an advert through a host's packet filter, and names the rule that drops it. Pure.
#ifndef PROBE_FILTER_FILTER_WALK_H_
#define PROBE_FILTER_FILTER_WALK_H_

#include <optional>
#include <string>
#include <vector>

#include "probe/filter/advert_packet.h"
#include "probe/filter/ruleset.h"

namespace probe::filter {

// A rule that drops, or a chain's policy.
struct DropPlace {
  std::string family;
  std::string table;
  std::string chain;
  int handle = 0;    // 0: the chain's policy
  std::string text;  // of the rule

  // "table inet filter, chain input, handle 4: meta l4proto vrrp counter drop"
  [[nodiscard]] std::string ToString() const;
  friend bool operator==(const DropPlace&, const DropPlace&) = default;
};

struct WalkEnd {
  std::optional<DropPlace> dropped;  // there it ends, whatever else is true
  std::vector<DropPlace> may_drop;   // where it depends on what is not known here
};

// Through all hooks in the kernel's order: netdev ingress, prerouting, input; or output, postrouting, netdev egress.
// Those of the bridge family count where the interface is a bridge, and netdev hooks of the links below it as well.
// The gate's own table is left out: what it shuts is no mistake.
WalkEnd Walk(const AdvertPacket& packet, const Ruleset& ruleset);

}  // namespace probe::filter

#endif  // PROBE_FILTER_FILTER_WALK_H_
