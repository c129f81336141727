// A stage for engine tests: nodes that answer, obey and report as a probe would, at once, on a clock that tests move.
#ifndef TESTS_ARBITER_CORE_STAGE_H_
#define TESTS_ARBITER_CORE_STAGE_H_

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arbiter/core/engine.h"

namespace arbiter::core {

// How one node is and behaves. Change it, then Stage::Report.
struct Actor {
  VipReport vip;
  std::set<IpAddress> more;               // further VIPs of the same shape
  std::map<IpAddress, VipReport> unlike;  // and others
  NodeReport report;
  bool attached = false;
  bool answers = true;  // affirmations
  bool obeys = true;    // directives
  std::optional<Reach> reach;
  std::map<IpAddress, Reach> reach_of;  // where it is another one
  bool looks = false;           // who else answers for the VIP; else it says nothing of that, as a probe of 0.1.0
  std::set<std::string> meets;  // actors that it would see on the segment, by name
  std::vector<LocalHold> holds;
  bool asks_segment = true;                // an old probe does not
  std::set<IpAddress> served_by_others{};  // what other hosts answer for on its segment
  int lost_questions = 0;                  // so many of the next ones to the segment nobody hears
};

class Stage {
 public:
  explicit Stage(const Policy& policy = Policy{});

  static IpAddress Ip(const std::string& text);
  static IpAddress Vip() { return Ip("192.168.1.212"); }

  // Adds a node that is backup for the VIP, with a working gate and a usable track file, and attaches it.
  Actor& Add(const std::string& name, std::uint8_t priority, const std::string& cluster = "prod");
  Actor& At(const std::string& name) { return actors_.at(name); }

  void Attach(const std::string& name);
  void Detach(const std::string& name);
  // The node takes the VIP (or gives it up) and reports it.
  void Take(const std::string& name);
  void GiveUp(const std::string& name);
  void Report(const std::string& name);
  // `arbiter-probe holds --release-all` on the node.
  void ReleaseByHand(const std::string& name);

  // Time goes on; heartbeats of the nodes that are attached and answer come every second; deadlines are kept.
  void Run(Duration span);
  void Do(const Event& event);

  // The arbiter dies and comes back with what was persisted; nodes are detached.
  void Restart();
  // It comes back with nothing: another arbiter, with an older store or none.
  void Forget();

  [[nodiscard]] VipView View(const std::string& cluster = "prod") const;
  [[nodiscard]] ClusterView Cluster(const std::string& cluster = "prod") const;
  // Nodes that answer for the VIP in truth.
  [[nodiscard]] std::vector<std::string> Answering() const;
  // Directives sent so far of a kind, as "node" entries in order.
  template <typename A>
  [[nodiscard]] std::vector<std::string> Sent() const {
    std::vector<std::string> result;
    for (const Directive& d : directives_) {
      if (std::holds_alternative<A>(d.action)) result.push_back(d.to.node);
    }
    return result;
  }
  [[nodiscard]] const std::vector<Directive>& directives() const { return directives_; }
  [[nodiscard]] const std::vector<AskAffirm>& questions() const { return questions_; }
  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
  [[nodiscard]] const std::vector<OperatorAnswer>& operator_answers() const { return operator_answers_; }
  [[nodiscard]] const std::map<IncidentId, IncidentRecord>& disk() const { return disk_; }
  [[nodiscard]] std::size_t NoteCount(const std::string& kind) const;
  [[nodiscard]] Instant now() const { return now_; }

  // A write fails with this text while it is not empty; writes are not answered at all while `disk_hangs`.
  std::string disk_error;
  bool disk_hangs = false;

 private:
  void Carry(const std::vector<Effect>& effects);
  void Carry(const AskAffirm& ask);
  void Carry(const SendDirective& send);
  void Carry(const Persist& persist);
  void Carry(const PersistMode& persist) { modes_[persist.record.cluster] = persist.record; }
  void Carry(const TellKnownVips&) {}
  void Carry(const OperatorAnswer& answer) { operator_answers_.push_back(answer); }
  void Carry(const Note& note) { notes_.push_back(note); }
  void Obey(Actor& actor, const Directive& directive, const IpAddress& vip);
  std::vector<VipReport> ReportsOf(const Actor& actor) const;
  bool SegmentAnswers(const Actor& actor) const;
  Actor* Find(const NodeKey& key);
  NodeKey KeyOf(const std::string& name) const { return {clusters_.at(name), name}; }

  Policy policy_;
  Instant now_{};
  std::optional<Engine> engine_;
  std::uint64_t term_ = 1;
  std::map<std::string, Actor> actors_;
  std::map<std::string, std::string> clusters_;
  std::map<std::pair<std::string, IpAddress>, GateState> gates_;
  std::deque<Event> inbox_;
  std::vector<Directive> directives_;
  std::vector<AskAffirm> questions_;
  std::vector<Note> notes_;
  std::vector<OperatorAnswer> operator_answers_;
  std::map<IncidentId, IncidentRecord> disk_;
  std::map<std::string, ModeRecord> modes_;
  Instant next_heartbeat_{};
};

// a holds with priority 100, b with 90 takes the VIP as well.
void Split(Stage& stage);

}  // namespace arbiter::core

#endif  // TESTS_ARBITER_CORE_STAGE_H_
