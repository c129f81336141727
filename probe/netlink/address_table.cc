#include "probe/netlink/address_table.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

namespace probe::netlink {
namespace {

void Append(std::vector<Change>& all, std::vector<Change> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Change> AddressTable::Apply(const Event& event, Instant now) {
  return std::visit(
      [&](const auto& e) -> std::vector<Change> {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, LinkPresent>) {
          return Merge(e.link);
        } else if constexpr (std::is_same_v<E, LinkGone>) {
          return DropLink(e.index);
        } else if constexpr (std::is_same_v<E, AddressPresent>) {
          return Merge(e.address, now);
        } else {
          static_assert(std::is_same_v<E, AddressGone>);
          return DropAddress({e.ip, e.prefix_length, e.link});
        }
      },
      event);
}

std::vector<Change> AddressTable::Replace(const std::vector<Event>& dump, Instant now) {
  std::set<int> links;
  std::set<AddressKey> addresses;
  for (const Event& event : dump) {
    if (const auto* link = std::get_if<LinkPresent>(&event)) links.insert(link->link.index);
    if (const auto* present = std::get_if<AddressPresent>(&event)) {
      const Address& a = present->address;
      addresses.emplace(a.ip, a.prefix_length, a.link);
    }
  }
  std::vector<AddressKey> gone_addresses;
  for (const auto& [key, address] : addresses_) {
    if (!addresses.contains(key)) gone_addresses.push_back(key);
  }
  std::vector<int> gone_links;
  for (const auto& [index, link] : links_) {
    if (!links.contains(index)) gone_links.push_back(index);
  }
  std::vector<Change> changes;
  for (const AddressKey& key : gone_addresses) Append(changes, DropAddress(key));
  for (const int index : gone_links) Append(changes, DropLink(index));
  for (const Event& event : dump) Append(changes, Apply(event, now));
  return changes;
}

std::vector<Change> AddressTable::Merge(const Link& link) {
  const auto [at, is_new] = links_.try_emplace(link.index, link);
  if (!is_new && at->second == link) return {};
  at->second = link;
  ++version_;
  return {LinkChanged{link}};
}

std::vector<Change> AddressTable::Merge(Address address, Instant now) {
  address.since = now;
  const auto [at, is_new] = addresses_.try_emplace({address.ip, address.prefix_length, address.link}, address);
  if (!is_new && at->second.SameAs(address)) return {};
  ++version_;
  if (is_new) return {AddressAdded{address}};
  address.since = at->second.since;
  at->second = address;
  return {AddressChanged{address}};
}

std::vector<Change> AddressTable::DropLink(int index) {
  std::vector<Change> changes;
  for (const Address& a : AddressesOn(index)) Append(changes, DropAddress({a.ip, a.prefix_length, a.link}));
  if (auto link = links_.extract(index)) {
    ++version_;
    changes.emplace_back(LinkRemoved{std::move(link.mapped())});
  }
  return changes;
}

std::vector<Change> AddressTable::DropAddress(const AddressKey& key) {
  auto address = addresses_.extract(key);
  if (!address) return {};
  ++version_;
  return {AddressRemoved{address.mapped()}};
}

const Link* AddressTable::FindLink(int index) const {
  const auto at = links_.find(index);
  return at == links_.end() ? nullptr : &at->second;
}

const Link* AddressTable::FindLink(absl::string_view name) const {
  for (const auto& [index, link] : links_) {
    if (link.name == name) return &link;
  }
  return nullptr;
}

std::vector<AddressOnLink> AddressTable::Find(const arbiter::IpAddress& ip) const {
  std::vector<AddressOnLink> found;
  for (auto at = addresses_.lower_bound({ip, 0, 0}); at != addresses_.end() && at->second.ip == ip; ++at) {
    if (const Link* link = FindLink(at->second.link)) found.push_back({at->second, *link});
  }
  return found;
}

std::vector<Address> AddressTable::AddressesOn(int link) const {
  std::vector<Address> on_link;
  for (const auto& [key, address] : addresses_) {
    if (address.link == link) on_link.push_back(address);
  }
  return on_link;
}

std::vector<Link> AddressTable::Links() const {
  std::vector<Link> all;
  all.reserve(links_.size());
  for (const auto& [index, link] : links_) all.push_back(link);
  return all;
}

std::vector<Address> AddressTable::Addresses() const {
  std::vector<Address> all;
  all.reserve(addresses_.size());
  for (const auto& [key, address] : addresses_) all.push_back(address);
  return all;
}

}  // namespace probe::netlink
