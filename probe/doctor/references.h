// Whom this node may ask whether it is on its VIPs' segments, and whether they answer now.
#ifndef PROBE_DOCTOR_REFERENCES_H_
#define PROBE_DOCTOR_REFERENCES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "probe/doctor/check_gate.h"
#include "probe/keepalived/config.h"
#include "probe/netlink/address_table.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// One segment, for one address family.
struct ReferencePlan {
  std::string interface;
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;
  std::vector<arbiter::IpAddress> configured;
  std::set<arbiter::IpAddress> vips;        // never spoken for
  std::set<arbiter::IpAddress> cluster;     // other nodes, as far as they are known: never asked
  std::set<arbiter::IpAddress> heard = {};  // hosts that spoke there just now
};

using Segment = std::pair<std::string, arbiter::IpAddress::Family>;  // interface, family

// Where clients look for the VIPs, which need not be where the instances speak. Of an instance without a VIP: its own.
std::set<Segment> SegmentsOf(const keepalived::Config& config);

// Blocks for a quarter of a second at most.
ReferenceFacts AskReferences(const ReferencePlan& plan, const netlink::AddressTable& table);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_REFERENCES_H_
