#include "probe/report/vip_place.h"

#include <algorithm>

namespace probe::report {
namespace {

// The interface below a macvlan that has a virtual router's MAC; the link itself otherwise.
std::string BaseOf(const netlink::Link& link, bool vmac, const netlink::AddressTable& table) {
  if (!vmac || !link.parent) return link.name;
  const netlink::Link* parent = table.FindLink(*link.parent);
  return parent == nullptr ? link.name : parent->name;
}

VipPlace PlaceOn(const netlink::AddressOnLink& on, const netlink::AddressTable& table) {
  VipPlace place;
  place.vip = on.address.ip;
  place.on = on;
  if (IsVirtualRouter(on.link)) {
    place.vmac = true;
    place.vrid = VridOfMac(on.link.mac);
  }
  place.interface = BaseOf(on.link, place.vmac, table);
  return place;
}

void AddOwner(const keepalived::Owner& owner, VipPlace* place) {
  place->instance = owner.instance;
  place->excluded = owner.excluded;
  if (owner.instance->vrid) place->vrid = owner.instance->vrid->value.value();
  place->vmac = place->vmac || owner.address->on_vmac;
  if (place->interface.empty()) place->interface = owner.address->device;
}

}  // namespace

std::optional<std::uint8_t> VridOfMac(const arbiter::MacAddress& mac) {
  const auto& bytes = mac.bytes();
  const bool virtual_router = bytes[0] == 0x00 && bytes[1] == 0x00 && bytes[2] == 0x5e && bytes[3] == 0x00 &&
                              (bytes[4] == 0x01 || bytes[4] == 0x02);
  if (!virtual_router) return std::nullopt;
  return bytes[5];
}

bool IsVirtualRouter(const netlink::Link& link) {
  return link.kind == "macvlan" && link.has_mac && VridOfMac(link.mac).has_value();
}

std::vector<VipPlace> PlacesOf(const arbiter::IpAddress& vip, const netlink::AddressTable& table,
                               const OwnerIndex& index) {
  const std::vector<keepalived::Owner>& owners = index.Of(vip);
  std::vector<VipPlace> places;
  for (const netlink::AddressOnLink& on : table.Find(vip)) {
    if (!on.link.loopback) places.push_back(PlaceOn(on, table));
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const VipPlace& a, const VipPlace& b) { return a.on->CanAnswer() && !b.on->CanAnswer(); });
  if (places.empty() && !owners.empty()) {
    places.emplace_back();
    places.back().vip = vip;
  }
  for (VipPlace& place : places) {
    // Two instances may own an address on different interfaces; the one of this interface counts.
    const auto here = std::find_if(owners.begin(), owners.end(), [&place](const keepalived::Owner& owner) {
      return place.interface.empty() || owner.address->device == place.interface;
    });
    if (here != owners.end()) AddOwner(*here, &place);
    if (here == owners.end() && !owners.empty()) AddOwner(owners.front(), &place);
  }
  return places;
}

}  // namespace probe::report
