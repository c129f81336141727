// A contest that lasted is a split: the incident, the holds, and what has to be durable before anybody is told.
#ifndef ARBITER_CORE_SPLIT_H_
#define ARBITER_CORE_SPLIT_H_

#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

// The standing contest is a split now: opens the incident (or goes on with the open one), writes the holds that it
// leads to, and ends the contest. In observe mode, and where no demotion is safe, there is an incident and no hold.
void Confirm(Context& ctx, Case& c);

// The incident's write is durable, or failed with `error`: orders go out, or it is written again.
void OnWritten(Context& ctx, Case& c, const std::string& error);

// In observe mode only what an operator ordered himself is ordered.
[[nodiscard]] bool MayOrder(const Context& ctx, const Case& c, const Hold& hold);

// Sends the hold to its node. The survivor has affirmed and serves the VIP.
void OrderHoldOn(Context& ctx, Case& c, Hold& hold);

// Ends holds that are about to be ordered and would tear a sync group; another contest follows. Verdicts of one group
// that were written while none could be ordered (a full disk) may differ.
void WithdrawWhatTears(Context& ctx, Case& c);

// Names the causes anew out of what is known by now; a cause once proven stays.
void RefineCauses(Context& ctx, Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SPLIT_H_
