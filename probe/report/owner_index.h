// Which VRRP instance owns which address, looked up fast: a configuration may name thousands.
#ifndef PROBE_REPORT_OWNER_INDEX_H_
#define PROBE_REPORT_OWNER_INDEX_H_

#include <map>
#include <vector>

#include "probe/keepalived/config.h"
#include "probe/keepalived/scope.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// Points into the configuration, which must outlive it and not move.
class OwnerIndex {
 public:
  OwnerIndex() = default;
  explicit OwnerIndex(const keepalived::Config& config);

  // In the order of the file; empty where nobody owns the address.
  [[nodiscard]] const std::vector<keepalived::Owner>& Of(const arbiter::IpAddress& address) const;

  // Every address of the configuration and its owners.
  [[nodiscard]] const std::map<arbiter::IpAddress, std::vector<keepalived::Owner>>& all() const { return owners_; }

 private:
  std::map<arbiter::IpAddress, std::vector<keepalived::Owner>> owners_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_OWNER_INDEX_H_
