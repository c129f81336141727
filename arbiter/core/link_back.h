// A daemon that ignores its link (dont_track_primary) is active all along behind a cable that is out. When the link is
// back two nodes answer until one of them has heard the other's next advert, and yields.
#ifndef ARBITER_CORE_LINK_BACK_H_
#define ARBITER_CORE_LINK_BACK_H_

#include <optional>

#include "arbiter/core/context.h"

namespace arbiter::core {

// Until when that is waited for in the contest, and the node counts as one that advertises; nullopt: not at all, or no
// more.
std::optional<Instant> FindsItsPlaceUntil(const Context& ctx, const Contest& contest, const VipReport& report);

// One of those that answered finds its place, and nobody on the segment answers it so far: asked again it may.
bool AnyReachesNobodyYet(const Context& ctx, const Contest& contest, const Round& round);

// When what still lasts of the contest is a split.
Instant ConfirmAt(const Context& ctx, const Contest& contest);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_LINK_BACK_H_
