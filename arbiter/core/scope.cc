#include "arbiter/core/scope.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::core {
namespace {

bool GateWorks(const VipReport& report) {
  return std::any_of(report.rungs.begin(), report.rungs.end(),
                     [](const Rung& rung) { return rung.kind == RungKind::kGate && rung.usable; });
}

// Who is known to keep the VIP, by an affirmation of the contest or of the incident that is open.
std::string SurvivorOf(const Case& c) {
  const Contest* contest = c.contest();
  if (contest != nullptr && !contest->survivor.empty() && contest->judged.contains(c.key.vip)) return contest->survivor;
  const OpenIncident* incident = c.incident();
  return incident != nullptr && incident->record.enforced ? incident->record.survivor : "";
}

bool Holds(const Context& ctx, const Case& c, const std::string& node) {
  const std::optional<Party> party = ctx.world.FreshParty(c, node);
  return party.has_value() && party->report->holds();
}

bool Claims(const Context& ctx, const Case& c, const std::string& node) {
  const std::optional<Party> party = ctx.world.FreshParty(c, node);
  return party.has_value() && party->report->claims();
}

// It has the VIP, and nobody has told it to give that up.
bool MayKeep(const Context& ctx, const Case& c, const std::string& node) {
  const Contest* contest = c.contest();
  const auto shut = contest == nullptr ? std::map<std::string, Shut>::const_iterator() : contest->shut.find(node);
  const bool is_shut = contest != nullptr && shut != contest->shut.end() && shut->second.vips.contains(c.key.vip);
  return !is_shut && c.HoldOf(node) == nullptr && Claims(ctx, c, node);
}

// `node` may lose the VIP: it does not have it, or another node that is known to keep it serves it now.
bool MayLose(const Context& ctx, const std::string& cluster, const IpAddress& vip, const std::string& node) {
  const Case* c = ctx.world.FindCase({cluster, vip});
  if (c == nullptr || !Claims(ctx, *c, node)) return true;
  const std::string survivor = SurvivorOf(*c);
  return !survivor.empty() && survivor != node && Holds(ctx, *c, survivor);
}

// Somebody gave the VIPs up, or was told to, for the node's sake.
bool IsKeptBy(const OpenIncident& incident, const std::string& node) {
  return incident.record.survivor == node && std::any_of(incident.holds.begin(), incident.holds.end(),
                                                         [](const auto& entry) { return entry.second.ordered(); });
}

std::string_view RungName(RungKind kind) {
  switch (kind) {
    case RungKind::kGate:
      return "gate";
    case RungKind::kTrackFile:
      return "track file";
    case RungKind::kRemoveAddress:
      return "removing the address";
    case RungKind::kStopDaemon:
      return "stopping the daemon";
    case RungKind::kExec:
      return "the site's own command";
  }
  return "";
}

// Lists that stand in memory once are looked at once.
class Union {
 public:
  void Add(const Addresses& addresses) {
    if (seen_.insert(addresses.identity()).second) all_.insert(addresses.begin(), addresses.end());
  }
  [[nodiscard]] const std::set<IpAddress>& all() const { return all_; }

 private:
  std::set<const void*> seen_;
  std::set<IpAddress> all_;
};

// One kind of rung for several VIPs: usable where it is for each of them, with all that it drops.
struct Together {
  RungKind kind = RungKind::kGate;
  bool usable = true;
  std::string reason;
  Union scope;
};

std::vector<Together> RungsTogether(const Context& ctx, const Cases& vips, const std::string& node) {
  std::vector<Together> result;
  for (const Case* c : vips) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, node);
    if (!party.has_value()) continue;
    for (const Rung& rung : party->report->rungs) {
      auto at = std::find_if(result.begin(), result.end(), [&](const Together& t) { return t.kind == rung.kind; });
      if (at == result.end()) at = result.insert(result.end(), Together{rung.kind, true, "", {}});
      if (!rung.usable && at->usable) at->reason = rung.reason;
      at->usable = at->usable && rung.usable;
      at->scope.Add(rung.scope);
    }
  }
  return result;
}

struct Precedent {
  std::ptrdiff_t may_keep = 0;
  Instant since{};
  std::string node;
};

}  // namespace

std::vector<IpAddress> BoundWith(const World& world, const Cases& vips) {
  Union bound;
  for (const Case* c : vips) {
    for (const Party& party : world.Claimants(*c)) {
      bound.Add(party.report->bound_together);
      if (GateWorks(*party.report)) continue;
      for (const Rung& rung : party.report->rungs) {
        if (rung.usable) bound.Add(rung.scope);
      }
    }
  }
  const Vips own = VipsOf(vips);
  std::vector<IpAddress> others;
  std::set_difference(bound.all().begin(), bound.all().end(), own.begin(), own.end(), std::back_inserter(others));
  return others;
}

void RememberKeeper(Case& c, Instant now) {
  const Contest* contest = c.contest();
  const bool asked_anew = contest != nullptr && contest->survivor.empty();
  std::string keeper = asked_anew ? contest->former_survivor : "";
  if (keeper.empty()) keeper = SurvivorOf(c);
  if (keeper == c.keeper) return;
  c.keeper = std::move(keeper);
  c.keeper_since = now;
}

std::vector<std::string> PrecedentsFor(const Context& ctx, const Cases& vips) {
  const std::vector<IpAddress> others = BoundWith(ctx.world, vips);
  if (others.empty()) return {};
  Cases cases = vips;
  for (const IpAddress& vip : others) {
    if (Case* other = ctx.world.FindCase({vips.front()->key.cluster, vip}); other != nullptr) cases.push_back(other);
  }
  std::sort(cases.begin(), cases.end(), [](const Case* a, const Case* b) { return a->key.vip < b->key.vip; });
  std::map<std::string, Precedent> found;  // by keeper
  for (const Case* other : cases) {
    if (other->keeper.empty() || !Claims(ctx, *other, other->keeper)) continue;
    Precedent& precedent =
        found.try_emplace(other->keeper, Precedent{-1, other->keeper_since, other->keeper}).first->second;
    precedent.since = std::min(precedent.since, other->keeper_since);
  }
  std::vector<Precedent> ranked;
  for (auto& [node, precedent] : found) {
    precedent.may_keep = std::count_if(cases.begin(), cases.end(), [&ctx, &keeper = precedent.node](const Case* which) {
      return MayKeep(ctx, *which, keeper);
    });
    ranked.push_back(precedent);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Precedent& a, const Precedent& b) {
    return std::pair(-a.may_keep, a.since) < std::pair(-b.may_keep, b.since);
  });
  std::vector<std::string> nodes;
  for (Precedent& precedent : ranked) nodes.push_back(std::move(precedent.node));
  return nodes;
}

std::size_t WeightIn(const std::vector<std::string>& precedents, const std::string& node) {
  return static_cast<std::size_t>(precedents.end() - std::find(precedents.begin(), precedents.end(), node));
}

const IpAddress* KeptInstead(const Context& ctx, const Matter& matter, const std::string& node) {
  const std::string& survivor = matter.incident->record.survivor;
  const IpAddress* kept = nullptr;
  std::set<const void*> seen;
  for (const Case* c : matter.incident->vips) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, node);
    if (!party.has_value() || !seen.insert(party->report->bound_together.identity()).second) continue;
    for (const IpAddress& vip : party->report->bound_together) {
      const Case* other = ctx.world.FindCase({matter.cluster, vip});
      if (other == nullptr || other->matter == &matter || other->incident() == nullptr) continue;
      if (IsKeptBy(*other->incident(), survivor)) return nullptr;
      const Hold* hold = other->HoldOf(survivor);
      const bool from_survivor = hold != nullptr && hold->ordered();
      if (from_survivor && other->incident()->record.survivor == node && Holds(ctx, *other, node)) {
        kept = &other->key.vip;
      }
    }
  }
  return kept;
}

RungVerdict JudgeRungs(const Context& ctx, const Cases& vips, const std::string& node) {
  RungVerdict verdict;
  const Vips own = VipsOf(vips);
  const std::string& cluster = vips.front()->key.cluster;
  const std::vector<Together> rungs = RungsTogether(ctx, vips, node);
  for (const Together& rung : rungs) {
    const std::string_view separator = verdict.why_none.empty() ? "" : "; ";
    if (!rung.usable) {
      absl::StrAppend(&verdict.why_none, std::string(separator), std::string(RungName(rung.kind)), ": ", rung.reason);
      continue;
    }
    const std::set<IpAddress>& scope = rung.scope.all();
    const auto blocking = std::find_if(scope.begin(), scope.end(), [&](const IpAddress& vip) {
      return !own.contains(vip) && !MayLose(ctx, cluster, vip, node);
    });
    if (blocking == scope.end()) {
      verdict.allowed.push_back(rung.kind);
      continue;
    }
    verdict.forbidden.push_back(rung.kind);
    absl::StrAppend(&verdict.why_none, std::string(separator), std::string(RungName(rung.kind)), " would also drop ",
                    blocking->ToString(), ", which no other node is known to serve");
  }
  if (rungs.empty() && ctx.world.StandingOf(vips, node).has_value()) {
    verdict.why_none = "the node reports no way to give the VIP up";
  }
  return verdict;
}

}  // namespace arbiter::core
