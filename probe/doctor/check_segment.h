// What others say on the segment, against this node's configuration. Pure.
#ifndef PROBE_DOCTOR_CHECK_SEGMENT_H_
#define PROBE_DOCTOR_CHECK_SEGMENT_H_

#include <string>
#include <vector>

#include "probe/doctor/finding.h"
#include "probe/doctor/heard.h"
#include "probe/keepalived/config.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// Adverts of others that this node's keepalived would drop or misread: address list, authentication, version, interval,
// TTL, checksum, unicast against multicast; VRIDs that somebody else uses; the same VIP under another VRID; two that
// advertise at once. Where nobody was heard that is said, too: a segment that is silent proves nothing.
Findings CheckSegment(const keepalived::Config& config, const Heard& heard);

// Another host that answers for a VIP which this node holds.
struct Answering {
  arbiter::IpAddress vip;
  std::string mac;
  std::string interface;
  std::string how;  // "ARP reply"

  friend bool operator==(const Answering&, const Answering&) = default;
};

// Each of them is a fault: clients reach one or the other.
Findings CheckAnswering(const std::vector<Answering>& answering);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_SEGMENT_H_
