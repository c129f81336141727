// What must always be true, checked after everything that happens.
#ifndef TESTS_SIM_INVARIANTS_H_
#define TESTS_SIM_INVARIANTS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/order_rules.h"
#include "tests/sim/world.h"

namespace sim {

class Invariants {
 public:
  explicit Invariants(World& world);

  // False as soon as one is broken; `broken` says which.
  bool Hold();
  [[nodiscard]] const std::string& broken() const { return broken_; }

  // 4: after faults have stopped and time has gone: one holder a VIP, no hold, no shut gate. Empty when it is so.
  [[nodiscard]] std::string Unsettled();

  // 6: no incident may ever have been opened.
  [[nodiscard]] bool SawIncident() const { return saw_incident_; }

  // While this is set nobody can be expected to serve (a node was just switched on, say): 5 is not counted.
  void Forgive(Duration span);

  // Something was done to the world just now: what follows is not yet calm.
  void OnFault();

 private:
  using NodeVip = std::pair<std::string, IpAddress>;
  // Between whom an incident stands, and since when.
  struct Parties {
    std::string between;
    Instant opened{};
    Instant since{};
  };
  // How one VIP fared since it has been calm.
  struct Calm {
    bool answered = true;
    int gaps = 0;
    Duration without{};  // an answer, kept so by a hold or a gate of ours
    std::optional<Instant> kept_down_since{};
    std::optional<Instant> two_since{};  // two nodes answer
  };

  [[nodiscard]] std::string ArbitersView(const IpAddress& vip) const;
  [[nodiscard]] bool Undisturbed() const;
  [[nodiscard]] bool HasOpenIncident(const IpAddress& vip) const;
  [[nodiscard]] bool IsKeptDown(const IpAddress& vip) const;
  [[nodiscard]] bool IsToldThatTheyDoNotSeeEachOther(const IpAddress& vip) const;
  [[nodiscard]] bool IsCalm() const;
  [[nodiscard]] bool MayDemoteAll() const;
  void CheckCalm();
  void SeeNewcomers();
  void CheckOneIncident();
  [[nodiscard]] std::string Torn() const;
  [[nodiscard]] bool CouldServe(const Node& node, const IpAddress& vip) const;
  [[nodiscard]] bool HearsOfTheRest(const Node& node, const IpAddress& vip) const;
  void CheckNotHeldDown();
  void CheckFirstSightGates();
  void CheckQuickDecision();
  void Break(const std::string& what);

  World& world_;
  std::string broken_;
  bool saw_incident_ = false;
  OrderRules orders_;
  std::map<IpAddress, Instant> gated_since_;  // a shut gate is all that keeps it from answering
  std::map<IpAddress, Instant> down_since_;   // and where its daemon had to let go as well
  std::map<NodeVip, Instant> shut_since_;
  std::map<NodeVip, Instant> undecided_since_;
  std::set<NodeVip> answer_;                    // that answered when it was last looked
  std::map<std::size_t, Instant> newcomer_at_;  // by instance: when one that did not before began to answer
  Instant forgiven_until_{};
  Instant last_fault_{};
  std::map<IpAddress, Calm> calm_;  // empty: it is not calm
  std::map<IpAddress, std::size_t> instance_of_;
  std::map<std::string, Parties> parties_;  // of open incidents, when directives_seen_ of them were out
  std::uint64_t directives_seen_ = 0;
  std::size_t look_every_ = 1;  // with crowds not after everything that happens
  std::size_t happened_ = 0;
};

}  // namespace sim

#endif  // TESTS_SIM_INVARIANTS_H_
