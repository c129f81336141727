#include "probe/report/owner_index.h"

namespace probe::report {

OwnerIndex::OwnerIndex(const keepalived::Config& config) {
  for (const keepalived::Instance& instance : config.instances) {
    for (const keepalived::VirtualAddress& address : instance.addresses) {
      owners_[address.address].push_back({&instance, &address, false});
    }
    for (const keepalived::VirtualAddress& address : instance.excluded) {
      owners_[address.address].push_back({&instance, &address, true});
    }
  }
}

const std::vector<keepalived::Owner>& OwnerIndex::Of(const arbiter::IpAddress& address) const {
  static const std::vector<keepalived::Owner> kNobody;
  const auto found = owners_.find(address);
  return found == owners_.end() ? kNobody : found->second;
}

}  // namespace probe::report
