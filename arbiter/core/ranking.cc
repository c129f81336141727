#include "arbiter/core/ranking.h"

#include <algorithm>
#include <set>
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

// What counts before the priority. "Cannot tell" counts as reaching.
auto MeritOf(const Candidate& c, bool contrast) {
  const bool cut_off = contrast && ReachesNobody(c);
  return std::make_tuple(!cut_off, !c.ordered_off, c.advertises, c.live, c.precedent, !c.unseen, !c.held_back);
}

// Best first by merit; of equal merit by priority where all of these have one, then by address, then by name.
class Better {
 public:
  Better(const std::vector<Candidate>& candidates, bool contrast) : contrast_(contrast) {
    for (const Candidate& c : candidates) {
      if (!c.priority.has_value()) priority_unknown_.insert(MeritOf(c, contrast_));
    }
  }

  bool operator()(const Candidate& a, const Candidate& b) const {
    const auto merit = MeritOf(a, contrast_);
    if (merit != MeritOf(b, contrast_)) return merit > MeritOf(b, contrast_);
    if (!priority_unknown_.contains(merit) && a.priority != b.priority) return a.priority > b.priority;
    const IpAddress address = a.primary_address.value_or(IpAddress());
    const IpAddress other = b.primary_address.value_or(IpAddress());
    return address != other ? address > other : a.node < b.node;
  }

 private:
  bool contrast_;
  std::set<decltype(MeritOf(Candidate(), false))> priority_unknown_;
};

bool HasHigherPriority(const Candidate& a, const Candidate& b) {
  return a.priority.has_value() && b.priority.has_value() && *a.priority > *b.priority;
}

std::string Reason(const Candidate& best, const Candidate& next, bool contrast) {
  if (contrast && ReachesNobody(next) && ReachesSomebody(best)) {
    const bool higher = HasHigherPriority(next, best);
    return absl::StrCat(best.node, " survives", higher ? " although " : ", ", next.node,
                        higher ? " has the higher priority: " : " is cut off: ", next.node, " reaches none of ",
                        Names(next.reach->silent), "; ", best.node, " reaches ", Names(best.reach->answered_by));
  }
  if (next.ordered_off) return absl::StrCat("an operator demoted ", next.node);
  if (best.advertises && !next.advertises) return absl::StrCat(best.node, " advertises, ", next.node, " does not");
  if (best.live && !next.live) {
    return absl::StrCat("a running VRRP daemon owns it on ", best.node, ", none does on ", next.node);
  }
  if (best.precedent != next.precedent) {
    return absl::StrCat(best.node, " already serves what has to stay together with it");
  }
  if (next.unseen && !best.unseen) {
    return absl::StrCat("nobody sees ", next.node,
                        " on the segment: no adverts of it, and it does not answer for the VIP there");
  }
  if (!best.held_back && next.held_back) return absl::StrCat(next.node, " is held back");
  if (HasHigherPriority(best, next)) {
    return absl::StrCat("priority ", static_cast<int>(*best.priority), " of ", best.node, " against ",
                        static_cast<int>(*next.priority), " of ", next.node);
  }
  const bool known = best.priority.has_value() && next.priority.has_value();
  const std::string priority = known ? "equal priority" : "a priority that is not known decides nothing";
  if (best.primary_address != next.primary_address) {
    return absl::StrCat(priority, ", ", best.node, " has the higher primary address");
  }
  return absl::StrCat(priority, known ? " and address, " : ", equal address, ", best.node, " comes first by name");
}

}  // namespace

Ranked Rank(std::vector<Candidate> candidates) {
  const bool contrast = DiffersInReach(candidates);
  std::sort(candidates.begin(), candidates.end(), Better(candidates, contrast));
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
    if (MeritOf(preferred, contrast) > MeritOf(order.front(), contrast)) level.insert(preferred.node);
  }
  return level;
}

}  // namespace arbiter::core
