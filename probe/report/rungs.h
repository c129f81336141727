// The ways in which this node can give a VIP up, and why some of them cannot work.
#ifndef PROBE_REPORT_RUNGS_H_
#define PROBE_REPORT_RUNGS_H_

#include <string>
#include <vector>

#include "probe/hold/vip_state.h"
#include "probe/keepalived/config.h"
#include "probe/report/facts.h"
#include "probe/report/layout.h"
#include "probe/report/vip_place.h"

namespace probe::report {

// An empty scope is the VIP alone that the rung is asked for.

hold::Rung GateRung(const std::vector<GatePoint>& points, const Layout& layout, const Facts& facts);

// `instance` is nullptr where no instance of the daemon owns the VIP.
hold::Rung TrackFileRung(const keepalived::Instance* instance, const Facts& facts);

// Where a live daemon owns the address, removing it takes the instance's other VIPs with it (keepalived leaves MASTER,
// and comes back with all of them in 0.65 s): never usable then. `named` says that the daemon's configuration has it,
// or may have; `why_not`, why this node may not do it whatever the daemon is. `state` needs `daemon`.
hold::Rung RemovalRung(const hold::VipState& state, const VipPlace* place, bool named, std::string why_not,
                       const Facts& facts);

hold::Rung StopRung(const Facts& facts);
// The same, as it is for a VIP.
hold::Rung StopRungOf(const hold::Rung& stop, const hold::VipState& state);

// None of them is for an address that nothing may be done to.
void Refuse(const std::string& why, std::vector<hold::Rung>* rungs);

}  // namespace probe::report

#endif  // PROBE_REPORT_RUNGS_H_
