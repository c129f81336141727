// What is decided together: VIPs of one instance, or of one sync group, that are contested between the same nodes. They
// are asked about in one question, judged by one verdict, held by one directive, tried by one trial and recorded as one
// incident.
#ifndef ARBITER_CORE_MATTER_H_
#define ARBITER_CORE_MATTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arbiter/core/event.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct Case;

// By VIP, each once, none null.
using Cases = std::vector<Case*>;
using Vips = std::set<IpAddress>;

// What a node affirmed of the VIPs that it was asked about. Reach is missing where it was not told; of several segments
// it is that of the one where the node reaches least.
struct Answer {
  Vips claims;
  Vips holds;  // it claims them and no gate is shut: only of these can it be the survivor
  bool advertises = false;
  std::optional<Reach> reach;
  Vips answered;             // by another host on the node's segment, where that was asked about
  Vips unanswered;           // asked about there, and nobody did, although other hosts answer the node
  bool cannot_tell = false;  // it asked, and gets no answer from anybody there
};

// Of two answers about a node's reach the one that tells less of it; one that tells nothing counts for nothing.
[[nodiscard]] std::optional<Reach> Lesser(const std::optional<Reach>& a, const std::optional<Reach>& b);

// One question, put to several nodes at once.
struct Round {
  std::uint64_t nonce = 0;
  Instant deadline{};
  Cases about;
  std::set<std::string> asked;
  std::map<std::string, Answer> answers;
  bool of_segment = false;  // whether another host answers for the VIPs is asked, too
};

// An instruction that is out.
struct Order {
  Fence fence;
  Instant sent{};
};

// A gate that is shut for a while.
struct Shut {
  Order order;
  Vips vips;
  Vips held;  // those for which it was shut for good, by a hold of an incident that is not about them any more
};

// Two or more holders: from first sight until it is over or has become a split.
struct Contest {
  Cases vips;
  Vips judged;  // those of them for which the survivor has affirmed
  Instant opened{};
  bool told = false;                      // operators know of it
  std::optional<Round> round;             // a question is under way
  std::map<std::string, Answer> answers;  // of the rounds that were judged
  std::set<std::string> silent;           // were asked and did not answer
  std::string survivor;                   // empty: not judged yet
  bool on_trust = false;                  // the survivor does not advertise yet, for its link has just come back
  std::string former_survivor;            // of the last round, while the question is put anew for a newcomer's sake
  Instant affirmed{};                     // when the last round was judged
  std::string reason;                     // why the survivor survives, in words
  std::set<std::string> level;            // losers that would survive, were the precedent theirs
  std::map<std::string, Shut> shut;       // by node
  Instant ask_again{};
  Duration backoff{};                     // doubles while nobody can be chosen
  int unseen = 0;                         // verdicts in a row in which a claimant was not seen by the others (sight.h)
  std::optional<OperatorDemote> ordered;  // an operator wants this node to give the VIPs up
};

enum class TrialPhase : std::uint8_t { kNone, kListen, kAdverts };

// Finding out behind the shut gate whether the cause has gone.
struct Trial {
  TrialPhase phase = TrialPhase::kNone;
  Instant until{};
};

// "This node must not hold these VIPs until released", and what the core does about it.
struct Hold {
  HoldRecord record;
  Cases vips;                  // never empty
  std::optional<Order> order;  // none: not durable yet, or to be stated again
  Vips confirmed;              // that the node answers nobody for, by results or by its own list of holds
  bool in_force = false;       // the node confirmed it for all of them
  bool restate = false;        // the node came without it: state it again once the survivor has affirmed
  bool level = false;          // the node would have survived, had the precedent been its own
  std::string failure;         // why the last order did not work
  int failures = 0;            // in a row
  Trial trial;
  Instant next_trial{};
  Instant no_trial_before{};
  std::uint64_t evidence = 0;       // what could tell that the cause has gone, as a digest
  std::optional<Instant> agreeing;  // without a gate: since when the node has heard the survivor and agreed with it

  // Its node was told of it, in this life of the arbiter or before.
  [[nodiscard]] bool ordered() const { return order.has_value() || in_force; }
};

struct OpenIncident {
  IncidentRecord record;
  Cases vips;  // those that it is about now; the record has also those that it was about
  std::map<std::string, Hold> holds;
  std::optional<std::uint64_t> ticket;    // a write that an order waits for
  std::optional<Instant> write_again;     // that write failed
  std::optional<Round> check;             // the survivor is being asked
  std::optional<Instant> survivor_grace;  // until then a new survivor may still be opening its gate
  Instant next_check{};
  Vips losing;                            // what the survivor had lost when it last answered, while it held the rest
  Instant losing_until{};                 // it is asked again then
  Instant next_reach{};                   // when the survivor is asked although nothing looks wrong
  std::set<std::string> reaching;         // who reached somebody on the segment when it was last asked
  std::set<std::string> reaching_nobody;  // who was asked then and did not
  bool cut_off = false;                   // the survivor did not, and a held node did
  Instant affirmed{};                     // when the survivor last did
  Vips affirmed_vips;                     // and for what, in the contest that led to the write
  bool unanswered_once = false;           // the segment did not answer for a survivor that is not here (absent.h)
  bool survivor_was_heard = false;
  bool survivor_advertised = false;
  Instant next_segment{};  // when the segment is asked again while the survivor says nothing itself
  Vips unanswered;         // that nobody answered for when it was last asked
  // It goes on from an earlier life of the arbiter, in which nobody was held and two answered to the last: since when.
  std::optional<Instant> resumed{};
  std::set<std::string> parties;    // who claimed it, survived or was demoted, in this life of the arbiter
  Instant causes_judged{};          // when the causes were last looked at
  bool judge_causes_again = false;  // something has happened since
};

// Lives while there is a contest or an incident.
struct Matter {
  std::uint64_t id = 0;
  std::string cluster;
  std::unique_ptr<Contest> contest;
  std::unique_ptr<OpenIncident> incident;
  Duration quiet{};            // how long there is no new contest after a verdict; doubles while they follow each other
  std::optional<Instant> due;  // the deadline that stands in the queue
};

// Sets of cases. `with` and `without` keep the order.
[[nodiscard]] bool Has(const Cases& cases, const Case* c);
void Add(Cases& cases, Case* c);
void Remove(Cases& cases, const Case* c);
// Those of `cases` that are in `vips`, or are not.
[[nodiscard]] Cases Among(const Cases& cases, const Vips& vips);
[[nodiscard]] Cases NotAmong(const Cases& cases, const Vips& vips);
[[nodiscard]] Vips VipsOf(const Cases& cases);
[[nodiscard]] std::vector<IpAddress> ListOf(const Cases& cases);
// All VIPs of the matter: the contest's and the incident's.
[[nodiscard]] Cases CasesOf(const Matter& matter);

// From now on this node serves; it is not, or no longer, one that was demoted.
void SetSurvivor(IncidentRecord& record, const std::string& node);
// The node was told to give up; the survivor never is one of these.
void AddDemoted(IncidentRecord& record, const std::string& node);

// The incident is about the VIP from now on, too.
void AddTo(OpenIncident& incident, Case* c);

// "192.168.1.212", "192.168.1.212 and 192.168.1.213", "192.168.2.1 ... 192.168.2.100 (100 VIPs)".
[[nodiscard]] std::string NamesOf(const std::vector<IpAddress>& vips);
[[nodiscard]] std::string NamesOf(const Cases& cases);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_MATTER_H_
