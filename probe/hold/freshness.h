// Whether a directive may still be obeyed: never one of an older term, one that is late, or one a second time.
#ifndef PROBE_HOLD_FRESHNESS_H_
#define PROBE_HOLD_FRESHNESS_H_

#include <cstdint>
#include <string>

#include "probe/hold/directive.h"
#include "probe/hold/hold_store.h"

namespace probe::hold {

// An arbiter takes the next term at each start: one that is further from the newest seen than this, or too high to be
// told exactly by a JSON number, is none that an arbiter of ours came to. The first that a node without a term and
// without holds hears of is taken from wherever its arbiters are (a shared store may count in millions).
inline constexpr std::uint64_t kMostTermStep = 1'000'000;
inline constexpr std::uint64_t kTermLimit = std::uint64_t{1} << 53;

// Why that term is not believed after the newest one that was; empty when it is.
[[nodiscard]] std::string WhyImplausible(const HoldMemory& memory, std::uint64_t term);

// Why the directive must not be obeyed at `boot_now`, for whatever VIP; empty when it may. Its age is what has gone on
// this node's own clock since the arbiter last heard from it, so that no two clocks need to agree.
[[nodiscard]] std::string WhyStale(const HoldMemory& memory, const Directive& directive, BootTime boot_now);

// Why a directive with this fence must not be obeyed for that VIP; empty when it may.
[[nodiscard]] std::string WhyRepeated(const HoldMemory& memory, const arbiter::IpAddress& vip, const Fence& fence);

// A newer arbiter has been heard of: what older ones say no longer counts. False where it is no newer one, or none that
// can be believed.
bool RaiseTerm(HoldMemory& memory, std::uint64_t term);

// Keeps a directive with this fence from being obeyed again for those VIPs.
void RememberObeyed(HoldMemory& memory, const Fence& fence, Vips vips);

}  // namespace probe::hold

#endif  // PROBE_HOLD_FRESHNESS_H_
