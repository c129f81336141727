#include "probe/report/arrivals.h"

namespace probe::report {

using arbiter::IpAddress;

void Arrivals::OnKnown(const std::set<IpAddress>& vips, const std::set<IpAddress>& held,
                       const netlink::AddressTable& here) {
  OnAddresses(here);
  for (const IpAddress& vip : vips) {
    const bool news = !known_.contains(vip) && !later_.contains(vip) && !held.contains(vip);
    if (news && !here.Find(vip).empty()) before_.insert(vip);
  }
  known_ = vips;
  OnAddresses(here);
}

void Arrivals::OnAddresses(const netlink::AddressTable& here) {
  std::erase_if(later_, [&here](const IpAddress& vip) { return here.Find(vip).empty(); });
  for (const IpAddress& vip : known_) {
    if (!before_.contains(vip) && !here.Find(vip).empty()) later_.insert(vip);
  }
}

}  // namespace probe::report
