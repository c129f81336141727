// A host that is no node of the cluster claims a VIP that one of ours serves, or a node does whose probe is away. There
// is nobody that could be told to give it up: it is named, so that an operator finds it.
#ifndef ARBITER_CORE_STRANGER_H_
#define ARBITER_CORE_STRANGER_H_

#include <optional>

#include "arbiter/core/case.h"
#include "arbiter/core/context.h"

namespace arbiter::core {

// A holder of the VIP sees a stranger claim it, or a node that is away is heard to. Of strangers it trusts only
// holders: a claim that another node heard may be older than the holder's own.
bool StrangerClaims(const Context& ctx, const Case& c);

// Opens an incident where a stranger claims the VIP for a while and neither contest nor incident is open. Call after
// StepContest.
void StepStranger(Context& ctx, Case& c);

// When StepStranger has to look again.
std::optional<Instant> StrangerDue(const Context& ctx, const Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_STRANGER_H_
