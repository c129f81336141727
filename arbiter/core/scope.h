// What else a demotion would drop, and whether that is safe.
#ifndef ARBITER_CORE_SCOPE_H_
#define ARBITER_CORE_SCOPE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "arbiter/core/context.h"

namespace arbiter::core {

// VIPs that have to be served by the same node as the case's: its sync group's, and, on nodes whose gate cannot work,
// whatever their rungs drop together. Sorted, without the VIP itself.
std::vector<IpAddress> BoundWith(const World& world, const Case& c);

// Notes who keeps the VIP by the last verdict on it, and since when; also while the question is put anew. To be called
// after each step of a case.
void RememberKeeper(Case& c, Instant now);

// The nodes that keep a VIP bound together with this one, or this one itself, best first: who may keep most of them,
// then who was chosen first. So the same one prevails for the whole group, whoever of them can serve a VIP at all.
// Empty where nothing is bound together with the VIP.
std::vector<std::string> PrecedentsFor(const Context& ctx, const Case& c);

// How much a node's precedent counts: more is better, 0 is none.
std::size_t WeightIn(const std::vector<std::string>& precedents, const std::string& node);

// A VIP of the same sync group that `node` is to keep while the survivor of the case's incident is held back from it:
// were `node` held back from this one, the group would be torn for as long as both holds stand. Null: there is none, or
// the survivor keeps yet another one, so that the group is torn already.
const IpAddress* KeptInstead(const Context& ctx, const Case& c, const std::string& node);

// Rungs of `node` for the case's VIP that would drop a VIP which nobody else is known to serve. `survivor` serves the
// case's own VIP.
struct RungVerdict {
  std::vector<RungKind> allowed;
  std::vector<RungKind> forbidden;
  std::string why_none;  // where none is allowed: what stands in the way and what would make it possible
};
RungVerdict JudgeRungs(Context& ctx, const Case& c, const std::string& node);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SCOPE_H_
