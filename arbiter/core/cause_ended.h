// What was named as a cause and is not found any more: has it gone, or is it only hidden?
#ifndef ARBITER_CORE_CAUSE_ENDED_H_
#define ARBITER_CORE_CAUSE_ENDED_H_

#include <vector>

#include "arbiter/core/cause.h"
#include "arbiter/core/cause_side.h"

namespace arbiter::core {

// The cause, which was named before and is not found in the same facts, holds no longer: what would show it can be seen
// and does not. A shut gate hides what is on the wire, and a node that is away tells nothing: then it is kept.
bool HasEnded(Cause cause, const std::vector<Side>& sides, const CauseInput& input);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_ENDED_H_
