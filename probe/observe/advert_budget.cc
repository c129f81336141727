#include "probe/observe/advert_budget.h"

#include <tuple>

namespace probe::observe {
namespace {

using arbiter::Rate;
using arbiter::TokenBucket;

// keepalived's shortest interval is 10 ms: 100 adverts a second of one router.
constexpr Rate kRouter = {200, 400};
constexpr Rate kExpectedInAll = {10'000, 10'000};
constexpr Rate kExpectedNewcomers = {200, 1024};
// A source that has 255 routers with an advert a second each, and a segment with four of them.
constexpr Rate kSource = {300, 600};
constexpr Rate kInAll = {1'000, 1'000};
constexpr Rate kNewcomers = {20, 256};

}  // namespace

AdvertBudget::AdvertBudget()
    : budgets_{Budget{kRouter, TokenBucket(kExpectedInAll), TokenBucket(kExpectedNewcomers)},
               Budget{kRouter, TokenBucket(kExpectedInAll), TokenBucket(kExpectedNewcomers)},
               Budget{kSource, TokenBucket(kInAll), TokenBucket(kNewcomers)},
               Budget{kSource, TokenBucket(kInAll), TokenBucket(kNewcomers)}} {}

bool AdvertBudget::Take(const vrrp::Glance& sender, const Expected& expected, Instant now) {
  return TakeAs(StandingOf(sender, expected), sender, now);
}

bool AdvertBudget::TakeOwn(const vrrp::Glance& sender, Instant now) { return TakeAs(Standing::kOwn, sender, now); }

bool AdvertBudget::TakeAs(Standing standing, const vrrp::Glance& sender, Instant now) {
  const bool taken = MayBeRead(sender, standing, now);
  if (!taken) ++passed_over_;
  return taken;
}

AdvertBudget::Standing AdvertBudget::StandingOf(const vrrp::Glance& sender, const Expected& expected) {
  if (expected.sources.contains(sender.source)) return Standing::kExpected;
  return expected.vrids[sender.vrid] ? Standing::kOurRouter : Standing::kStranger;
}

bool AdvertBudget::MayBeRead(const vrrp::Glance& sender, Standing standing, Instant now) {
  Budget& budget = budgets_[static_cast<std::size_t>(standing)];
  const bool by_router = standing == Standing::kOwn || standing == Standing::kExpected;
  const Sender key{sender.source, by_router ? sender.vrid : std::uint8_t{0}, standing == Standing::kOwn};
  auto found = kept_.find(key);
  if (found == kept_.end()) {
    if (!budget.newcomers.Take(now)) return false;
    if (kept_.size() >= kMostKept) MakeRoom();
    found = kept_.emplace(key, Kept{TokenBucket(budget.each), standing, now}).first;
  }
  found->second.standing = standing;
  found->second.last = now;
  return found->second.bucket.Take(now) && budget.all.Take(now);
}

// Strangers go first, then sources that nobody named; of these the one that has been silent for longest.
void AdvertBudget::MakeRoom() {
  auto worst = kept_.begin();
  for (auto at = kept_.begin(); at != kept_.end(); ++at) {
    const bool worse =
        std::tuple(at->second.standing, worst->second.last) > std::tuple(worst->second.standing, at->second.last);
    if (worse) worst = at;
  }
  kept_.erase(worst);
}

}  // namespace probe::observe
