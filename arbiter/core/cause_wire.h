// Causes between two taps: what one claimant sends, what the other has on its wire, and what it is delivered.
#ifndef ARBITER_CORE_CAUSE_WIRE_H_
#define ARBITER_CORE_CAUSE_WIRE_H_

#include <optional>
#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// kChecksumOrTtl, kIsolatedNode, kFilteredOnHost, kLostInNetwork. Loss needs a sender whose gate is open, for what a
// shut gate stops looks the same; and is not named where the adverts could not arrive for another reason that was
// found. `explained`: something else is proven to split the VIP already, and a filter needs more to be named beside it.
void FindWireCauses(const std::vector<Side>& sides, std::optional<Instant> now, bool explained, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_WIRE_H_
