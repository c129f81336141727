// What stands behind a hold, and how it ends: the survivor is watched (survivor.h), the node's part is supervised, the
// incident closes.
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
void StepIncident(Context& ctx, Matter& matter);

// Releases of the VIP that a node has not confirmed are sent again.
void StepReleases(Context& ctx, Case& c);
std::optional<Instant> ReleaseDue(const Context& ctx, const Case& c);

// Ends the hold of a node: it may answer for the VIPs again. `why` is for operators.
void ReleaseHold(Context& ctx, Matter& matter, const std::string& node, const std::string& why);

// The same for some of the hold's VIPs; it goes on with the others.
void ReleaseVips(Context& ctx, Matter& matter, const std::string& node, const Cases& vips, const std::string& why);

// The VIPs are the incident's no longer, nor its holds'. Nodes that were held back from them are, as far as is known,
// shut: they are put down so in `into`, except the survivor of that, whose gates open.
void LeaveIncident(Context& ctx, Matter& matter, const Cases& vips, Contest& into);

// Lets the node in where the contest shut it out. What a hold shut for good before is on the node until it confirms the
// release.
void LetIn(Context& ctx, const Cases& vips, const std::string& node, const Shut& shut, const std::string& why);

// When StepIncident has to run again even if nothing happens.
std::optional<Instant> IncidentDue(const Context& ctx, const Matter& matter);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_HOLD_END_H_
