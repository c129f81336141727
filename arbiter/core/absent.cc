#include "arbiter/core/absent.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace arbiter::core {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(1);
// After a restart of the arbiter all probes are back by then.
constexpr Duration kWarnAfter = std::chrono::seconds(10);

std::set<std::string> HeldWithALink(const Context& ctx, const OpenIncident& incident) {
  std::set<std::string> nodes;
  for (const auto& [node, hold] : incident.holds) {
    const std::optional<Standing> standing = ctx.world.StandingOf(hold.vips, node);
    if (standing.has_value() && !standing->report->link_down) nodes.insert(node);
  }
  return nodes;
}

SurvivorState Wait(const Context& ctx, OpenIncident& incident, Duration until) {
  incident.next_check = ctx.now + until;
  return SurvivorState::kNotKnownYet;
}

SurvivorState Conclude(Context& ctx, OpenIncident& incident, const Round& round) {
  const auto any = [&](auto what) { return std::any_of(round.answers.begin(), round.answers.end(), what); };
  if (any([](const auto& entry) { return !entry.second.answered.empty(); })) {
    incident.unanswered_once = false;
    return Wait(ctx, incident, ctx.policy.silence_limit);
  }
  if (round.answers.empty()) return Wait(ctx, incident, kLookAgain);
  const bool asked = any([](const auto& entry) { return !entry.second.unanswered.empty(); });
  if (!asked && any([](const auto& entry) { return entry.second.cannot_tell; })) {
    return Wait(ctx, incident, kLookAgain);
  }
  if (!asked || incident.unanswered_once) return SurvivorState::kGone;
  incident.unanswered_once = true;  // a frame may have been lost
  return Wait(ctx, incident, Duration{});
}

bool HasAttached(const World& world, const std::string& cluster, const std::string& name) {
  const Node* node = world.FindNode(cluster, name);
  return node != nullptr && node->attached_at.has_value();
}

}  // namespace

bool SomebodyListens(const Context& ctx, const Matter& matter) {
  const OpenIncident& incident = *matter.incident;
  return std::any_of(incident.vips.begin(), incident.vips.end(), [&](const Case* c) {
    const Parties parties = ctx.world.FreshParties(*c);
    return std::any_of(parties.begin(), parties.end(), [&](const Party& party) {
      return party.node->key.node != incident.record.survivor && !party.report->link_down;
    });
  });
}

SurvivorState AskForAbsent(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  if (incident.check.has_value()) {
    if (!IsOver(ctx, *incident.check)) return SurvivorState::kNotKnownYet;
    const Round round = std::exchange(incident.check, std::nullopt).value();
    const SurvivorState state = Conclude(ctx, incident, round);
    if (state == SurvivorState::kGone || ctx.now < incident.next_check) return state;
  }
  const std::set<std::string> nodes = HeldWithALink(ctx, incident);
  if (nodes.empty()) return Wait(ctx, incident, kLookAgain);
  if (ctx.now >= incident.next_check) incident.check = Ask(ctx, incident.vips, nodes, true);
  return SurvivorState::kNotKnownYet;
}

std::vector<std::string> WarningsOfAbsent(const World& world, const Cluster& cluster, Instant now) {
  std::vector<std::string> warnings;
  for (const auto& [id, matter] : cluster.matters) {
    const OpenIncident* incident = matter->incident.get();
    if (incident == nullptr || HasAttached(world, cluster.name, incident->record.survivor)) continue;
    std::vector<std::string> held;
    for (const auto& [name, hold] : incident->holds) {
      const Node* node = world.FindNode(cluster.name, name);
      const bool long_here = node != nullptr && node->fresh && now - *node->attached_at >= kWarnAfter;
      if (long_here) held.push_back(name);
    }
    if (held.empty()) continue;
    warnings.push_back(absl::StrCat(
        absl::StrJoin(held, ", "), held.size() == 1 ? " is" : " are", " held back from ", NamesOf(incident->vips),
        " for the sake of ", incident->record.survivor,
        ", which is not attached to this arbiter: the hold stands for as long as it is heard. Where it is attached to "
        "another arbiter, give all probes the same arbiters in the same order"));
  }
  return warnings;
}

}  // namespace arbiter::core
