#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "probe/report/to_proto.h"
#include "probe/report/vip_report.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;

int BitsOf(const IpAddress& address) { return address.is_v4() ? 32 : 128; }

std::string NetworkOf(const IpAddress& address, int prefix_length) {
  std::array<std::uint8_t, 16> bytes{};
  const auto from = address.bytes();
  std::copy(from.begin(), from.end(), bytes.begin());
  for (std::size_t bit = static_cast<std::size_t>(prefix_length); bit < from.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  const auto network = IpAddress::FromBytes(absl::MakeConstSpan(bytes.data(), from.size()));
  return absl::StrCat(network->ToString(), "/", prefix_length);
}

// An address of the node's own on that interface: of the VIP's family, no VIP, not link-local, and on a network at all.
const netlink::Address* OwnAddress(const std::vector<netlink::Address>& addresses, const VipPlace& place,
                                   const Facts& facts) {
  const auto found = std::find_if(addresses.begin(), addresses.end(), [&](const netlink::Address& address) {
    return address.ip.family() == place.vip.family() && address.ip != place.vip && !address.ip.IsLinkLocal() &&
           address.prefix_length < BitsOf(address.ip) && facts.owners.Of(address.ip).empty() &&
           !facts.named.contains(address.ip) && !facts.known_elsewhere.contains(address.ip);
  });
  return found == addresses.end() ? nullptr : &*found;
}

std::vector<netlink::Address> AddressesOf(const VipPlace& place, const Facts& facts) {
  const netlink::Link* link = facts.addresses.FindLink(place.interface);
  return link == nullptr ? std::vector<netlink::Address>() : facts.addresses.AddressesOn(link->index);
}

}  // namespace

std::string SegmentOf(const VipPlace& place, const Facts& facts) {
  const std::vector<netlink::Address> addresses = AddressesOf(place, facts);
  if (const netlink::Address* own = OwnAddress(addresses, place, facts)) {
    return NetworkOf(own->ip, own->prefix_length);
  }
  if (place.on && place.on->address.prefix_length < BitsOf(place.vip)) {
    return NetworkOf(place.vip, place.on->address.prefix_length);
  }
  return "";
}

std::optional<IpAddress> PrimaryAddress(const VipPlace& place, const Facts& facts) {
  const std::vector<netlink::Address> addresses = AddressesOf(place, facts);
  // VRRP over IPv6 speaks from link-local addresses (RFC 9568, section 5.1.2.1).
  const auto link_local = std::find_if(addresses.begin(), addresses.end(), [](const netlink::Address& address) {
    return address.ip.is_v6() && address.ip.IsLinkLocal();
  });
  if (place.vip.is_v6() && link_local != addresses.end()) return link_local->ip;
  const netlink::Address* own = OwnAddress(addresses, place, facts);
  if (own == nullptr) return std::nullopt;
  return own->ip;
}

}  // namespace probe::report
