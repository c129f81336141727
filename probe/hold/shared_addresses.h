// A list of addresses that many values have in common: the VIPs of an instance, which each of its VIPs names. A copy
// costs a pointer. Immutable.
#ifndef PROBE_HOLD_SHARED_ADDRESSES_H_
#define PROBE_HOLD_SHARED_ADDRESSES_H_

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "proto/value/ip_address.h"

namespace probe::hold {

class SharedAddresses {
 public:
  using value_type = arbiter::IpAddress;
  using const_iterator = std::vector<arbiter::IpAddress>::const_iterator;

  SharedAddresses() = default;
  SharedAddresses(std::vector<arbiter::IpAddress> addresses)  // NOLINT(google-explicit-constructor)
      : list_(addresses.empty() ? nullptr
                                : std::make_shared<const std::vector<arbiter::IpAddress>>(std::move(addresses))) {}
  SharedAddresses(std::initializer_list<arbiter::IpAddress> addresses)
      : SharedAddresses(std::vector<arbiter::IpAddress>(addresses)) {}

  [[nodiscard]] const_iterator begin() const { return list().begin(); }
  [[nodiscard]] const_iterator end() const { return list().end(); }
  [[nodiscard]] std::size_t size() const { return list().size(); }
  [[nodiscard]] bool empty() const { return list_ == nullptr; }

  // Copies of one list are equal without a look at it.
  friend bool operator==(const SharedAddresses& a, const SharedAddresses& b) {
    return a.list_ == b.list_ || a.list() == b.list();
  }

 private:
  [[nodiscard]] const std::vector<arbiter::IpAddress>& list() const {
    static const std::vector<arbiter::IpAddress> none;
    return list_ == nullptr ? none : *list_;
  }

  std::shared_ptr<const std::vector<arbiter::IpAddress>> list_;  // null: empty
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_SHARED_ADDRESSES_H_
