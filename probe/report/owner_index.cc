#include "probe/report/owner_index.h"

#include <utility>

namespace probe::report {

OwnerIndex::OwnerIndex(const keepalived::Config& config) : scopes_(config) {
  for (const keepalived::Instance& instance : config.instances) {
    for (const keepalived::VirtualAddress& address : instance.addresses) {
      owners_[address.address].push_back({&instance, &address, false});
    }
    for (const keepalived::VirtualAddress& address : instance.excluded) {
      owners_[address.address].push_back({&instance, &address, true});
    }
  }
  for (const keepalived::Instance& instance : config.instances) {
    const keepalived::SyncGroup* group = scopes_.GroupOf(instance);
    const void* key = group == nullptr ? static_cast<const void*>(&instance) : group;
    if (!bound_.contains(key)) bound_[key] = keepalived::AddressesOf(scopes_.FaultTogether(instance));
  }
  std::vector<arbiter::IpAddress> all;
  for (const auto& [address, owners] : owners_) all.push_back(address);
  everything_ = std::move(all);
}

arbiter::Addresses OwnerIndex::BoundTogether(const keepalived::Instance& instance) const {
  const keepalived::SyncGroup* group = scopes_.GroupOf(instance);
  const auto found = bound_.find(group == nullptr ? static_cast<const void*>(&instance) : group);
  return found == bound_.end() ? arbiter::Addresses() : found->second;
}

const std::vector<keepalived::Owner>& OwnerIndex::Of(const arbiter::IpAddress& address) const {
  static const std::vector<keepalived::Owner> nobody;
  const auto found = owners_.find(address);
  return found == owners_.end() ? nobody : found->second;
}

}  // namespace probe::report
