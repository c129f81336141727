// Which addresses came to this node after the cluster had known them as VIPs, and which were here before.
#ifndef PROBE_REPORT_ARRIVALS_H_
#define PROBE_REPORT_ARRIVALS_H_

#include <set>

#include "probe/netlink/address_table.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// An address that was here first is this node's own, whatever others say of it afterwards; one that came after they had
// named it is a second holder's (put there by hand, left behind). What was here when this life of the probe began was
// here first: nobody can tell any more. Not thread-safe.
class Arrivals {
 public:
  // The VIPs that the cluster knows now. What of them is on the node at this moment was here before, but for `held`:
  // those are held back, by orders that were checked when they came.
  void OnKnown(const std::set<arbiter::IpAddress>& vips, const std::set<arbiter::IpAddress>& held,
               const netlink::AddressTable& here);
  // The node's addresses are others now.
  void OnAddresses(const netlink::AddressTable& here);

  // Those on the node that came later. One stays so while it is here, though the cluster forgets it for a while (an
  // arbiter that starts anew).
  [[nodiscard]] const std::set<arbiter::IpAddress>& later() const { return later_; }

 private:
  std::set<arbiter::IpAddress> known_;
  // For good: an interface that goes down and comes again does not make its address a VIP.
  std::set<arbiter::IpAddress> before_;
  std::set<arbiter::IpAddress> later_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_ARRIVALS_H_
