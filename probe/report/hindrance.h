// Why this node could not serve the VIPs of an instance now, as far as its links, its addresses and the daemon's
// configuration tell. keepalived itself is not asked: it tells its state in a dump only, which a look must not cause.
#ifndef PROBE_REPORT_HINDRANCE_H_
#define PROBE_REPORT_HINDRANCE_H_

#include <string>
#include <vector>

#include "probe/keepalived/config.h"
#include "probe/report/layout.h"
#include "probe/report/owner_index.h"
#include "probe/report/vip_place.h"
#include "proto/model/report.h"

namespace probe::report {

using arbiter::model::Hindrance;

// What keeps keepalived from running the instance, or from being heard where it does: the state of the interfaces that
// it goes by, and of those of its sync group. Empty: nothing is known against it.
[[nodiscard]] std::vector<Hindrance> HindrancesOf(const keepalived::Instance& instance, const OwnerIndex& owners,
                                                  const Layout& layout);

// What keeps the host from answering for a VIP that is configured there: another host has it (duplicate address
// detection). Empty: nothing, or it is not configured.
[[nodiscard]] std::vector<Hindrance> HindrancesAt(const VipPlace& place);

// What else the instance's configuration lets put it into FAULT, and cannot be seen from here: its scripts and files
// ("script chk_haproxy (keepalived.conf:12)"), those of its sync group included.
[[nodiscard]] std::vector<std::string> FaultSuspectsOf(const keepalived::Config& config,
                                                       const keepalived::Instance& instance, const OwnerIndex& owners);

}  // namespace probe::report

#endif  // PROBE_REPORT_HINDRANCE_H_
