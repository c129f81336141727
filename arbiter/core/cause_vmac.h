// Virtual MACs (RFC 9568, section 7.3) that one side alone uses as the other would have to.
#ifndef ARBITER_CORE_CAUSE_VMAC_H_
#define ARBITER_CORE_CAUSE_VMAC_H_

#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// A macvlan takes multicast frames that come from its own MAC away from the interface below it. So a daemon that
// listens on that interface (vmac_xmit_base) is never delivered adverts of one that sends from the macvlan of the same
// VRID.
bool OwnMacvlanTakesFramesOf(const Side& speaker, const Side& listener);

// kVmacMismatch.
void FindVmacCauses(const std::vector<Side>& sides, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_VMAC_H_
