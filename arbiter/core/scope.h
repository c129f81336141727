// What else a demotion would drop, and whether that is safe.
#ifndef ARBITER_CORE_SCOPE_H_
#define ARBITER_CORE_SCOPE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "arbiter/core/context.h"

namespace arbiter::core {

// VIPs that have to be served by the same node as these: their instances' and sync groups', and, on nodes whose gate
// cannot work, whatever their rungs drop together. Sorted, without these themselves.
std::vector<IpAddress> BoundWith(const World& world, const Cases& vips);

// Notes who keeps the VIP by the last verdict on it, and since when; also while the question is put anew. To be called
// after each step of a case.
void RememberKeeper(Case& c, Instant now);

// The nodes that keep a VIP bound together with these, or one of these themselves, best first: who may keep most of
// them, then who was chosen first. So the same one prevails for the whole group, whoever of them can serve a VIP at
// all. Empty where nothing is bound together with them.
std::vector<std::string> PrecedentsFor(const Context& ctx, const Cases& vips);

// How much a node's precedent counts: more is better, 0 is none.
std::size_t WeightIn(const std::vector<std::string>& precedents, const std::string& node);

// A VIP of the same group that `node` is to keep while the survivor of the matter's incident is held back from it: were
// `node` held back from these, the group would be torn for as long as both holds stand. Null: there is none, or the
// survivor keeps yet another one, so that the group is torn already.
const IpAddress* KeptInstead(const Context& ctx, const Matter& matter, const std::string& node);

// Rungs of `node` for the VIPs that would drop a VIP which nobody else is known to serve. The survivor serves the VIPs
// themselves.
struct RungVerdict {
  std::vector<RungKind> allowed;
  std::vector<RungKind> forbidden;
  std::string why_none;  // where none is allowed: what stands in the way and what would make it possible
};
RungVerdict JudgeRungs(const Context& ctx, const Cases& vips, const std::string& node);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SCOPE_H_
