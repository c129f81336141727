// The cluster view: what every node said last and how fresh it is. Facts are merged here before anything is decided.
#ifndef ARBITER_CORE_WORLD_H_
#define ARBITER_CORE_WORLD_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/container/node_hash_map.h"
#include "absl/strings/string_view.h"
#include "arbiter/core/case.h"
#include "arbiter/core/cause.h"
#include "arbiter/core/event.h"
#include "arbiter/core/policy.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct Node {
  bool attached = false;
  bool fresh = false;           // attached, and heard of within the missed heartbeats
  bool retired = false;         // an operator had it forgotten, and it has not come back
  bool owes_an_answer = false;  // it left a question of a contest unanswered and has said nothing since
  Instant last_heard{};
  NodeKey key;
  std::optional<Instant> attached_at;  // of the stream that stands, or of the last one
  std::string probe_version;
  std::string peer;
  NodeReport report;
  absl::flat_hash_set<IpAddress> own_addresses;  // those of `report`
  std::set<IpAddress> vips;                      // that it has said something of: its words are with the cases
  std::vector<LocalHold> holds;                  // by VIP, each once

  // Its own hold on the VIP; null: it has none.
  [[nodiscard]] const LocalHold* HoldOn(const IpAddress& vip) const;
};

struct Cluster {
  std::string name;
  // Hash maps, for a step must cost the same with ten nodes and with ten thousand. Nothing that decides or speaks may
  // depend on their order.
  absl::node_hash_map<std::string, Node> nodes;
  absl::node_hash_map<IpAddress, Case> cases;
  std::set<IpAddress> attention;  // cases with an incident, or with a node to release once it is back
  std::map<std::uint64_t, std::unique_ptr<Matter>> matters;  // by id, which is by age
  std::map<IpAddress, int> known_vips;                       // how many nodes vouch for it
  std::optional<ModeRecord> mode;                            // set by an operator
  std::uint64_t healthy_contests = 0;
  std::deque<Instant> fell_silent;  // lately
};

using Parties = absl::InlinedVector<Party, 4>;

// What one fresh node says of several VIPs, taken together.
struct Standing {
  const Node* node = nullptr;         // never null
  const VipReport* report = nullptr;  // its word on one of them, one that it claims if there is any; never null
  std::size_t knows = 0;              // of how many of them it said anything
  std::size_t configured = 0;         // and so on: of how many
  std::size_t claims = 0;
  std::size_t holds = 0;

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] bool gated() const { return claims > 0 && holds == 0; }
};

// By node name.
using Standings = absl::InlinedVector<Standing, 4>;

// What a node's new word on a VIP changed, besides the word.
struct WordChange {
  bool known_vips = false;  // the cluster's set of them
  bool let_go = false;      // the node held the VIP, and does no longer
};

// Not thread-safe. References to nodes, clusters and cases stay valid until the thing itself is erased.
class World {
 public:
  explicit World(const Policy& policy) : policy_(policy) {}

  Cluster& EnsureCluster(const std::string& name);
  [[nodiscard]] Cluster* FindCluster(const std::string& name);
  [[nodiscard]] const std::map<std::string, Cluster>& clusters() const { return clusters_; }
  [[nodiscard]] std::map<std::string, Cluster>& clusters() { return clusters_; }

  Node& EnsureNode(const NodeKey& key);
  [[nodiscard]] Node* FindNode(const NodeKey& key);
  [[nodiscard]] const Node* FindNode(const std::string& cluster, const std::string& node) const;
  Case& EnsureCase(const VipKey& key);
  [[nodiscard]] Case* FindCase(const VipKey& key);

  // Has the processor fetch what a step on the VIP will look at. Changes nothing.
  void Prefetch(const VipKey& key);

  // What the node says of itself: what is among its own addresses is no VIP of its own.
  void MergeNode(Node& node, NodeReport&& report);
  // What the node holds back by its own word, in whatever order; of two on one VIP the first counts.
  static void TakeHolds(Node& node, std::vector<LocalHold> holds);
  // Merges one node's word on one VIP.
  WordChange MergeVip(Node& node, VipReport&& report, Instant now);
  WordChange ForgetVip(Node& node, const IpAddress& vip);

  // What an operator set for the cluster, or else for all; null: nothing.
  [[nodiscard]] const ModeRecord* ModeSetFor(const std::string& cluster) const;
  [[nodiscard]] Mode ModeOf(const std::string& cluster) const;
  // Clusters that come later have it until one is set for them.
  [[nodiscard]] std::optional<ModeRecord>& mode_of_others() { return mode_of_others_; }
  [[nodiscard]] const std::optional<ModeRecord>& mode_of_others() const { return mode_of_others_; }

  // The fresh nodes' word on the VIP, by node name.
  [[nodiscard]] Parties FreshParties(const Case& c) const;
  [[nodiscard]] Parties Claimants(const Case& c) const;
  [[nodiscard]] Parties Holders(const Case& c) const;
  // Who answers, also those that do not vouch for it.
  [[nodiscard]] Parties Answering(const Case& c) const;
  // One node's word; nullopt when it is not fresh or has none.
  [[nodiscard]] std::optional<Party> FreshParty(const Case& c, const std::string& node) const;
  // The last word of a node, fresh or not.
  [[nodiscard]] std::optional<Party> LastWord(const Case& c, const std::string& node) const;
  // Nodes that are not fresh and whose last word was that they have the VIP.
  [[nodiscard]] std::vector<std::string> SilentClaimants(const Case& c) const;

  // What the fresh nodes say of these VIPs.
  [[nodiscard]] Standings StandingsIn(const Cases& cases) const;
  [[nodiscard]] std::optional<Standing> StandingOf(const Cases& cases, const std::string& node) const;

  // Some fresh node has adverts of `node` for one of the VIPs on its wire: from one of its addresses, as its virtual
  // router where that is known, and without a defect for which receivers drop them. Of a node that is not known here a
  // node that is held back for its sake knows how it speaks.
  [[nodiscard]] bool HeardOnWire(const Cases& cases, const std::string& node) const;

  // Forgets a case of which nothing is known and nothing remembered. True when it was so.
  bool EraseIfEmpty(const Case& c);

  [[nodiscard]] std::uint64_t newest_matter() const { return last_matter_; }
  // A new one, with neither contest nor incident yet.
  Matter& NewMatter(const std::string& cluster);
  // Puts the VIP into the matter's care; it must be in none.
  static void Enter(Matter& matter, Case& c) { c.matter = &matter; }
  // Takes from the matter's care what neither its contest nor its incident is about, of `cases`.
  static void Leave(const Matter& matter, const Cases& cases);

  // Own addresses of the cluster's nodes, sorted; in a cluster of more than 64 only of those that know the VIP.
  [[nodiscard]] std::vector<IpAddress> NodeAddresses(const Case& c) const;

  // Own MACs of the same nodes, sorted; empty while those of one are not known.
  [[nodiscard]] std::vector<std::string> NodeMacs(const Case& c) const;

  // Those of fresh nodes that say they do not have the VIP.
  [[nodiscard]] std::vector<NodeMac> IdleMacs(const Case& c) const;

  // Many nodes fell silent at once: rather the arbiter's own network than all of them.
  [[nodiscard]] bool DoubtsItself(const std::string& cluster, Instant now) const;

  // The node is not fresh any more.
  void FallSilent(Node& node, Instant now);

 private:
  [[nodiscard]] std::vector<const Node*> Neighbourhood(const Case& c) const;
  bool Vouch(Cluster& cluster, const IpAddress& vip, int by);

  Policy policy_;
  std::map<std::string, Cluster> clusters_;
  std::optional<ModeRecord> mode_of_others_;
  std::uint64_t last_matter_ = 0;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_WORLD_H_
