#include "probe/observe/claim_budget.h"

namespace probe::observe {
namespace {

using arbiter::Rate;

// keepalived announces a VIP five times, and again five seconds later.
constexpr Rate kVip = {20, 40};
// A thousand VIPs that change hands at once.
constexpr Rate kVipsInAll = {2'000, 10'000};
constexpr Rate kOthers = {300, 300};
// As many VIPs as a node may report; those that are none any more go when there are more than that.
constexpr std::size_t kMostKept = 8'192;

}  // namespace

ClaimBudget::ClaimBudget() : all_vips_(kVipsInAll), others_(kOthers) {}

bool ClaimBudget::Take(const arbiter::IpAddress& claimed, bool is_vip, Instant now) {
  const bool taken = MayBeRead(claimed, is_vip, now);
  if (!taken) ++passed_over_;
  return taken;
}

bool ClaimBudget::MayBeRead(const arbiter::IpAddress& claimed, bool is_vip, Instant now) {
  if (!is_vip) return others_.Take(now);
  if (vips_.size() >= kMostKept && !vips_.contains(claimed)) vips_.clear();
  return vips_.try_emplace(claimed, kVip).first->second.Take(now) && all_vips_.Take(now);
}

}  // namespace probe::observe
