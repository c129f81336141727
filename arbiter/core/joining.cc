#include "arbiter/core/joining.h"

#include <utility>

namespace arbiter::core {

std::set<std::string> NamesIn(const Nodes& nodes) {
  std::set<std::string> names;
  for (const Node* node : nodes) names.insert(node->key.node);
  return names;
}

std::set<std::string> PartiesOf(const Matter& matter) {
  std::set<std::string> names;
  if (matter.contest != nullptr) {
    for (const Case* c : matter.contest->vips) names.merge(NamesIn(c->last_free));
    return names;
  }
  names.insert(matter.incident->record.survivor);
  for (const auto& [node, hold] : matter.incident->holds) names.insert(node);
  if (!matter.incident->holds.empty()) return names;
  for (const Case* c : matter.incident->vips) names.merge(NamesIn(c->last_free));  // nobody was demoted
  return names;
}

Matter* MatterFor(Context& ctx, const Case& c, const std::set<std::string>& names) {
  std::set<const void*> seen;
  for (const Word& word : c.words) {
    const Addresses& bound = word.report.bound_together;
    if (!seen.insert(bound.identity()).second) continue;
    const Matter* refused = nullptr;  // most often the next address is of the same one
    for (const IpAddress& vip : bound) {
      const Case* other = ctx.world.FindCase({c.key.cluster, vip});
      if (other == nullptr || other->matter == c.matter || other->matter == nullptr || other->matter == refused)
        continue;
      if (PartiesOf(*other->matter) == names) return other->matter;
      refused = other->matter;
    }
  }
  return nullptr;
}

bool JoinsIncident(Context& ctx, Matter& matter) {
  const Contest& contest = *matter.contest;
  Matter* other = MatterFor(ctx, *contest.vips.front(), PartiesOf(matter));
  const bool same = other != nullptr && !contest.ordered.has_value() && other->contest == nullptr &&
                    other->incident != nullptr && other->incident->record.survivor == contest.survivor;
  if (!same) return false;
  other->contest = std::move(matter.contest);
  for (Case* c : other->contest->vips) World::Enter(*other, *c);
  return true;
}

}  // namespace arbiter::core
