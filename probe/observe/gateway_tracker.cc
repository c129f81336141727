#include "probe/observe/gateway_tracker.h"

#include <algorithm>
#include <utility>

namespace probe::observe {

void GatewayTracker::Hear(const std::string& interface, const vrrp::CarpAdvertisement& carp, Instant now) {
  Put({interface, "CARP", carp.vhid, carp.origin.source, 0, std::nullopt, now});
}

void GatewayTracker::Hear(const std::string& interface, const vrrp::HsrpHello& hello, Instant now) {
  Put({interface, "HSRP", hello.group, hello.origin.source, hello.priority, hello.address, now});
}

void GatewayTracker::Put(Gateway gateway) {
  auto key = std::tuple(gateway.interface, gateway.protocol, gateway.group, gateway.source);
  if (gateways_.size() >= kMost && !gateways_.contains(key)) {
    gateways_.erase(std::min_element(gateways_.begin(), gateways_.end(),
                                     [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  gateways_.insert_or_assign(std::move(key), std::move(gateway));
}

void GatewayTracker::Expire(Instant now) {
  std::erase_if(gateways_, [now](const auto& entry) { return now - entry.second.last >= kLasts; });
}

void GatewayTracker::ForgetInterface(const std::string& interface) {
  std::erase_if(gateways_, [&interface](const auto& entry) { return entry.second.interface == interface; });
}

std::vector<Gateway> GatewayTracker::All() const {
  std::vector<Gateway> all;
  all.reserve(gateways_.size());
  for (const auto& [key, gateway] : gateways_) all.push_back(gateway);
  return all;
}

}  // namespace probe::observe
