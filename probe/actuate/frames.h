// Ethernet frames that speak for an address or ask for one: ARP (RFC 826, RFC 5227) and neighbour discovery (RFC 4861).
// Pure. All are for an untagged Ethernet link.
#ifndef PROBE_ACTUATE_FRAMES_H_
#define PROBE_ACTUATE_FRAMES_H_

#include <cstdint>
#include <vector>

#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::actuate {

using Frame = std::vector<std::uint8_t>;

// An address and the MAC under which it is reached.
struct Binding {
  arbiter::IpAddress ip;
  arbiter::MacAddress mac;
};

enum class ArpForm : std::uint8_t { kRequest, kReply };

// "This is where I am", to everybody: sender and target are the same. Hosts differ in which form they heed, so send
// both (arping -U and -A do). IPv4 only.
Frame GratuitousArp(const Binding& self, ArpForm form);

// The same for IPv6, to ff02::1 with the override flag. `router` must be what the host's own advertisements say: one
// without it makes every host drop us from its list of default routers (RFC 4861, 7.2.5).
Frame UnsolicitedAdvertisement(const Binding& self, bool router);

// Asks who has `target`. A `self.ip` of 0.0.0.0 makes it an ARP probe, which leaves no trace in the caches of others.
Frame ArpRequest(const Binding& self, const arbiter::IpAddress& target);

// Asks who has `target`, by its solicited-node group. A `self.ip` of :: makes it the question of duplicate address
// detection, answered to ff02::1.
Frame NeighbourSolicitation(const Binding& self, const arbiter::IpAddress& target);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_FRAMES_H_
