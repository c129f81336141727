// Packet filter rules that drop VRRP, by name. Pure.
#ifndef PROBE_DOCTOR_CHECK_FILTER_H_
#define PROBE_DOCTOR_CHECK_FILTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/doctor/finding.h"
#include "probe/doctor/heard.h"
#include "probe/filter/advert_packet.h"
#include "probe/filter/ruleset.h"
#include "probe/keepalived/config.h"
#include "probe/netlink/address_table.h"

namespace probe::doctor {

// The adverts that must pass for this configuration: of each instance those that come in and those that go out. Senders
// are the peers that it names, else those that were heard, else anybody on the interface's networks.
std::vector<filter::AdvertPacket> PacketsOf(const keepalived::Config& config, const Heard& heard,
                                            const netlink::AddressTable& table);

// The rule that drops one of `packets` for certain is a fault; one of which that depends on more than is known here is
// a warning. `legacy_tables`: those of iptables-legacy, which nftables does not list.
Findings CheckFilter(const absl::StatusOr<filter::Ruleset>& ruleset, const std::vector<filter::AdvertPacket>& packets,
                     const std::vector<std::string>& legacy_tables);

// What keepalived's own table (vrrp_strict) keeps from VIPs, and how they are reached. It is meant so, and no fault.
Findings CheckStrict(const keepalived::Config& config, const absl::StatusOr<filter::Ruleset>& ruleset);

// What drops adverts besides the packet filter, as a packet of that sender on that interface meets it: the reverse path
// filter, tc. Empty evidence: nothing that could be found.
struct OtherDrop {
  std::string evidence;
  std::string repair;
};
using FindOtherDrop = std::function<OtherDrop(const std::string& interface, const arbiter::IpAddress& sender)>;

// The same by evidence: adverts that were seen on the wire and not delivered to a raw socket. Names the rule where one
// of `packets` meets it.
Findings CheckDelivery(const Heard& heard, const absl::StatusOr<filter::Ruleset>& ruleset,
                       const FindOtherDrop& other = {});

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_FILTER_H_
