// A contest that lasted is a split: the incident, the holds, and what has to be durable before anybody is told.
#ifndef ARBITER_CORE_SPLIT_H_
#define ARBITER_CORE_SPLIT_H_

#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

// The standing contest is a split now: opens the incident (or goes on with the open one), writes the holds that it
// leads to, and ends the contest. In observe mode, and where no demotion is safe, there is an incident and no hold.
void Confirm(Context& ctx, Matter& matter);

// An incident about these VIPs, which are in the matter's care. Nothing is told or written yet.
OpenIncident& OpenIncidentFor(Context& ctx, Matter& matter, const Cases& vips, Instant opened);

// The incident's write is durable, or failed with `error`: orders go out, or it is written again.
void OnWritten(Context& ctx, Matter& matter, const std::string& error);

// In observe mode only what an operator ordered himself is ordered.
[[nodiscard]] bool MayOrder(const Context& ctx, const Matter& matter, const Hold& hold);

// Sends to its node what it has not confirmed of the hold. The survivor has affirmed and serves the VIPs.
void OrderHoldOn(Context& ctx, Matter& matter, Hold& hold);

// Ends holds that are about to be ordered and would tear a group; another contest follows. Verdicts of one group that
// were written while none could be ordered (a full disk) may differ.
void WithdrawWhatTears(Context& ctx, Matter& matter);

// Names the causes anew out of what is known by now; one that was proven stays until it has demonstrably gone, and is
// struck then.
void RefineCauses(Context& ctx, Matter& matter);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SPLIT_H_
