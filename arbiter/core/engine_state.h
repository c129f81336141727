// The engine's parts put together: merges events into the world and lets the rules decide on the whole view.
#ifndef ARBITER_CORE_ENGINE_STATE_H_
#define ARBITER_CORE_ENGINE_STATE_H_

#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "arbiter/core/context.h"
#include "arbiter/core/engine.h"

namespace arbiter::core {

class Engine::State {
 public:
  explicit State(const Policy& policy) : policy_(policy), world_(policy) {}

  std::vector<Effect> Step(Event event, Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;
  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  // Small, for there is one of every node at any time. Nodes and clusters are never erased.
  struct Deadline {
    Instant at;
    Cluster* cluster;                // its mode returns (null: that of the others), unless there is a node or a VIP
    Node* node = nullptr;            // it may have become stale
    std::optional<IpAddress> vip{};  // its case is to be reconsidered
    std::uint64_t matter = 0;        // it is to be reconsidered; 0: none is
    friend bool operator>(const Deadline& a, const Deadline& b) { return a.at > b.at; }
  };

  struct MatterKey {
    std::string cluster;
    std::uint64_t id = 0;
    friend auto operator<=>(const MatterKey&, const MatterKey&) = default;
  };

  void On(const Started& event, Instant now);
  void On(NodeAttached event, Instant now);
  void On(const NodeDetached& event, Instant now);
  void On(const NodeHeartbeat& event, Instant now);
  void On(NodeChanged event, Instant now);
  void On(const Affirmed& event, Instant now);
  void On(const DirectiveDone& event, Instant now);
  void On(const Persisted& event, Instant now);
  void On(const OperatorDemote& event, Instant now);
  void On(const OperatorRelease& event, Instant now);
  void On(const OperatorForget& event, Instant now);
  void On(const OperatorSetMode& event, Instant now);
  void On(const Tick& event, Instant now);

  Context ContextAt(Instant now) { return Context{world_, policy_, out_, now, started_}; }
  void HearFrom(Node& node, Instant now);
  // Merges; where the node let go of the VIP under an order, the survivor is told to announce it.
  void Merge(Node& node, VipReport&& report, Instant now);
  void Forget(Node& node, const IpAddress& vip, Instant now);
  void Take(Node& node, const IpAddress& vip, WordChange change, Instant now);
  void AnnounceIfLetGo(Node& node, const IpAddress& vip, Instant now);
  void TakeHoldResults(const DirectiveDone& event, const Cases& cases, Instant now);
  void Resume(const IncidentRecord& record, Instant now);
  // What a node of which we hear again is to be asked at once.
  void AskAtLast(Node& node, Instant now);
  // The VIP is decided upon anew at the end of the step, with all that it belongs together with.
  void Reconsider(Case& c);
  void Reconsider(const std::string& cluster, const Vips& vips);
  void ReconsiderNode(const Node& node);
  // Decides on all that is to be reconsidered.
  void Decide(Instant now);
  // Returns the older matters that took some of its VIPs: they are to be decided on next.
  std::set<std::uint64_t> DecideOn(const MatterKey& key, Instant now);
  void Conclude(Case& c, Instant now);
  void TrackDual(Case& c, Instant now);
  void Schedule(Case& c, Instant now);
  void Schedule(Matter& matter, Instant now);
  void CheckFresh(Node& node, Instant now);
  // `cluster` null: of the others.
  void SetMode(Cluster* cluster, ModeRecord record, const std::string& who, Instant now);
  void RestoreMode(Cluster* cluster, Instant now);
  void TellMode(const ModeRecord& record, const std::string& who, Instant now);
  void ReconsiderCluster(Cluster& cluster);
  void TellNode(Note::Severity severity, const NodeKey& node, const std::string& text);
  // All that was known of it is as if it had never attached.
  void Retire(Node& node, const std::string& why, Instant now);
  // Once a step, however many VIPs came with it.
  void TellKnownVipsThatChanged();
  // The one cluster that has the node and the VIP; empty when there is none or more than one.
  std::string ResolveCluster(const std::string& given, const std::string& node, const IpAddress& vip) const;

  Policy policy_;
  World world_;
  Outbox out_;
  Instant started_{};
  std::set<std::string> known_vips_changed_;  // clusters, in this step
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::map<std::uint64_t, MatterKey> tickets_;
  std::set<VipKey> reconsidered_;  // in this step
};

// View of one cluster for operators.
ClusterView MakeView(const World& world, const Cluster& cluster, Instant now);

// The VIP's state as operators see it.
VipState StateOf(const World& world, const Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_ENGINE_STATE_H_
