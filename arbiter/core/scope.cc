#include "arbiter/core/scope.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace arbiter::core {
namespace {

bool GateWorks(const VipReport& report) {
  return std::any_of(report.rungs.begin(), report.rungs.end(),
                     [](const Rung& rung) { return rung.kind == RungKind::kGate && rung.usable; });
}

// Who is known to keep the VIP, by an affirmation of the contest or of the incident that is open.
std::string SurvivorOf(const Case& c) {
  if (c.contest.has_value() && !c.contest->survivor.empty()) return c.contest->survivor;
  if (c.incident.has_value() && c.incident->record.enforced) return c.incident->record.survivor;
  return "";
}

// `node` may lose the VIP: it does not have it, or another node that is known to keep it serves it now.
bool MayLose(Context& ctx, const std::string& cluster, const IpAddress& vip, const std::string& node) {
  const Case* c = ctx.world.FindCase({cluster, vip});
  if (c == nullptr) return true;
  const std::optional<Party> own = ctx.world.FreshParty(*c, node);
  if (!own.has_value() || !own->report->claims()) return true;
  const std::string survivor = SurvivorOf(*c);
  if (survivor.empty() || survivor == node) return false;
  const std::optional<Party> keeper = ctx.world.FreshParty(*c, survivor);
  return keeper.has_value() && keeper->report->holds();
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

std::string PrecedentFor(Context& ctx, const Case& c) {
  for (const IpAddress& vip : BoundWith(ctx.world, c)) {
    const Case* other = ctx.world.FindCase({c.key.cluster, vip});
    if (other == nullptr) continue;
    const bool asked_anew = other->contest.has_value() && other->contest->survivor.empty();
    std::string survivor = asked_anew ? other->contest->former_survivor : "";
    if (survivor.empty()) survivor = SurvivorOf(*other);
    if (survivor.empty()) continue;
    const std::optional<Party> party = ctx.world.FreshParty(*other, survivor);
    if (party.has_value() && party->report->holds()) return survivor;
  }
  return "";
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
