// The links and addresses of this host as a value: netlink events go in, changes come out. Pure; not thread-safe.
#ifndef PROBE_NETLINK_ADDRESS_TABLE_H_
#define PROBE_NETLINK_ADDRESS_TABLE_H_

#include <cstdint>
#include <map>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/netlink/link.h"

namespace probe::netlink {

// What one netlink message says.
struct LinkPresent {
  Link link;
};
struct LinkGone {
  int index = 0;
};
struct AddressPresent {
  Address address;  // `since` is set by the table
};
struct AddressGone {
  arbiter::IpAddress ip;
  int prefix_length = 0;
  int link = 0;
};
using Event = std::variant<LinkPresent, LinkGone, AddressPresent, AddressGone>;

// What changed for whoever follows the table.
struct AddressAdded {
  Address address;
};
struct AddressChanged {  // its flags: no longer tentative, DAD failed, became primary
  Address address;
};
struct AddressRemoved {
  Address address;  // as it was last known
};
struct LinkChanged {  // new, renamed, or any other field of it
  Link link;
};
struct LinkRemoved {
  Link link;  // as it was last known; its addresses were reported removed before it
};
struct Resynced {              // messages were lost and the whole table was read again; the differences precede this
  std::uint64_t overruns = 0;  // so far, this one included
};
using Change = std::variant<AddressAdded, AddressChanged, AddressRemoved, LinkChanged, LinkRemoved, Resynced>;

class AddressTable {
 public:
  // Merges one event seen at `now`. An address on a link that is not known (yet) is kept all the same. Returns what
  // changed, empty when nothing did.
  std::vector<Change> Apply(const Event& event, Instant now);

  // Replaces everything by a complete dump read at `now`. Addresses that stay keep their `since`. Returns the
  // differences, removals first.
  std::vector<Change> Replace(const std::vector<Event>& dump, Instant now);

  // nullptr when there is none; valid until the table changes.
  [[nodiscard]] const Link* FindLink(int index) const;
  [[nodiscard]] const Link* FindLink(absl::string_view name) const;

  // Every place where `ip` is configured; addresses whose link is unknown are left out.
  [[nodiscard]] std::vector<AddressOnLink> Find(const arbiter::IpAddress& ip) const;

  // Grows with every change: equal numbers, equal contents.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  [[nodiscard]] std::vector<Address> AddressesOn(int link) const;
  [[nodiscard]] std::vector<Link> Links() const;
  [[nodiscard]] std::vector<Address> Addresses() const;

 private:
  using AddressKey = std::tuple<arbiter::IpAddress, int, int>;  // ip, prefix length, link

  std::vector<Change> Merge(const Link& link);
  std::vector<Change> Merge(Address address, Instant now);
  std::vector<Change> DropLink(int index);
  std::vector<Change> DropAddress(const AddressKey& key);

  std::map<int, Link> links_;
  std::map<AddressKey, Address> addresses_;
  std::uint64_t version_ = 0;
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_ADDRESS_TABLE_H_
