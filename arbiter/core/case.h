// Everything that the core keeps for one VIP: what the nodes say of it, and what is remembered from one contest to the
// next. What is decided of it is in its matter (matter.h).
#ifndef ARBITER_CORE_CASE_H_
#define ARBITER_CORE_CASE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/matter.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// A hold that ended a while ago: should the split return, the settling time goes on where it was.
struct Relapse {
  Instant released{};
  std::uint32_t failed_trials = 0;
};

struct Node;

// Few nodes know one VIP.
using Nodes = absl::InlinedVector<const Node*, 2>;

// A node's last word on a VIP. The node is never null.
struct Word {
  const Node* node = nullptr;
  VipReport report;
};

// The same to look at: valid until the next word is merged or forgotten. Neither is ever null.
struct Party {
  const Node* node = nullptr;
  const VipReport* report = nullptr;
};

// What every step looks at comes first and lies together: with thousands of nodes a step costs what it has to fetch.
struct Case {
  explicit Case(VipKey k) : key(std::move(k)) {}

  VipKey key;
  Matter* matter = nullptr;               // in whose contest or incident it is; null: it is at peace
  std::optional<Instant> dual_since;      // two nodes answer since then
  std::optional<Instant> stranger_since;  // a host that is no node claims the VIP since then
  Duration stranger_lasts{};              // for how long before that is told
  std::optional<Instant> due;             // the deadline that stands in the queue
  Instant state_since{};
  VipState state = VipState::kUnheld;
  Nodes disowned;                         // who answers and does not vouch, beside another; told
  Nodes last_free;                        // holders that a contest was opened for, or considered
  std::string keeper;                     // who keeps the VIP by the last verdict on it; empty: nobody was chosen
  std::map<std::string, Order> releases;  // ended holds whose nodes have not confirmed it
  absl::InlinedVector<Word, 2> words;     // every node's, fresh or not, by node name; the World keeps them

  Instant keeper_since{};
  Duration dual{};  // sum of the times in which two nodes answered, before dual_since
  Instant no_contest_before{};
  std::map<std::string, Relapse> relapses;

  // The matter whose contest, or incident, the VIP is in now; null: none.
  [[nodiscard]] Contest* contest() const;
  [[nodiscard]] OpenIncident* incident() const;
  // The hold that keeps the node from this VIP; null: there is none.
  [[nodiscard]] Hold* HoldOf(const std::string& node) const;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CASE_H_
