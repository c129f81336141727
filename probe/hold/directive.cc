#include "probe/hold/directive.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace probe::hold {

namespace {

constexpr std::size_t kMostDetails = 3;

// What is said of those VIPs, each once.
std::string Details(const std::vector<VipOutcome>& outcomes, Outcome of) {
  std::vector<std::string> details;
  for (const VipOutcome& each : outcomes) {
    if (each.outcome != of || each.detail.empty()) continue;
    if (std::find(details.begin(), details.end(), each.detail) != details.end()) continue;
    if (details.size() == kMostDetails) return absl::StrCat(absl::StrJoin(details, "; "), "; and more");
    details.push_back(each.detail);
  }
  return absl::StrJoin(details, "; ");
}

}  // namespace

DirectiveResult Fold(const Fence& fence, const std::vector<VipOutcome>& outcomes) {
  DirectiveResult result;
  result.fence = fence;
  for (const Outcome outcome : {Outcome::kRefused, Outcome::kFailed, Outcome::kDone}) {
    const bool any = std::any_of(outcomes.begin(), outcomes.end(),
                                 [outcome](const VipOutcome& each) { return each.outcome == outcome; });
    if (any) result.outcome = outcome;
  }
  result.detail = Details(outcomes, result.outcome);
  for (const VipOutcome& each : outcomes) {
    result.vips.push_back(each.vip);
    if (each.outcome != result.outcome) result.exceptions.push_back(each);
  }
  return result;
}

std::string Listed(Vips vips) {
  if (vips.empty()) return "";
  if (vips.size() == 1) return vips.front().ToString();
  if (vips.size() == 2) return absl::StrCat(vips.front().ToString(), ", ", vips.back().ToString());
  return absl::StrCat(vips.front().ToString(), " ... ", vips.back().ToString(), " (", vips.size(), " VIPs)");
}

}  // namespace probe::hold
