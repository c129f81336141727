// Whether the cause of a split has gone is tried behind the shut gate, where no client can notice.
//
// The daemon is let go while nobody hears it. One that stays backup for a master-down interval hears the survivor:
// cured. One that is active there may only be the better one: its adverts alone are let out. If the survivor yields to
// them, the gate opens in that moment (hold_end.h sees the survivor gone); if it does not within a few adverts, the
// cause persists: the gate shuts again, and the next trial waits twice as long, unless something that matters changes
// before.
#ifndef ARBITER_CORE_TRIAL_H_
#define ARBITER_CORE_TRIAL_H_

#include "arbiter/core/context.h"

namespace arbiter::core {

enum class TrialOutcome { kGoesOn, kCured };

// Begins, continues or ends the trial of one hold whose survivor serves the VIPs.
TrialOutcome StepTrial(Context& ctx, Matter& matter, Hold& hold);

// When StepTrial has to run again even if nothing happens.
std::optional<Instant> TrialDue(const Context& ctx, const Hold& hold);

// What the trial is at, for an operator; empty when none runs.
std::string TrialText(const Hold& hold);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_TRIAL_H_
