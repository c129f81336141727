// The ways in which this node can give a VIP up, and why some of them cannot work.
#ifndef PROBE_REPORT_RUNGS_H_
#define PROBE_REPORT_RUNGS_H_

#include <vector>

#include "probe/hold/vip_state.h"
#include "probe/report/facts.h"
#include "probe/report/vip_place.h"

namespace probe::report {

// One of each kind, in the order in which they are climbed; `exec` only where it is allowed. `state` needs
// `configured`, `daemon` and `in_daemon_config`. `place` is nullptr where the VIP has none.
std::vector<hold::Rung> RungsOf(const hold::VipState& state, const VipPlace* place, const Facts& facts);

}  // namespace probe::report

#endif  // PROBE_REPORT_RUNGS_H_
