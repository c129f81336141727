// What stands behind a hold, and how it ends: the survivor is watched, the node's part is supervised, the incident
// closes.
//
// A hold must never keep a VIP down. It ends when an operator says so; when the survivor has given the VIP up, went
// silent, does not affirm and nobody hears its adverts, or reaches nobody on the segment where the held node reaches
// somebody; or when a trial shows that the cause has gone (trial.h).
#ifndef ARBITER_CORE_HOLD_END_H_
#define ARBITER_CORE_HOLD_END_H_

#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

// A survivor behind a dead switch port affirms all the same: whom it reaches is asked this often.
inline constexpr Duration kReachEvery = std::chrono::seconds(5);

// Takes the open incident as far as it goes. Call only with an incident.
void StepIncident(Context& ctx, Case& c);

// Releases that a node has not confirmed are sent again.
void StepReleases(Context& ctx, Case& c);

// Ends the hold of a node: it may answer for the VIP again. `why` is for operators.
void ReleaseHold(Context& ctx, Case& c, const std::string& node, const std::string& why);

// A node attached or told its holds anew: what it holds locally and what stands here are brought together.
void ReconcileOnAttach(Context& ctx, Case& c, const Node& node);
void ReconcileOnChange(Context& ctx, Case& c, const Node& node);

// When StepIncident or StepReleases has to run again even if nothing happens.
std::optional<Instant> IncidentDue(const Context& ctx, const Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_HOLD_END_H_
