// Ordinary ways to lay out one instance, or a sync group, whose VIPs are not all where its adverts are.
#ifndef TESTS_LAB_LAYOUT_H_
#define TESTS_LAB_LAYOUT_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/lab/keepalived_config.h"
#include "tests/lab/site.h"

namespace lab {

// A pair; what it has moves as one.
struct Layout {
  std::string name;
  std::vector<Segment> segments;                   // beside the one that clients are on
  std::vector<WatchedVip> vips;                    // all that there are
  std::function<void(KeepalivedConfig&)> arrange;  // what it makes of a plain instance

  // Starts nothing. Both nodes' configurations are arranged.
  void ApplyTo(Site& site) const;
  [[nodiscard]] SiteOptions Options(bool a_has_the_highest_address) const;
};

inline void PrintTo(const Layout& layout, std::ostream* out) { *out << layout.name; }

// The second VIP is on another network: `172.16.0.212/24 dev lan`.
Layout TwoSegments();
// An IPv4 instance with an IPv6 address in virtual_ipaddress_excluded.
Layout ExcludedIpv6();
// The other way about.
Layout ExcludedIpv4();
// VRRP over a link of its own, `sync`; clients and VIPs are on eth0.
Layout HeartbeatLink();
// One VIP on the macvlan of `use_vmac`, the second one on another network.
Layout VmacAndSegment();

// Two instances, each on its own network and with the same VRID, in one sync group.
Layout SyncGroup();

}  // namespace lab

#endif  // TESTS_LAB_LAYOUT_H_
