// All that this node knows of one VIP, put together.
#ifndef PROBE_REPORT_VIP_REPORT_H_
#define PROBE_REPORT_VIP_REPORT_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "arbiter/v1/report.pb.h"
#include "probe/hold/vip_state.h"
#include "probe/report/facts.h"
#include "probe/report/vip_place.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// The same facts in two forms: for the arbiter, and for this node's holds.
struct VipView {
  arbiter::v1::VipReport report;
  hold::VipState state;
};

// What strangers on the wire can make a node report, at most: a flood of adverts must not hide the node's own VIPs.
inline constexpr std::size_t kMostForeignVips = 1000;
inline constexpr int kMostHeard = 32;  // routers in the report of one VIP

// Every address that counts as a VIP here: named by an advert on this wire, by the VRRP daemon's configuration, by the
// operator or by a hold; or known to another node of the cluster and configured here.
std::set<arbiter::IpAddress> VipsOf(const Facts& facts);

VipView ViewOf(const arbiter::IpAddress& vip, const Facts& facts, Instant now);

// The network on which the interface's own address is ("192.168.1.0/24"), else the VIP's own; empty where neither is
// known.
std::string SegmentOf(const VipPlace& place, const Facts& facts);

// How long a backup waits for adverts (RFC 9568, section 6.1; version 2: RFC 3768, section 6.1).
Duration MasterDownInterval(int version, int priority, Duration advert_interval);

}  // namespace probe::report

#endif  // PROBE_REPORT_VIP_REPORT_H_
