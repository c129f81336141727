// Whether the survivor of an incident still serves its VIPs, and what happens when it does not.
#ifndef ARBITER_CORE_SURVIVOR_H_
#define ARBITER_CORE_SURVIVOR_H_

#include "arbiter/core/context.h"

namespace arbiter::core {

enum class SurvivorState { kServes, kAskIt, kNotKnownYet, kGone };

// Looks at the survivor, and asks it where something looks wrong. What it has lost while it serves the rest is taken
// from the incident, and whoever is held back from it is let in.
SurvivorState LookAtSurvivor(Context& ctx, Matter& matter);

// Another node takes its place: one that serves the VIPs already, or the best of those that are held back.
void OnSurvivorGone(Context& ctx, Matter& matter);

// A hold waits to be stated again, which wants a new affirmation. A contest decides anew who survives: until it is over
// no hold of an earlier verdict is stated again.
bool WantsRestating(const Context& ctx, const Matter& matter);

// The survivor and those that are held back for its sake: what counts is who reaches the segment where another does
// not.
Round AskSurvivor(Context& ctx, const Matter& matter);

// After this long without a heartbeat, and before the node counts as stale, the survivor is asked.
Duration Overdue(const Policy& policy);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SURVIVOR_H_
