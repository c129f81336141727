// No cause was found: what was looked at, and what could not be.
#ifndef ARBITER_CORE_CAUSE_UNKNOWN_H_
#define ARBITER_CORE_CAUSE_UNKNOWN_H_

#include <vector>

#include "arbiter/core/cause_side.h"
#include "arbiter/core/incident.h"

namespace arbiter::core {

CauseEvidence DescribeUnknown(const std::vector<Side>& sides);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_UNKNOWN_H_
