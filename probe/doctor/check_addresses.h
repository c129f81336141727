// The daemon, and the addresses that it should own. Pure.
#ifndef PROBE_DOCTOR_CHECK_ADDRESSES_H_
#define PROBE_DOCTOR_CHECK_ADDRESSES_H_

#include <map>
#include <string>
#include <vector>

#include "probe/doctor/finding.h"
#include "probe/doctor/heard.h"
#include "probe/keepalived/config.h"
#include "probe/keepalived/daemon_status.h"
#include "probe/netlink/address_table.h"

namespace probe::doctor {

// Whether the daemon runs, by its pid file, and is not frozen.
Findings CheckDaemon(const keepalived::DaemonStatus& status);

// What is needed to say who owns an address.
struct AddressFacts {
  const keepalived::Config& config;
  const keepalived::DaemonStatus& daemon;
  const netlink::AddressTable& table;
  const Heard& heard;
  std::vector<arbiter::IpAddress> named;                // VIPs that the probe's configuration lists
  std::map<arbiter::IpAddress, std::string> shut = {};  // VIPs behind a shut gate, and who shut it
  std::vector<std::string> managers = {};               // programs that run here and give interfaces their addresses
};

// Whether the instances' interfaces and addresses let the daemon run them: what keeps one in FAULT, and the repair.
Findings CheckInstances(const keepalived::Config& config, const netlink::AddressTable& table);

// Each VIP (of the daemon's configuration, of the probe's, of others' adverts) that is configured here: a leftover of a
// dead daemon, one that was added by hand, one that a backup kept, one on another interface than its instance's, one
// that the kernel does not use; and each that this node advertises and no interface has.
Findings CheckAddresses(const AddressFacts& facts);

// An IPv4 address with the label that ifconfig(8) goes by, in the kernel's order.
struct LabelledAddress {
  arbiter::IpAddress address;
  std::string label;  // "eth0", or "eth0:1"
};

// VIPs that ifconfig does not show: it shows one address a label. To know, and no fault.
Findings CheckIfconfig(const keepalived::Config& config, const std::vector<LabelledAddress>& addresses);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_ADDRESSES_H_
