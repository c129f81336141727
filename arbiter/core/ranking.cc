#include "arbiter/core/ranking.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace arbiter::core {
namespace {

bool ReachesSomebody(const Candidate& c) { return c.reach.has_value() && c.reach->answered > 0; }
bool ReachesNobody(const Candidate& c) { return c.reach.has_value() && c.reach->asked > 0 && c.reach->answered == 0; }

bool DiffersInReach(const std::vector<Candidate>& candidates) {
  return std::any_of(candidates.begin(), candidates.end(), ReachesSomebody) &&
         std::any_of(candidates.begin(), candidates.end(), ReachesNobody);
}

std::string Names(const std::vector<IpAddress>& addresses) {
  return absl::StrJoin(addresses, ", ",
                       [](std::string* out, const IpAddress& address) { absl::StrAppend(out, address.ToString()); });
}

// Behind the best priority but cut off counts last; "cannot tell" counts as reaching.
auto KeyOf(const Candidate& c, bool contrast) {
  const bool cut_off = contrast && ReachesNobody(c);
  return std::make_tuple(!cut_off, !c.ordered_off, c.advertises, c.precedent, !c.held_back, c.priority,
                         c.primary_address.value_or(IpAddress()));
}

std::string Reason(const Candidate& best, const Candidate& next, bool contrast) {
  if (contrast && ReachesNobody(next) && ReachesSomebody(best)) {
    return absl::StrCat(best.node, " survives", next.priority > best.priority ? " although " : ", ", next.node,
                        next.priority > best.priority ? " has the higher priority: " : " is cut off: ", next.node,
                        " reaches none of ", Names(next.reach->silent), "; ", best.node, " reaches ",
                        Names(best.reach->answered_by));
  }
  if (next.ordered_off) return absl::StrCat("an operator demoted ", next.node);
  if (best.advertises && !next.advertises) return absl::StrCat(best.node, " advertises, ", next.node, " does not");
  if (best.precedent != next.precedent) {
    return absl::StrCat(best.node, " already serves what has to stay together with it");
  }
  if (!best.held_back && next.held_back) return absl::StrCat(next.node, " is held back");
  if (best.priority != next.priority) {
    return absl::StrCat("priority ", best.priority, " of ", best.node, " against ", next.priority, " of ", next.node);
  }
  if (best.primary_address != next.primary_address) {
    return absl::StrCat("equal priority, ", best.node, " has the higher primary address");
  }
  return absl::StrCat("equal priority and address, ", best.node, " comes first by name");
}

}  // namespace

Ranked Rank(std::vector<Candidate> candidates) {
  const bool contrast = DiffersInReach(candidates);
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    const auto key_a = KeyOf(a, contrast);
    const auto key_b = KeyOf(b, contrast);
    return key_a != key_b ? key_a > key_b : a.node < b.node;
  });
  Ranked result{std::move(candidates), ""};
  if (result.order.size() < 2) return result;
  result.reason = Reason(result.order[0], result.order[1], contrast);
  const bool nobody_reaches = std::all_of(result.order.begin(), result.order.end(), ReachesNobody);
  if (nobody_reaches) absl::StrAppend(&result.reason, "; nobody reaches any reference host, so reach decides nothing");
  return result;
}

std::set<std::string> LevelWithFirst(const std::vector<Candidate>& order) {
  std::set<std::string> level;
  if (order.empty()) return level;
  const bool contrast = DiffersInReach(order);
  for (auto candidate = order.begin() + 1; candidate != order.end(); ++candidate) {
    Candidate preferred = *candidate;
    preferred.precedent = order.front().precedent + 1;
    if (KeyOf(preferred, contrast) > KeyOf(order.front(), contrast)) level.insert(preferred.node);
  }
  return level;
}

}  // namespace arbiter::core
