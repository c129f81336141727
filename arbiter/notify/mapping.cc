#include "arbiter/notify/mapping.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/matter.h"
#include "arbiter/notify/event_name.h"

namespace arbiter::notify {
namespace {

// The newest state of an incident among the effects; null: it is not to be written.
const core::IncidentRecord* FindIncident(const std::vector<core::Effect>& effects, const core::IncidentId& id) {
  const core::IncidentRecord* found = nullptr;
  for (const core::Effect& effect : effects) {
    const auto* persist = std::get_if<core::Persist>(&effect);
    if (persist != nullptr && !id.empty() && persist->incident.id == id) found = &persist->incident;
  }
  return found;
}

void AddIncident(const core::IncidentRecord* incident, store::Notification* n) {
  if (incident == nullptr || incident->causes.empty()) return;
  n->cause = std::string(core::CauseName(incident->causes.front().cause));
  n->advice = incident->causes.front().advice;
}

bool CannotHeal(const std::string& kind) {
  return kind == "no safe demotion" || kind == "stranger" || kind == "failed" || kind == "refused" || kind == "store" ||
         kind == "unseen";
}

store::Notification With(store::Notification base, const char* event, const std::string& summary) {
  base.event = event;
  base.summary = summary;
  return base;
}

// Whatever the incident is about; `n.vip` is only the first.
std::string VipsOf(const core::IncidentRecord* incident, const store::Notification& n) {
  return incident == nullptr ? n.vip : core::NamesOf(incident->vips);
}

std::string SplitSummary(const core::IncidentRecord* incident, const store::Notification& n) {
  return absl::StrCat("More than one node answers for ", VipsOf(incident, n), " in cluster ", n.cluster);
}

// Whether the nodes that differed have said how they are configured.
bool AllAreIn(const std::vector<core::ClusterView>& clusters, const store::Notification& mismatch) {
  const auto cluster = std::find_if(clusters.begin(), clusters.end(),
                                    [&](const core::ClusterView& view) { return view.name == mismatch.cluster; });
  return std::all_of(mismatch.nodes.begin(), mismatch.nodes.end(), [&](const std::string& name) {
    return cluster != clusters.end() && std::any_of(cluster->nodes.begin(), cluster->nodes.end(),
                                                    [&](const core::NodeView& node) { return node.node == name; });
  });
}

}  // namespace

std::vector<store::Notification> Mapping::Of(const std::vector<core::Effect>& effects, absl::Time at,
                                             core::Instant now) {
  std::vector<store::Notification> out;
  for (const core::Effect& effect : effects) {
    const auto* note = std::get_if<core::Note>(&effect);
    if (note == nullptr) continue;
    store::Notification base;
    base.at = at;
    base.cluster = note->cluster;
    base.vip = note->vip.has_value() ? note->vip->ToString() : "";
    base.node = note->node;
    base.incident = note->incident;
    base.description = note->text;
    if (note->kind == "forgotten") {
      OfForgotten(*note, std::move(base), &out);
    } else if (note->kind == "node") {
      OfNode(*note, std::move(base), now, &out);
    } else {
      OfNote(*note, FindIncident(effects, note->incident), std::move(base), &out);
    }
  }
  return out;
}

void Mapping::OfNode(const core::Note& note, store::Notification base, core::Instant now,
                     std::vector<store::Notification>* out) {
  const core::NodeKey key{note.cluster, note.node};
  const auto summary = [&note](const char* is) {
    return absl::StrCat("Node ", note.node, " of cluster ", note.cluster, is);
  };
  if (note.severity != core::Note::Severity::kInfo) {
    if (lost_.contains(key)) return;
    base.advice = "Look at the node, at arbiter-probe on it, and at the network between it and the arbiter.";
    missing_.try_emplace(key,
                         Missing{now + kGrace, With(std::move(base), kNodeLost, summary(" is lost to the arbiter"))});
    return;
  }
  missing_.erase(key);
  if (lost_.erase(key) == 0) return;
  out->push_back(With(std::move(base), kNodeLost, summary(" is back")));
  out->back().resolved = true;
}

// Where no cluster was named, and no node of that name is known in this life, it is the one that was told of.
void Mapping::OfForgotten(const core::Note& note, store::Notification base, std::vector<store::Notification>* out) {
  const auto is_meant = [&note](const core::NodeKey& key) {
    return key.node == note.node && (note.cluster.empty() || key.cluster == note.cluster);
  };
  std::erase_if(missing_, [&](const auto& entry) { return is_meant(entry.first); });
  for (auto it = lost_.begin(); it != lost_.end();) {
    if (!is_meant(*it)) {
      ++it;
      continue;
    }
    base.cluster = it->cluster;
    out->push_back(With(base, kNodeLost, absl::StrCat("Node ", it->node, " of cluster ", it->cluster, " is retired")));
    out->back().resolved = true;
    it = lost_.erase(it);
  }
}

std::vector<store::Notification> Mapping::Due(core::Instant now) {
  std::vector<store::Notification> out;
  for (auto it = missing_.begin(); it != missing_.end();) {
    if (now < it->second.due) {
      ++it;
      continue;
    }
    lost_.insert(it->first);
    out.push_back(std::move(it->second.notification));
    it = missing_.erase(it);
  }
  return out;
}

void Mapping::OfNote(const core::Note& note, const core::IncidentRecord* incident, store::Notification base,
                     std::vector<store::Notification>* out) {
  if (note.incident.empty()) return;
  AddIncident(incident, &base);
  if (note.kind == "split" || note.kind == "stranger") {
    unhealed_.try_emplace(note.incident, base.at);
    out->push_back(With(base, kSplit, SplitSummary(incident, base)));
  }
  if (CannotHeal(note.kind)) {
    unhealed_.try_emplace(note.incident, base.at);
    out->push_back(
        With(base, kCouldNotHeal, absl::StrCat("The split of ", VipsOf(incident, base), " could not be healed")));
  }
  if (note.kind != "healed" && note.kind != "closed") return;
  if (const auto told = unhealed_.extract(note.incident); !told.empty()) {
    store::Notification n = With(base, kHealed, absl::StrCat("The split of ", VipsOf(incident, base), " is healed"));
    n.resolved = true;
    n.since = told.mapped();
    out->push_back(std::move(n));
  }
}

Mapping::Differences Mapping::FindDifferences(const std::vector<core::ClusterView>& clusters, absl::Time at) {
  Differences now;
  for (const core::ClusterView& cluster : clusters) {
    std::vector<core::NodeConfig> nodes;
    for (const core::NodeView& node : cluster.nodes) nodes.push_back({node.node, &node.report});
    for (const core::ConfigDifference& difference : core::FindDifferences(nodes)) {
      if (!difference.fault) continue;
      store::Notification n;
      n.event = kConfigMismatch;
      n.at = at;
      n.cluster = cluster.name;
      n.subject = absl::StrCat(difference.virtual_router, ": ", difference.key);
      n.summary = absl::StrCat("The nodes of cluster ", cluster.name, " differ in ", difference.key);
      n.description =
          absl::StrCat(difference.virtual_router, ": ", difference.key, " is ",
                       absl::StrJoin(difference.values, ", ", [](std::string* text, const core::ValueOnNode& value) {
                         absl::StrAppend(text, value.value, " on ", value.node);
                       }));
      n.advice = difference.advice;
      for (const core::ValueOnNode& value : difference.values) n.nodes.push_back(value.node);
      now.emplace(std::pair(n.cluster, n.subject), n);
    }
  }
  return now;
}

std::vector<store::Notification> Mapping::OfDifferences(const Differences& now,
                                                        const std::vector<core::ClusterView>& clusters, absl::Time at) {
  std::vector<store::Notification> out;
  for (const auto& [key, n] : now) {
    if (mismatches_.insert_or_assign(key, n).second) out.push_back(n);
  }
  for (auto it = mismatches_.begin(); it != mismatches_.end();) {
    const store::Notification& n = it->second;
    if (now.contains(it->first) || !AllAreIn(clusters, n)) {
      ++it;
      continue;
    }
    out.push_back(n);
    out.back().resolved = true;
    out.back().at = at;
    out.back().summary = absl::StrCat("The nodes of cluster ", n.cluster, " no longer differ in ", n.subject);
    it = mismatches_.erase(it);
  }
  return out;
}

void Mapping::ResumeTold(const std::vector<store::Notification>& told) {
  for (const store::Notification& n : told) {
    if (n.event == kNodeLost) lost_.insert({n.cluster, n.node});
    if (n.event == kConfigMismatch) mismatches_.emplace(std::pair(n.cluster, n.subject), n);
  }
}

std::vector<store::Notification> Mapping::Resume(const std::vector<core::IncidentRecord>& open, absl::Time at) {
  std::vector<store::Notification> out;
  for (const core::IncidentRecord& incident : open) {
    if (incident.healed.has_value()) continue;
    unhealed_.try_emplace(incident.id);
    store::Notification n;
    n.event = kSplit;
    n.at = at;
    n.cluster = incident.cluster;
    n.vip = incident.vips.front().ToString();
    n.incident = incident.id;
    n.summary = SplitSummary(&incident, n);
    AddIncident(&incident, &n);
    out.push_back(std::move(n));
  }
  return out;
}

}  // namespace arbiter::notify
