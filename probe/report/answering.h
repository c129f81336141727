// On which interfaces the kernel answers for an address. Linux has the weak host model: an IPv4 address belongs to the
// host, and ARP for it is answered on whatever interface the question comes in, unless arp_ignore says otherwise.
// Measured on Linux 6.18, with the address on the interface itself, a second leg, a bridge without carrier, a link that
// is down, and loopback:
//   arp_ignore 0, 4 to 7   answered on every interface, wherever the address is, even on a link that is down
//   1                      only where the interface has it
//   2                      the same, and an address of the interface has to share its subnet with who asks
//   3                      as 0, but for addresses of scope host
//   8                      never
//   IPv6                   neighbour discovery answers only where the interface has it
// Packet filters, arp_filter and rp_filter are not looked at: what may be answered counts as answered.
#ifndef PROBE_REPORT_ANSWERING_H_
#define PROBE_REPORT_ANSWERING_H_

#include <functional>
#include <string>
#include <vector>

#include "probe/netlink/link.h"
#include "probe/report/layout.h"
#include "proto/value/ip_address.h"

namespace probe::report {

using ArpIgnore = std::function<int(const std::string& link)>;

// Of `segments`, those on which the VIP is answered for, were no gate shut. `places` is all that has it, loopback
// included.
std::vector<std::string> AnswersOn(const arbiter::IpAddress& vip, const std::vector<netlink::AddressOnLink>& places,
                                   const std::vector<std::string>& segments, const Layout& layout,
                                   const ArpIgnore& arp_ignore);

}  // namespace probe::report

#endif  // PROBE_REPORT_ANSWERING_H_
