#include "probe/report/answering.h"

#include <algorithm>

namespace probe::report {
namespace {

using netlink::AddressOnLink;
using netlink::Link;

using Places = std::vector<AddressOnLink>;

// The values of arp_ignore that restrict anything.
constexpr int kOnlyWhereItIs = 1;
constexpr int kOnlyToItsSubnet = 2;
constexpr int kNotOfScopeHost = 3;
constexpr int kNever = 8;

bool IsOn(const Link& link, const Places& places) {
  return std::any_of(places.begin(), places.end(), [&link](const AddressOnLink& place) {
    return place.link.index == link.index && place.address.Usable();
  });
}

// A router's macvlan that is down is how FRR's vrrpd and others keep the address while they are backup: with
// arp_ignore=0 on its parent the kernel would answer even then, which we do not hold against the daemon.
bool IsRetired(const AddressOnLink& place) { return IsVirtualRouter(place.link) && !place.link.CanAnswer(); }

bool IsAnywhere(const Places& places, bool scope_host_counts) {
  return std::any_of(places.begin(), places.end(), [scope_host_counts](const AddressOnLink& place) {
    return place.address.Usable() && !IsRetired(place) && (scope_host_counts || !place.address.host_scope);
  });
}

bool AnswersArp(const arbiter::IpAddress& vip, const Link& link, const Places& places, const Layout& layout,
                int arp_ignore) {
  switch (arp_ignore) {
    case kOnlyWhereItIs:
      return IsOn(link, places);
    case kOnlyToItsSubnet:
      return IsOn(link, places) && layout.HasNetworkOf(vip, link.index);
    case kNotOfScopeHost:
      return IsAnywhere(places, false);
    case kNever:
      return false;
  }
  return IsAnywhere(places, true);
}

}  // namespace

std::vector<std::string> AnswersOn(const arbiter::IpAddress& vip, const Places& places,
                                   const std::vector<std::string>& segments, const Layout& layout,
                                   const ArpIgnore& arp_ignore) {
  std::vector<std::string> answers;
  if (places.empty()) return answers;
  for (const std::string& segment : segments) {
    const std::vector<const Link*> receivers = layout.ReceiversOn(segment);
    const bool answered = std::any_of(receivers.begin(), receivers.end(), [&](const Link* link) {
      if (!link->CanAnswer()) return false;
      return vip.is_v6() ? IsOn(*link, places) : AnswersArp(vip, *link, places, layout, arp_ignore(link->name));
    });
    if (answered) answers.push_back(segment);
  }
  return answers;
}

}  // namespace probe::report
