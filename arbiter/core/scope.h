// What else a demotion would drop, and whether that is safe.
#ifndef ARBITER_CORE_SCOPE_H_
#define ARBITER_CORE_SCOPE_H_

#include <string>
#include <vector>

#include "arbiter/core/context.h"

namespace arbiter::core {

// VIPs that have to be served by the same node as the case's: its sync group's, and, on nodes whose gate cannot work,
// whatever their rungs drop together. Sorted, without the VIP itself.
std::vector<IpAddress> BoundWith(const World& world, const Case& c);

// The node that already is the survivor of a VIP bound together with this one; empty: there is none.
std::string PrecedentFor(Context& ctx, const Case& c);

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
