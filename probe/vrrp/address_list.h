// The addresses of one advertisement, kept inline so that parsing allocates nothing.
#ifndef PROBE_VRRP_ADDRESS_LIST_H_
#define PROBE_VRRP_ADDRESS_LIST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <vector>

#include "probe/vrrp/byte_cursor.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

// Holds up to 255 IPv4 addresses (all that the count field can say) or 90 IPv6 addresses (all that fit into an Ethernet
// frame of 1500 bytes). When the packet stated more than it carries or than fit here, the list is cut and says so.
class AddressList {
 public:
  using Family = arbiter::IpAddress::Family;
  static constexpr std::size_t kCapacityBytes = 1440;

  // Empty, IPv4. The storage stays uninitialised: an advert is read in less time than clearing it would take.
  AddressList() {}  // NOLINT(modernize-use-equals-default)
  AddressList(const AddressList& other) { *this = other; }
  AddressList& operator=(const AddressList& other) {
    if (this == &other) return *this;
    family_ = other.family_;
    stated_ = other.stated_;
    size_ = other.size_;
    std::memcpy(raw_.data(), other.raw_.data(), other.size_ * width());
    return *this;
  }
  ~AddressList() = default;

  // Takes as many whole addresses as `bytes` has and as fit, at most `stated`; earlier contents are gone.
  void Assign(Family family, std::uint8_t stated, Bytes bytes);

  // How many the packet says that it has, and how many are here.
  [[nodiscard]] std::size_t stated() const { return stated_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool cut() const { return size_ < stated_; }
  [[nodiscard]] Family family() const { return family_; }

  // `index` < size().
  [[nodiscard]] arbiter::IpAddress operator[](std::size_t index) const;
  [[nodiscard]] bool Contains(const arbiter::IpAddress& address) const;
  [[nodiscard]] std::vector<arbiter::IpAddress> ToVector() const;

  // The same family, counts and addresses in the same order.
  friend bool operator==(const AddressList& a, const AddressList& b) {
    return a.family_ == b.family_ && a.stated_ == b.stated_ && a.size_ == b.size_ &&
           std::memcmp(a.raw_.data(), b.raw_.data(), a.size_ * a.width()) == 0;
  }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = arbiter::IpAddress;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = arbiter::IpAddress;

    Iterator(const AddressList& list, std::size_t index) : list_(&list), index_(index) {}
    arbiter::IpAddress operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const AddressList* list_;
    std::size_t index_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

 private:
  [[nodiscard]] std::size_t width() const { return family_ == Family::kV4 ? 4 : 16; }

  Family family_ = Family::kV4;
  std::uint8_t stated_ = 0;
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, kCapacityBytes> raw_;  // the first size_ * width() bytes are set
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_ADDRESS_LIST_H_
