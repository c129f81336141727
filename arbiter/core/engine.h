// The decision core: one function of state, event and now. No I/O, no clock, no threads; the same events give the same
// effects, byte for byte. arbiter/DESIGN.md explains the rules that it follows.
#ifndef ARBITER_CORE_ENGINE_H_
#define ARBITER_CORE_ENGINE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/event.h"
#include "arbiter/core/policy.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// Not thread-safe: one thread owns it, others post events.
class Engine {
 public:
  explicit Engine(const Policy& policy);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Merges the event, decides on the whole view, and returns what is to be done, in order. `now` never goes back.
  [[nodiscard]] std::vector<Effect> Step(Event event, Instant now);

  // When Step(Tick) is due next; nullopt: only when something happens. May be earlier than needed, never later.
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

  // Clusters by name. With a name: that one or none.
  [[nodiscard]] std::vector<ClusterView> View(Instant now, absl::string_view cluster = "") const;

  // Open incidents as they are now, by id.
  [[nodiscard]] std::vector<IncidentRecord> OpenIncidents() const;

  [[nodiscard]] std::optional<IncidentRecord> FindIncident(absl::string_view id) const;

  // All modes that operators set, for another engine to go on with.
  [[nodiscard]] std::vector<ModeRecord> Modes() const;

  // Whether anything is known of the cluster: a node, a VIP, a mode.
  [[nodiscard]] bool Knows(absl::string_view cluster) const;
  [[nodiscard]] bool KnowsAny() const;

  // All VIPs that nodes of the cluster know, by address: for a probe's Welcome.
  [[nodiscard]] std::vector<IpAddress> KnownVips(absl::string_view cluster) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_ENGINE_H_
