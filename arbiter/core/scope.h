// What else a demotion would drop, and whether that is safe.
#ifndef ARBITER_CORE_SCOPE_H_
#define ARBITER_CORE_SCOPE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "arbiter/core/context.h"

namespace arbiter::core {

// VIPs that have to be served by the same node as the case's: its sync group's, and, on nodes whose gate cannot work,
// whatever their rungs drop together. Sorted, without the VIP itself.
std::vector<IpAddress> BoundWith(const World& world, const Case& c);

// Notes who keeps the VIP by the last verdict on it, and since when; also while the question is put anew. To be called
// after each step of a case.
void RememberKeeper(Case& c, Instant now);

// The node that keeps a VIP bound together with this one, or this one itself, and whose word on this one is `eligible`.
// Of several the one that may keep most of them, then the one that was chosen first: so the same one prevails for the
// whole group. Empty: there is none, or nothing is bound together with the VIP.
std::string PrecedentFor(const Context& ctx, const Case& c, absl::FunctionRef<bool(const Party&)> eligible);

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
