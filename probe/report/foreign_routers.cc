#include "probe/report/foreign_routers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;

bool IsKnown(const IpAddress& address, const Facts& facts, const Layout& layout) {
  return !facts.owners.Of(address).empty() || facts.named.contains(address) ||
         facts.known_elsewhere.contains(address) || layout.SaysOf(address);
}

bool IsForeign(const RouterAdverts& adverts, const Facts& facts, const Layout& layout) {
  if (!adverts.on_wire && !adverts.delivered) return false;
  if (adverts.addresses.empty()) return !layout.IsOwnRouter(adverts.router);
  return std::none_of(adverts.addresses.begin(), adverts.addresses.end(),
                      [&](const IpAddress& address) { return IsKnown(address, facts, layout); });
}

arbiter::v1::ForeignRouter ToProto(const RouterAdverts& adverts) {
  arbiter::v1::ForeignRouter router;
  router.set_protocol(absl::StrCat("VRRPv", static_cast<int>(adverts.version)));
  router.set_interface(adverts.router.interface);
  router.set_group(adverts.router.vrid);
  router.set_source(adverts.source.ToString());
  router.set_priority(adverts.priority);
  const std::size_t count = std::min(adverts.addresses.size(), kMostForeignAddresses);
  for (std::size_t i = 0; i < count; ++i) router.add_addresses(adverts.addresses[i].ToString());
  return router;
}

arbiter::v1::ForeignRouter ToProto(const observe::Gateway& gateway) {
  arbiter::v1::ForeignRouter router;
  router.set_protocol(gateway.protocol);
  router.set_interface(gateway.interface);
  router.set_group(gateway.group);
  router.set_source(gateway.source.ToString());
  router.set_priority(gateway.priority);
  if (gateway.address) router.add_addresses(gateway.address->ToString());
  return router;
}

}  // namespace

std::vector<arbiter::v1::ForeignRouter> ForeignRoutersOf(const Facts& facts, const Layout& layout,
                                                         const std::vector<observe::Gateway>& gateways) {
  std::vector<arbiter::v1::ForeignRouter> routers;
  for (const RouterAdverts& adverts : facts.heard) {
    if (routers.size() == kMostForeignRouters) return routers;
    if (IsForeign(adverts, facts, layout)) routers.push_back(ToProto(adverts));
  }
  for (const observe::Gateway& gateway : gateways) {
    if (routers.size() == kMostForeignRouters) return routers;
    routers.push_back(ToProto(gateway));
  }
  return routers;
}

}  // namespace probe::report
