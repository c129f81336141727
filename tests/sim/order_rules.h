// The invariants about what nodes are told and what they obey: 1, 2 and 3. Sees all that passes between the engine and
// the nodes and keeps its own account of it; asks the engine nothing.
#ifndef TESTS_SIM_ORDER_RULES_H_
#define TESTS_SIM_ORDER_RULES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/world.h"

namespace sim {

class OrderRules {
 public:
  using Break = std::function<void(const std::string& what)>;

  // Watches `world` from now on. Both must outlive it.
  OrderRules(World& world, Break broken);

 private:
  using NodeVip = std::pair<std::string, IpAddress>;
  struct Affirmation {
    Instant asked{};  // nothing older than the question counts
    bool holds = false;
    bool advertises = false;
    bool reaches = false;
  };
  struct Out {
    Instant until{};       // max: until released
    std::string survivor;  // of a hold
  };
  // What one node has obeyed. Outlives its probe, not its host.
  struct Obedience {
    std::uint64_t boots = 0;
    std::uint64_t newest_term = 0;
    std::map<IpAddress, arbiter::core::Fence> newest;
  };

  void OnEvent(const arbiter::core::Event& event);
  void TakeReport(const std::string& node, const arbiter::core::VipReport& report);
  void OnAsk(const arbiter::core::AskAffirm& ask);
  void OnAffirmed(const arbiter::core::Affirmed& affirmed);
  void OnDirective(const arbiter::core::Directive& directive);
  void OnDirectiveFor(const arbiter::core::Directive& directive);
  void OnObeyed(const Node& node, const arbiter::core::Directive& directive, probe::hold::BootTime as_of);

  [[nodiscard]] bool IsOut(const NodeVip& key) const;
  [[nodiscard]] bool Serves(const std::string& node, const IpAddress& vip) const;
  [[nodiscard]] bool IsKept(const IpAddress& vip, const std::string& but_for) const;
  [[nodiscard]] bool Reaches(const std::string& node, const arbiter::core::Directive& directive, Duration lasts) const;
  [[nodiscard]] bool Lately(const Affirmation& affirmation, Duration lasts) const;
  void CheckMode(const arbiter::core::Directive& directive);
  void CheckSurvivor(const arbiter::core::Directive& directive, Duration lasts);
  void CheckScope(const arbiter::core::Directive& directive, const arbiter::core::OrderHold& order);
  void CheckTogether(const arbiter::core::Directive& directive, const arbiter::core::OrderHold& order);
  void CheckDurable(const arbiter::core::Directive& directive);

  World& world_;
  Break break_;
  std::map<std::uint64_t, Instant> asked_;  // by nonce
  std::map<NodeVip, Affirmation> affirmed_;
  std::map<NodeVip, arbiter::core::VipReport> reports_;
  std::map<NodeVip, Out> out_;  // told to give up
  std::map<std::string, Obedience> obeyed_;
  Instant operator_meddled_{};
  bool observes_ = false;
  std::set<IpAddress> operators_demoted_;
};

}  // namespace sim

#endif  // TESTS_SIM_ORDER_RULES_H_
