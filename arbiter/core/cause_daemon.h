// Claimants that send no adverts: a daemon that is gone or does not run, or an address that no daemon owns.
#ifndef ARBITER_CORE_CAUSE_DAEMON_H_
#define ARBITER_CORE_CAUSE_DAEMON_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// kDaemonGone, kDaemonFrozen, kManualAddress: each at most once, with the nodes that it holds for.
//
// A silent claimant whose process is alive can be told by what else is known. A backup router is silent by right while
// it hears adverts of no lower priority than its own: an address that is there all the same was put there by somebody
// else. A node that got the VIP while another was advertising it did not get it from its daemon either, which
// advertises first. One that had it before, and fell silent, has a daemon that does not run as it should.
void FindDaemonCauses(const std::vector<Side>& sides, Findings& findings);

// The side has the VIP by its running daemon, which has no reason to be silent, and none of its adverts is on the wire:
// something on that host keeps them from it.
bool IsMute(const Side& side, const std::vector<Side>& sides);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_DAEMON_H_
