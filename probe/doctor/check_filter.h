// Packet filter rules that drop VRRP, by name. Pure.
#ifndef PROBE_DOCTOR_CHECK_FILTER_H_
#define PROBE_DOCTOR_CHECK_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/doctor/advert_packet.h"
#include "probe/doctor/finding.h"
#include "probe/doctor/heard.h"
#include "probe/doctor/ruleset.h"
#include "probe/keepalived/config.h"

namespace probe::doctor {

// The adverts that must pass for this configuration: of each instance those that come in and those that go out. Senders
// are the peers that it names, else those that were heard, else anybody.
std::vector<AdvertPacket> PacketsOf(const keepalived::Config& config, const Heard& heard);

// The rule that drops one of `packets` for certain is a fault; one of which that depends on more than is known here is
// a warning. `legacy_tables`: those of iptables-legacy, which nftables does not list.
Findings CheckFilter(const absl::StatusOr<Ruleset>& ruleset, const std::vector<AdvertPacket>& packets,
                     const std::vector<std::string>& legacy_tables);

// The same by evidence: adverts that were seen on the wire and not delivered to a raw socket. Names the rule where one
// of `packets` meets it.
Findings CheckDelivery(const Heard& heard, const absl::StatusOr<Ruleset>& ruleset);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_FILTER_H_
