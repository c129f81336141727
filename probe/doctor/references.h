// Whom this node may ask whether it is on its VIPs' segments, and whether they answer now.
#ifndef PROBE_DOCTOR_REFERENCES_H_
#define PROBE_DOCTOR_REFERENCES_H_

#include <set>
#include <string>
#include <vector>

#include "probe/doctor/check_gate.h"
#include "probe/netlink/address_table.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// One segment, for one address family.
struct ReferencePlan {
  std::string interface;
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;
  std::vector<arbiter::IpAddress> configured;
  std::set<arbiter::IpAddress> vips;     // never spoken for
  std::set<arbiter::IpAddress> cluster;  // other nodes, as far as they are known: never asked
};

// Blocks for a quarter of a second at most.
ReferenceFacts AskReferences(const ReferencePlan& plan, const netlink::AddressTable& table);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_REFERENCES_H_
