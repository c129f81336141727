// A node attached, or told its holds anew: what it holds back locally and what stands here are brought together.
#ifndef ARBITER_CORE_RECONCILE_H_
#define ARBITER_CORE_RECONCILE_H_

#include "arbiter/core/context.h"

namespace arbiter::core {

// `cases`: those that the node, or a matter or release of the cluster, is concerned with. A hold that nobody here
// remembers is taken over, so that it ends by the same rules as any other.
void ReconcileOnAttach(Context& ctx, const Cases& cases, const Node& node);

// Holds that the node has ended by itself end here, too.
void ReconcileOnChange(Context& ctx, Matter& matter, const Node& node);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_RECONCILE_H_
