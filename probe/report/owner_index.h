// Which VRRP instance owns which address, looked up fast: a configuration may name thousands.
#ifndef PROBE_REPORT_OWNER_INDEX_H_
#define PROBE_REPORT_OWNER_INDEX_H_

#include <map>
#include <vector>

#include "probe/keepalived/config.h"
#include "probe/keepalived/scope.h"
#include "proto/value/addresses.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// Points into the configuration, which must outlive it and not move.
class OwnerIndex {
 public:
  OwnerIndex() = default;
  explicit OwnerIndex(const keepalived::Config& config);

  // In the order of the file; empty where nobody owns the address.
  [[nodiscard]] const std::vector<keepalived::Owner>& Of(const arbiter::IpAddress& address) const;

  // The addresses of the instance's sync group, of the instance where it is in none.
  [[nodiscard]] arbiter::Addresses BoundTogether(const keepalived::Instance& instance) const;
  // All addresses of the configuration.
  [[nodiscard]] const arbiter::Addresses& everything() const { return everything_; }

  [[nodiscard]] const keepalived::Scopes& scopes() const { return scopes_; }

  // Every address of the configuration and its owners.
  [[nodiscard]] const std::map<arbiter::IpAddress, std::vector<keepalived::Owner>>& all() const { return owners_; }

 private:
  std::map<arbiter::IpAddress, std::vector<keepalived::Owner>> owners_;
  keepalived::Scopes scopes_;
  std::map<const void*, arbiter::Addresses> bound_;  // by the group, or the instance that is in none
  arbiter::Addresses everything_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_OWNER_INDEX_H_
