// Which matter a VIP belongs to: what is bound together and contested between the same nodes is one split.
#ifndef ARBITER_CORE_JOINING_H_
#define ARBITER_CORE_JOINING_H_

#include <set>
#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

std::set<std::string> NamesIn(const Nodes& nodes);

// Between whom the matter stands.
std::set<std::string> PartiesOf(const Matter& matter);

// Another open matter between the same nodes that has a VIP which belongs together with this one; null: there is none.
Matter* MatterFor(Context& ctx, const Case& c, const std::set<std::string>& names);

// The contest goes to the incident of another matter whose verdict is the same, between the same nodes, about what is
// bound together with its VIPs: it was a matter of its own because the verdict was another one for a while. True when
// there is such an incident; the other matter is to be stepped then, this one has no contest any more.
bool JoinsIncident(Context& ctx, Matter& matter);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_JOINING_H_
