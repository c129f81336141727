#include "probe/filter/links.h"

#include <string>
#include <vector>

namespace probe::filter {
namespace {

std::vector<std::string> LinksBelow(const netlink::Link& link, const netlink::AddressTable& table) {
  std::vector<std::string> below;
  for (const netlink::Link& other : table.Links()) {
    if (other.master == link.index || link.parent == other.index) below.push_back(other.name);
  }
  return below;
}

}  // namespace

void PutLinks(const netlink::AddressTable& table, AdvertPacket* packet) {
  const netlink::Link* link = table.FindLink(packet->interface);
  if (link == nullptr) return;
  packet->bridge = link->kind == "bridge";
  packet->below = LinksBelow(*link, table);
}

}  // namespace probe::filter
