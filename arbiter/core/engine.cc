#include "arbiter/core/engine.h"

#include <algorithm>
#include <utility>

#include "arbiter/core/engine_state.h"

namespace arbiter::core {

Engine::Engine(const Policy& policy) : state_(std::make_unique<State>(policy)) {}
Engine::~Engine() = default;

std::vector<Effect> Engine::Step(Event event, Instant now) { return state_->Step(std::move(event), now); }

std::optional<Instant> Engine::NextDeadline() const { return state_->NextDeadline(); }

std::vector<ClusterView> Engine::View(Instant now, absl::string_view cluster) const {
  std::vector<ClusterView> result;
  for (const auto& [name, found] : state_->world().clusters()) {
    if (cluster.empty() || cluster == name) result.push_back(MakeView(state_->world(), found, now));
  }
  return result;
}

std::vector<IncidentRecord> Engine::OpenIncidents() const {
  std::vector<IncidentRecord> result;
  for (const auto& [name, cluster] : state_->world().clusters()) {
    for (const auto& [number, matter] : cluster.matters) {
      if (matter->incident != nullptr) result.push_back(matter->incident->record);
    }
  }
  std::sort(result.begin(), result.end(), [](const IncidentRecord& a, const IncidentRecord& b) { return a.id < b.id; });
  return result;
}

std::optional<IncidentRecord> Engine::FindIncident(absl::string_view id) const {
  for (IncidentRecord& record : OpenIncidents()) {
    if (record.id == id) return std::move(record);
  }
  return std::nullopt;
}

std::vector<ModeRecord> Engine::Modes() const {
  std::vector<ModeRecord> result;
  const World& world = state_->world();
  if (world.mode_of_others().has_value()) result.push_back(*world.mode_of_others());
  for (const auto& [name, cluster] : world.clusters()) {
    if (cluster.mode.has_value()) result.push_back(*cluster.mode);
  }
  return result;
}

namespace {

bool IsKnown(const Cluster& cluster) {
  return !cluster.nodes.empty() || !cluster.cases.empty() || cluster.mode.has_value();
}

}  // namespace

bool Engine::Knows(absl::string_view cluster) const {
  const auto& clusters = state_->world().clusters();
  const auto found = clusters.find(std::string(cluster));
  return found != clusters.end() && IsKnown(found->second);
}

bool Engine::KnowsAny() const {
  const auto& clusters = state_->world().clusters();
  return std::any_of(clusters.begin(), clusters.end(), [](const auto& entry) { return IsKnown(entry.second); });
}

std::vector<IpAddress> Engine::KnownVips(absl::string_view cluster) const {
  std::vector<IpAddress> result;
  const auto& clusters = state_->world().clusters();
  const auto found = clusters.find(std::string(cluster));
  if (found == clusters.end()) return result;
  for (const auto& [vip, count] : found->second.known_vips) result.push_back(vip);
  return result;
}

}  // namespace arbiter::core
