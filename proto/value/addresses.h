// A list of addresses that many values share: what the VIPs of one instance have in common stands in memory once.
#ifndef PROTO_VALUE_ADDRESSES_H_
#define PROTO_VALUE_ADDRESSES_H_

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "proto/value/ip_address.h"

namespace arbiter {

// Never changes; a copy costs a pointer. Equal lists are equal wherever they stand.
class Addresses {
 public:
  using List = std::vector<IpAddress>;
  using value_type = IpAddress;
  using const_iterator = List::const_iterator;

  Addresses() = default;
  Addresses(List list) {  // NOLINT(google-explicit-constructor): it is the same list
    if (!list.empty()) list_ = std::make_shared<const List>(std::move(list));
  }
  Addresses(std::initializer_list<IpAddress> list) : Addresses(List(list)) {}
  template <typename Iterator>
  Addresses(Iterator first, Iterator last) : Addresses(List(first, last)) {}

  [[nodiscard]] const List& list() const {
    static const List kNone;
    return list_ == nullptr ? kNone : *list_;
  }
  [[nodiscard]] const_iterator begin() const { return list().begin(); }
  [[nodiscard]] const_iterator end() const { return list().end(); }
  [[nodiscard]] std::size_t size() const { return list().size(); }
  [[nodiscard]] bool empty() const { return list_ == nullptr; }
  [[nodiscard]] const IpAddress& front() const { return list().front(); }

  // Tells without a look at the addresses that two lists are one; different lists may be equal all the same.
  [[nodiscard]] const void* identity() const { return list_.get(); }

  friend bool operator==(const Addresses& a, const Addresses& b) { return a.list_ == b.list_ || a.list() == b.list(); }

 private:
  std::shared_ptr<const List> list_;  // null: empty
};

}  // namespace arbiter

#endif  // PROTO_VALUE_ADDRESSES_H_
