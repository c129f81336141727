// Network links and the addresses on them, as the kernel reports them (rtnetlink(7)).
#ifndef PROBE_NETLINK_LINK_H_
#define PROBE_NETLINK_LINK_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::netlink {

// Elapsed time; never the wall clock.
using Instant = std::chrono::steady_clock::time_point;

// RFC 2863 operational states, numbered as in IFLA_OPERSTATE.
enum class OperState : std::uint8_t {
  kUnknown = 0,
  kNotPresent = 1,
  kDown = 2,
  kLowerLayerDown = 3,
  kTesting = 4,
  kDormant = 5,
  kUp = 6,
};

struct Link {
  int index = 0;
  std::string name;
  std::string kind;  // "veth", "macvlan", "bridge", "vlan", ...; empty for hardware and loopback
  arbiter::MacAddress mac;
  bool has_mac = false;   // an Ethernet-like link with a six-byte address
  bool loopback = false;  // IFF_LOOPBACK
  bool up = false;        // IFF_UP: the administrator wants it up
  bool running = false;   // IFF_RUNNING
  std::optional<bool> carrier;
  bool proto_down = false;  // IFLA_PROTO_DOWN: FRR's backup state
  OperState oper_state = OperState::kUnknown;
  std::optional<int> parent;                  // index of the lower link, where it is in this namespace (macvlan, vlan)
  std::optional<int> master;                  // index of the bridge or bond that it is a port of
  std::optional<std::uint32_t> macvlan_mode;  // MACVLAN_MODE_*, for a macvlan

  // Whether an address on this link can be answered for at all: up, with carrier, not protodown, not loopback.
  [[nodiscard]] bool CanAnswer() const {
    return up && !proto_down && !loopback && carrier.value_or(true) && oper_state != OperState::kDown &&
           oper_state != OperState::kLowerLayerDown && oper_state != OperState::kNotPresent;
  }

  friend bool operator==(const Link&, const Link&) = default;
};

struct Address {
  arbiter::IpAddress ip;
  int prefix_length = 0;
  int link = 0;  // index of the link it is on
  bool tentative =
      false;  // IFA_F_TENTATIVE: duplicate address detection has not ended (optimistic ones are not tentative)
  bool dad_failed = false;  // IFA_F_DADFAILED: somebody else has it
  bool secondary = false;   // IFA_F_SECONDARY; for IPv6 a temporary address
  bool host_scope = false;  // RT_SCOPE_HOST: under arp_ignore=3 nobody is answered for it
  Instant since;            // when we first saw it

  // Whether the host answers for it, as far as the address itself decides.
  [[nodiscard]] bool Usable() const { return !tentative && !dad_failed; }

  // Same address with the same flags; `since` does not count.
  [[nodiscard]] bool SameAs(const Address& other) const {
    return ip == other.ip && prefix_length == other.prefix_length && link == other.link &&
           tentative == other.tentative && dad_failed == other.dad_failed && secondary == other.secondary &&
           host_scope == other.host_scope;
  }
};

// One address together with the link that carries it.
struct AddressOnLink {
  Address address;
  Link link;

  // The first half of "holder": configured where it can be answered for. Gates are not considered.
  [[nodiscard]] bool CanAnswer() const { return address.Usable() && link.CanAnswer(); }
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_LINK_H_
