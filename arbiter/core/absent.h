// Holds whose survivor has not attached to this arbiter: after a restart, or because it is attached to another one that
// this one does not know. That it is not here proves nothing; what the nodes tell that are held back for its sake does.
#ifndef ARBITER_CORE_ABSENT_H_
#define ARBITER_CORE_ABSENT_H_

#include <string>
#include <vector>

#include "arbiter/core/context.h"
#include "arbiter/core/survivor.h"

namespace arbiter::core {

// Some fresh node other than the survivor knows the VIPs and has a link that carries something: that it has no adverts
// of the survivor means something.
[[nodiscard]] bool SomebodyListens(const Context& ctx, const Matter& matter);

// Nobody has adverts of the survivor, and it has had time to attach. Those that are held back ask their segment: as
// long as anybody answers for one of the VIPs the hold stands; it is gone where nobody did, asked twice. Probes of
// 0.1.0 cannot ask: then its absence counts.
SurvivorState AskForAbsent(Context& ctx, Matter& matter);

// What operators are to know of such holds in the cluster: one line for each.
[[nodiscard]] std::vector<std::string> WarningsOfAbsent(const World& world, const Cluster& cluster, Instant now);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_ABSENT_H_
