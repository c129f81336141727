// What the kernel's reverse path filter does to packets of a sender.
#ifndef PROBE_NETLINK_REVERSE_PATH_H_
#define PROBE_NETLINK_REVERSE_PATH_H_

#include <optional>
#include <string>

#include "probe/netlink/address_table.h"
#include "probe/netlink/kernel_reader.h"
#include "proto/value/ip_address.h"

namespace probe::netlink {

struct ReversePathDrop {
  std::string by;      // the sysctl, and where the way back leads
  std::string repair;  // a command
};

// Why packets of `sender` that come in on `link` are dropped. nullopt: they are not, as far as the kernel's route to
// the sender and net.ipv4.conf.*.rp_filter tell. IPv6 has no such filter.
std::optional<ReversePathDrop> WhatReversePathDoes(KernelReader& kernel, const AddressTable& table,
                                                   const std::string& link, const arbiter::IpAddress& sender);

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_REVERSE_PATH_H_
