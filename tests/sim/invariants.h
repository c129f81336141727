// What must always be true, checked after everything that happens.
#ifndef TESTS_SIM_INVARIANTS_H_
#define TESTS_SIM_INVARIANTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

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
  struct Affirmation {
    Instant at{};
    bool holds = false;
    bool reaches = false;
  };
  using NodeVip = std::pair<std::string, IpAddress>;

  void OnEvent(const arbiter::core::Event& event);
  void OnDirective(const arbiter::core::Directive& directive);
  [[nodiscard]] bool IsOut(const NodeVip& key) const;
  void CheckDemotion(const arbiter::core::Directive& directive);
  [[nodiscard]] std::string ArbitersView(const IpAddress& vip) const;
  void CheckDurable(const arbiter::core::Directive& directive);
  void CheckNotHeldDown();
  void CheckFirstSightGates();
  void Break(const std::string& what);

  World& world_;
  std::string broken_;
  bool saw_incident_ = false;
  std::map<NodeVip, Affirmation> affirmed_;
  std::map<NodeVip, Instant> out_;  // told to give up, until then or until released
  std::map<IpAddress, Instant> down_since_;
  std::map<NodeVip, Instant> shut_since_;
  Instant forgiven_until_{};
};

}  // namespace sim

#endif  // TESTS_SIM_INVARIANTS_H_
