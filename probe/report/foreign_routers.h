// The routers on this node's segments that have nothing to do with its own: of VRRP by their adverts, and of CARP and
// HSRP. They are shown, and nobody misses their addresses.
#ifndef PROBE_REPORT_FOREIGN_ROUTERS_H_
#define PROBE_REPORT_FOREIGN_ROUTERS_H_

#include <cstddef>
#include <vector>

#include "arbiter/v1/report.pb.h"
#include "probe/observe/gateway_tracker.h"
#include "probe/report/facts.h"
#include "probe/report/layout.h"

namespace probe::report {

inline constexpr std::size_t kMostForeignRouters = 64;
inline constexpr std::size_t kMostForeignAddresses = 16;  // of one of them

// At most kMostForeignRouters, those that are heard now. A VRRP router is foreign that shares no address with what is a
// VIP here or elsewhere in the cluster, and is not one of this node's own virtual routers that names none.
std::vector<arbiter::v1::ForeignRouter> ForeignRoutersOf(const Facts& facts, const Layout& layout,
                                                         const std::vector<observe::Gateway>& gateways);

}  // namespace probe::report

#endif  // PROBE_REPORT_FOREIGN_ROUTERS_H_
