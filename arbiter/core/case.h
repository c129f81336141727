// Everything that the core keeps for one VIP besides the nodes' reports: the contest, the incident, the holds.
#ifndef ARBITER_CORE_CASE_H_
#define ARBITER_CORE_CASE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "arbiter/core/event.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/instant.h"
#include "arbiter/core/report.h"
#include "arbiter/core/status.h"

namespace arbiter::core {

// What a node affirmed. Reach is missing where it was not told.
struct Answer {
  bool claims = false;
  bool holds = false;  // it claims the VIP and no gate is shut: only such a node can survive
  bool advertises = false;
  std::optional<Reach> reach;
};

// One question, put to several nodes at once.
struct Round {
  std::uint64_t nonce = 0;
  Instant deadline{};
  std::set<std::string> asked;
  std::map<std::string, Answer> answers;
};

// An instruction that is out.
struct Order {
  Fence fence;
  Instant sent{};
};

// Two or more holders: from first sight until it is over or has become a split.
struct Contest {
  Instant opened{};
  std::optional<Round> round;             // a question is under way
  std::map<std::string, Answer> answers;  // of the last round that was judged
  std::set<std::string> silent;           // were asked and did not answer
  std::string survivor;                   // empty: not judged yet
  std::string former_survivor;            // of the last round, while the question is put anew for a newcomer's sake
  Instant affirmed{};                     // when the last round was judged
  std::string reason;                     // why the survivor survives, in words
  std::set<std::string> level;            // losers that would survive, were the precedent theirs
  std::map<std::string, Order> shut;      // gates that are shut for a while
  Instant ask_again{};
  std::optional<OperatorDemote> ordered;  // an operator wants this node to give the VIP up
};

enum class TrialPhase : std::uint8_t { kNone, kListen, kAdverts };

// Finding out behind the shut gate whether the cause has gone.
struct Trial {
  TrialPhase phase = TrialPhase::kNone;
  Instant until{};
};

// "This node must not hold this VIP until released", and what the core does about it.
struct Hold {
  HoldRecord record;
  std::optional<Order> order;  // none: not durable yet, or to be stated again
  bool in_force = false;       // the node confirmed it
  bool restate = false;        // the node came without it: state it again once the survivor has affirmed
  bool level = false;          // the node would have survived, had the precedent been its own
  std::string failure;         // why the last order did not work
  int failures = 0;            // in a row
  Trial trial;
  Instant next_trial{};
  Instant no_trial_before{};
  std::uint64_t evidence = 0;       // what could tell that the cause has gone, as a digest
  std::optional<Instant> agreeing;  // without a gate: since when the node has heard the survivor and agreed with it
  std::string note;                 // what an operator has to know of it

  // Its node was told of it, in this life of the arbiter or before.
  [[nodiscard]] bool ordered() const { return order.has_value() || in_force; }
};

struct OpenIncident {
  IncidentRecord record;
  std::map<std::string, Hold> holds;
  std::optional<std::uint64_t> ticket;    // a write that an order waits for
  std::optional<Instant> write_again;     // that write failed
  std::optional<Round> check;             // the survivor is being asked
  std::optional<Instant> survivor_grace;  // until then a new survivor may still be opening its gate
  Instant next_check{};
  Instant next_reach{};            // when the survivor is asked although nothing looks wrong
  std::set<std::string> reaching;  // who reached somebody on the segment when it was last asked
  bool cut_off = false;            // the survivor did not, and a held node did
  Instant affirmed{};              // when the survivor last did
  bool survivor_was_heard = false;
  bool survivor_advertised = false;
};

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
  std::unique_ptr<Contest> contest;
  std::unique_ptr<OpenIncident> incident;
  std::optional<Instant> dual_since;      // two nodes answer since then
  std::optional<Instant> stranger_since;  // a host that is no node claims the VIP since then
  std::optional<Instant> due;             // the deadline that stands in the queue
  Instant state_since{};
  VipState state = VipState::kUnheld;
  Nodes last_free;                        // holders that a contest was opened for, or considered
  std::string keeper;                     // who keeps the VIP by the last verdict on it; empty: nobody was chosen
  std::map<std::string, Order> releases;  // ended holds whose nodes have not confirmed it
  absl::InlinedVector<Word, 2> words;     // every node's, fresh or not, by node name; the World keeps them

  Instant keeper_since{};
  Duration dual{};  // sum of the times in which two nodes answered, before dual_since
  Instant no_contest_before{};
  Duration contest_backoff{};
  std::map<std::string, Relapse> relapses;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CASE_H_
