#include "arbiter/core/scope.h"

#include <algorithm>
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
  if (c.contest != nullptr && !c.contest->survivor.empty()) return c.contest->survivor;
  if (c.incident != nullptr && c.incident->record.enforced) return c.incident->record.survivor;
  return "";
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
  const bool shut = c.contest != nullptr && c.contest->shut.contains(node);
  const bool held = c.incident != nullptr && c.incident->holds.contains(node);
  return !shut && !held && Claims(ctx, c, node);
}

// `node` may lose the VIP: it does not have it, or another node that is known to keep it serves it now.
bool MayLose(Context& ctx, const std::string& cluster, const IpAddress& vip, const std::string& node) {
  const Case* c = ctx.world.FindCase({cluster, vip});
  if (c == nullptr) return true;
  const std::optional<Party> own = ctx.world.FreshParty(*c, node);
  if (!own.has_value() || !own->report->claims()) return true;
  const std::string survivor = SurvivorOf(*c);
  return !survivor.empty() && survivor != node && Holds(ctx, *c, survivor);
}

// Somebody gave the VIP up, or was told to, for the node's sake.
bool IsKeptBy(const Case& c, const std::string& node) {
  return c.incident->record.survivor == node && std::any_of(c.incident->holds.begin(), c.incident->holds.end(),
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

}  // namespace

std::vector<IpAddress> BoundWith(const World& world, const Case& c) {
  std::set<IpAddress> bound;
  for (const Party& party : world.Claimants(c)) {
    if (!party.report->sync_group.empty()) {
      bound.insert(party.report->bound_together.begin(), party.report->bound_together.end());
    }
    if (GateWorks(*party.report)) continue;
    for (const Rung& rung : party.report->rungs) {
      if (rung.usable) bound.insert(rung.scope.begin(), rung.scope.end());
    }
  }
  bound.erase(c.key.vip);
  return {bound.begin(), bound.end()};
}

void RememberKeeper(Case& c, Instant now) {
  const bool asked_anew = c.contest != nullptr && c.contest->survivor.empty();
  std::string keeper = asked_anew ? c.contest->former_survivor : "";
  if (keeper.empty()) keeper = SurvivorOf(c);
  if (keeper == c.keeper) return;
  c.keeper = std::move(keeper);
  c.keeper_since = now;
}

std::vector<std::string> PrecedentsFor(const Context& ctx, const Case& c) {
  std::vector<IpAddress> group = BoundWith(ctx.world, c);
  if (group.empty()) return {};
  group.insert(std::upper_bound(group.begin(), group.end(), c.key.vip), c.key.vip);
  std::vector<const Case*> cases;
  for (const IpAddress& vip : group) {
    if (const Case* other = ctx.world.FindCase({c.key.cluster, vip}); other != nullptr) cases.push_back(other);
  }
  struct Precedent {
    std::ptrdiff_t may_keep;
    const Case* of;
  };
  std::vector<Precedent> found;
  for (const Case* other : cases) {
    if (other->keeper.empty() || !Claims(ctx, *other, other->keeper)) continue;
    const auto may_keep = std::count_if(cases.begin(), cases.end(),
                                        [&](const Case* which) { return MayKeep(ctx, *which, other->keeper); });
    found.push_back({may_keep, other});
  }
  std::stable_sort(found.begin(), found.end(), [](const Precedent& a, const Precedent& b) {
    return std::pair(-a.may_keep, a.of->keeper_since) < std::pair(-b.may_keep, b.of->keeper_since);
  });
  std::vector<std::string> nodes;
  for (const Precedent& precedent : found) {
    const std::string& node = precedent.of->keeper;
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
  }
  return nodes;
}

std::size_t WeightIn(const std::vector<std::string>& precedents, const std::string& node) {
  return static_cast<std::size_t>(precedents.end() - std::find(precedents.begin(), precedents.end(), node));
}

const IpAddress* KeptInstead(const Context& ctx, const Case& c, const std::string& node) {
  const std::optional<Party> party = ctx.world.FreshParty(c, node);
  if (!party.has_value() || party->report->sync_group.empty()) return nullptr;
  const std::string& survivor = c.incident->record.survivor;
  const IpAddress* kept = nullptr;
  for (const IpAddress& vip : party->report->bound_together) {
    const Case* other = vip == c.key.vip ? nullptr : ctx.world.FindCase({c.key.cluster, vip});
    if (other == nullptr || other->incident == nullptr) continue;
    if (IsKeptBy(*other, survivor)) return nullptr;
    const auto hold = other->incident->holds.find(survivor);
    const bool from_survivor = hold != other->incident->holds.end() && hold->second.ordered();
    if (from_survivor && other->incident->record.survivor == node && Holds(ctx, *other, node)) kept = &other->key.vip;
  }
  return kept;
}

RungVerdict JudgeRungs(Context& ctx, const Case& c, const std::string& node) {
  RungVerdict verdict;
  const std::optional<Party> party = ctx.world.FreshParty(c, node);
  if (!party.has_value()) return verdict;
  for (const Rung& rung : party->report->rungs) {
    if (!rung.usable) {
      absl::StrAppend(&verdict.why_none, verdict.why_none.empty() ? "" : "; ", std::string(RungName(rung.kind)), ": ",
                      rung.reason);
      continue;
    }
    const auto blocking = std::find_if(rung.scope.begin(), rung.scope.end(), [&](const IpAddress& vip) {
      return vip != c.key.vip && !MayLose(ctx, c.key.cluster, vip, node);
    });
    if (blocking == rung.scope.end()) {
      verdict.allowed.push_back(rung.kind);
      continue;
    }
    verdict.forbidden.push_back(rung.kind);
    absl::StrAppend(&verdict.why_none, verdict.why_none.empty() ? "" : "; ", std::string(RungName(rung.kind)),
                    " would also drop ", blocking->ToString(), ", which no other node is known to serve");
  }
  if (party->report->rungs.empty()) verdict.why_none = "the node reports no way to give the VIP up";
  return verdict;
}

}  // namespace arbiter::core
