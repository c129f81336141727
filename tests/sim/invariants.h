// What must always be true, checked after everything that happens.
#ifndef TESTS_SIM_INVARIANTS_H_
#define TESTS_SIM_INVARIANTS_H_

#include <map>
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

 private:
  using NodeVip = std::pair<std::string, IpAddress>;

  [[nodiscard]] std::string ArbitersView(const IpAddress& vip) const;
  [[nodiscard]] bool Undisturbed() const;
  [[nodiscard]] bool HasOpenIncident(const IpAddress& vip) const;
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
  Instant forgiven_until_{};
};

}  // namespace sim

#endif  // TESTS_SIM_INVARIANTS_H_
