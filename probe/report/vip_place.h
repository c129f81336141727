// Where a VIP is on this node, or would be: which interface, whose virtual router.
#ifndef PROBE_REPORT_VIP_PLACE_H_
#define PROBE_REPORT_VIP_PLACE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probe/keepalived/config.h"
#include "probe/netlink/address_table.h"
#include "probe/report/owner_index.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// The VRID that a MAC of RFC 9568, section 7.3, stands for; nothing for any other MAC.
std::optional<std::uint8_t> VridOfMac(const arbiter::MacAddress& mac);

// Whether the link is a macvlan with a virtual router's MAC.
bool IsVirtualRouter(const netlink::Link& link);

struct VipPlace {
  arbiter::IpAddress vip;
  std::optional<netlink::AddressOnLink> on;  // nothing: it is not configured
  // The interface that it is on, or would be: under a virtual MAC the macvlan's parent. Empty where that is not known.
  std::string interface;
  std::optional<std::uint8_t> vrid;
  bool vmac = false;                               // the virtual router speaks with the virtual MAC
  const keepalived::Instance* instance = nullptr;  // of the configuration behind the index
  bool excluded = false;                           // never in the instance's adverts
};

// Every place where the VIP is configured, those that can answer first; where there is none, the place that the
// daemon's configuration gives it; else nothing. Loopback is no place: load balancers put VIPs there on purpose.
std::vector<VipPlace> PlacesOf(const arbiter::IpAddress& vip, const netlink::AddressTable& table,
                               const OwnerIndex& owners);

}  // namespace probe::report

#endif  // PROBE_REPORT_VIP_PLACE_H_
