// Reads one rtnetlink message about a link or an address (rtnetlink(7)). Pure.
#ifndef PROBE_NETLINK_DECODE_H_
#define PROBE_NETLINK_DECODE_H_

#include <optional>

#include "probe/netlink/address_table.h"

struct nlmsghdr;

namespace probe::netlink {

// The event that `message` states. Nothing for other types, for what is too short or lacks its address, and for what
// looks like a link's message and is not: AF_BRIDGE ones (RTM_DELLINK there means "left its bridge") and wireless
// events.
std::optional<Event> Decode(const nlmsghdr& message);

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_DECODE_H_
