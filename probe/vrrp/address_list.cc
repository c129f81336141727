#include "probe/vrrp/address_list.h"

#include <netinet/in.h>

#include <algorithm>

namespace probe::vrrp {

using arbiter::IpAddress;

void AddressList::Assign(Family family, std::uint8_t stated, Bytes bytes) {
  family_ = family;
  stated_ = stated;
  const std::size_t room = std::min(bytes.size(), kCapacityBytes) / width();
  size_ = static_cast<std::uint8_t>(std::min<std::size_t>(stated, room));
  std::memcpy(raw_.data(), bytes.data(), size_ * width());
}

IpAddress AddressList::operator[](std::size_t index) const {
  if (family_ == Family::kV4) {
    in_addr v4{};
    std::memcpy(&v4, raw_.data() + index * sizeof v4, sizeof v4);
    return IpAddress::FromV4(v4);
  }
  in6_addr v6{};
  std::memcpy(&v6, raw_.data() + index * sizeof v6, sizeof v6);
  return IpAddress::FromV6(v6);
}

bool AddressList::Contains(const IpAddress& address) const { return std::find(begin(), end(), address) != end(); }

std::vector<IpAddress> AddressList::ToVector() const { return {begin(), end()}; }

}  // namespace probe::vrrp
