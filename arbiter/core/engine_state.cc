#include "arbiter/core/engine_state.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/reconcile.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"
#include "arbiter/core/stranger.h"
#include "proto/value/duration.h"

namespace arbiter::core {

std::vector<Effect> Engine::State::Step(Event event, Instant now) {
  std::visit([&](auto& e) { On(std::move(e), now); }, event);
  On(Tick{}, now);
  Decide(now);
  TellKnownVipsThatChanged();
  return out_.Take();
}

std::optional<Instant> Engine::State::NextDeadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.top().at);
}

void Engine::State::On(const Started& event, Instant now) {
  started_ = now;
  out_.SetTerm(event.term);
  for (const ModeRecord& record : event.modes) {
    Cluster* cluster = record.cluster.empty() ? nullptr : &world_.EnsureCluster(record.cluster);
    (cluster == nullptr ? world_.mode_of_others() : cluster->mode) = record;
    if (record.until.has_value()) deadlines_.push({*record.until, cluster});
  }
  for (const IncidentRecord& record : event.open_incidents) Resume(record, now);
}

void Engine::State::Resume(const IncidentRecord& record, Instant now) {
  Matter& matter = world_.NewMatter(record.cluster);
  matter.incident = std::make_unique<OpenIncident>();
  OpenIncident& incident = *matter.incident;
  incident.record = record;
  if (record.holds.empty()) incident.resumed = now;
  for (const HoldRecord& held : record.holds) {
    Hold& hold = incident.holds[held.node];
    hold.record = held;
    for (const IpAddress& vip : held.vips.empty() ? record.vips : held.vips) {
      Add(hold.vips, &world_.EnsureCase({record.cluster, vip}));
    }
    for (Case* c : hold.vips) Add(incident.vips, c);
  }
  if (incident.holds.empty()) {
    for (const IpAddress& vip : record.vips) Add(incident.vips, &world_.EnsureCase({record.cluster, vip}));
  }
  for (Case* c : incident.vips) {
    World::Enter(matter, *c);
    c->dual = record.dual_hold;
    Reconsider(*c);
  }
  Context ctx = ContextAt(now);
  Tell(ctx, matter, Note::Severity::kInfo, "resumed", absl::StrCat("incident ", record.id, " goes on after a restart"));
}

void Engine::State::AskAtLast(Node& node, Instant now) {
  node.owes_an_answer = false;
  for (const IpAddress& vip : node.vips) {
    Case* c = world_.FindCase({node.key.cluster, vip});
    Contest* contest = c == nullptr ? nullptr : c->contest();
    if (contest == nullptr || !contest->silent.contains(node.key.node)) continue;
    contest->ask_again = now;
    contest->backoff = Duration{};
    contest->silent.erase(node.key.node);
    Reconsider(*c);
  }
}

void Engine::State::HearFrom(Node& node, Instant now) {
  node.last_heard = now;
  if (node.owes_an_answer) AskAtLast(node, now);
  if (!node.attached || node.fresh) return;
  node.fresh = true;
  deadlines_.push({now + policy_.heartbeat_interval * policy_.missed_heartbeats, nullptr, &node});
  TellNode(Note::Severity::kInfo, node.key, "is heard again");
  ReconsiderNode(node);
}

void Engine::State::On(NodeAttached event, Instant now) {
  Node& node = world_.EnsureNode(event.node);
  std::set<IpAddress> touched = node.vips;
  node.attached = true;
  node.retired = false;
  if (!node.fresh) deadlines_.push({now + policy_.heartbeat_interval * policy_.missed_heartbeats, nullptr, &node});
  node.fresh = true;
  node.last_heard = now;
  node.attached_at = now;
  node.probe_version = event.probe_version;
  node.peer = event.peer;
  world_.MergeNode(node, std::move(event.report));
  World::TakeHolds(node, event.holds);
  std::set<IpAddress> reported;
  for (const VipReport& report : event.vips) reported.insert(report.vip);
  for (const IpAddress& vip : touched) {
    if (!reported.contains(vip)) Forget(node, vip, now);
  }
  for (VipReport& report : event.vips) Merge(node, std::move(report), now);
  touched.insert(reported.begin(), reported.end());
  for (const LocalHold& hold : event.holds) {
    world_.EnsureCase({event.node.cluster, hold.vip});
    touched.insert(hold.vip);
  }
  const std::set<IpAddress>& attention = world_.EnsureCluster(event.node.cluster).attention;
  touched.insert(attention.begin(), attention.end());
  TellNode(Note::Severity::kInfo, event.node, "attached");
  Cases cases;
  for (const IpAddress& vip : touched) {
    if (Case* c = world_.FindCase({event.node.cluster, vip}); c != nullptr) cases.push_back(c);
  }
  Context ctx = ContextAt(now);
  ReconcileOnAttach(ctx, cases, node);
  if (node.owes_an_answer) AskAtLast(node, now);
  Reconsider(event.node.cluster, touched);
}

void Engine::State::On(const NodeDetached& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr || !node->attached) return;
  node->attached = false;
  world_.FallSilent(*node, now);
  TellNode(Note::Severity::kWarning, event.node, "is no longer connected");
  ReconsiderNode(*node);
}

void Engine::State::On(const NodeHeartbeat& event, Instant now) {
  if (Node* node = world_.FindNode(event.node); node != nullptr) HearFrom(*node, now);
}

void Engine::State::On(NodeChanged event, Instant now) {
  for (const VipReport& report : event.vips) world_.Prefetch({event.node.cluster, report.vip});
  Node* node = world_.FindNode(event.node);
  if (node == nullptr) return;
  HearFrom(*node, now);
  std::set<IpAddress> touched;
  if (event.report.has_value()) {
    world_.MergeNode(*node, *std::move(event.report));
    touched = node->vips;
  }
  for (VipReport& report : event.vips) {
    touched.insert(report.vip);
    Merge(*node, std::move(report), now);
  }
  for (const IpAddress& vip : event.forgotten) {
    Forget(*node, vip, now);
    touched.insert(vip);
  }
  if (event.holds.has_value()) {
    World::TakeHolds(*node, *std::move(event.holds));
    Context ctx = ContextAt(now);
    Cluster& cluster = world_.EnsureCluster(event.node.cluster);
    touched.insert(cluster.attention.begin(), cluster.attention.end());
    for (auto& [id, matter] : cluster.matters) ReconcileOnChange(ctx, *matter, *node);
  }
  Reconsider(event.node.cluster, touched);
}

void Engine::State::On(const Affirmed& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr) return;
  HearFrom(*node, now);
  for (const VipReport& report : event.vips) Merge(*node, VipReport(report), now);
  const std::map<IpAddress, bool> segment(event.segment.begin(), event.segment.end());
  std::map<IpAddress, const Reach*> reach_of;  // there may be thousands
  for (const auto& [vip, reach] : event.reach) reach_of.emplace(vip, &reach);
  for (const VipReport& report : event.vips) {
    const auto reach = reach_of.find(report.vip);
    const auto answered = segment.find(report.vip);
    Case& c = *world_.FindCase({event.node.cluster, report.vip});
    TakeAnswer(c, event.node.node, event.nonce,
               {*world_.LastWord(c, event.node.node)->report,
                reach != reach_of.end() ? std::optional(*reach->second) : event.reach_of_others,
                answered != segment.end() ? std::optional(answered->second) : std::nullopt});
    Reconsider(c);
  }
}

namespace {

// What became of a directive for each of its VIPs, and why.
class Outcomes {
 public:
  explicit Outcomes(const DirectiveResult& result) : result_(result) {
    for (const VipOutcome& exception : result.exceptions) exceptions_.emplace(exception.vip, &exception);
  }
  [[nodiscard]] Outcome Of(const IpAddress& vip) const {
    const auto other = exceptions_.find(vip);
    return other == exceptions_.end() ? result_.outcome : other->second->outcome;
  }
  [[nodiscard]] const std::string& WhyOf(const IpAddress& vip) const {
    const auto other = exceptions_.find(vip);
    return other == exceptions_.end() ? result_.detail : other->second->detail;
  }

 private:
  const DirectiveResult& result_;
  std::map<IpAddress, const VipOutcome*> exceptions_;
};

}  // namespace

void Engine::State::TakeHoldResults(const DirectiveDone& event, const Cases& cases, Instant now) {
  const std::string& node = event.node.node;
  const Outcomes outcomes(event.result);
  std::map<std::pair<std::uint64_t, Outcome>, Cases> news;  // by matter
  for (Case* c : cases) {
    Hold* hold = c->HoldOf(node);
    if (hold == nullptr || !hold->order.has_value() || hold->order->fence != event.result.fence) continue;
    const Outcome outcome = outcomes.Of(c->key.vip);
    if (outcome == Outcome::kDone) hold->confirmed.insert(c->key.vip);
    news[{c->matter->id, outcome}].push_back(c);
  }
  Context ctx = ContextAt(now);
  for (const auto& [what, vips] : news) {
    Matter& matter = *vips.front()->matter;
    Hold& hold = *vips.front()->HoldOf(node);
    if (what.second == Outcome::kDone) {
      if (hold.confirmed.size() < hold.vips.size()) continue;
      hold.in_force = true;
      hold.failures = 0;
      hold.failure.clear();
      Tell(ctx, matter, Note::Severity::kInfo, "held",
           absl::StrCat(node, " answers nobody for ", NamesOf(hold.vips), " any more: ", event.result.detail));
      continue;
    }
    ++hold.failures;
    hold.failure = outcomes.WhyOf(vips.front()->key.vip);
    Tell(ctx, matter, Note::Severity::kError, what.second == Outcome::kRefused ? "refused" : "failed",
         absl::StrCat(node, " did not give ", NamesOf(vips), " up: ", hold.failure));
  }
}

void Engine::State::On(const DirectiveDone& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr) return;
  HearFrom(*node, now);
  for (const VipReport& report : event.reports) Merge(*node, VipReport(report), now);
  Cases cases;
  const Outcomes outcomes(event.result);
  for (const IpAddress& vip : event.result.vips) {
    Case* c = world_.FindCase({event.node.cluster, vip});
    if (c == nullptr) continue;
    Add(cases, c);
    Reconsider(*c);
    const auto release = c->releases.find(event.node.node);
    const bool released = release != c->releases.end() && release->second.fence == event.result.fence &&
                          outcomes.Of(vip) == Outcome::kDone;
    if (released) c->releases.erase(release);
  }
  TakeHoldResults(event, cases, now);
}

void Engine::State::On(const Persisted& event, Instant now) {
  const auto ticket = tickets_.find(event.ticket);
  if (ticket == tickets_.end()) return;
  const MatterKey key = ticket->second;
  tickets_.erase(ticket);
  auto& matters = world_.EnsureCluster(key.cluster).matters;
  const auto found = matters.find(key.id);
  if (found == matters.end() || found->second->incident == nullptr) return;
  Matter& matter = *found->second;
  if (matter.incident->ticket != event.ticket) return;
  Context ctx = ContextAt(now);
  OnWritten(ctx, matter, event.error);
  for (Case* c : CasesOf(matter)) Reconsider(*c);
}

void Engine::State::On(const Tick&, Instant now) {
  while (!deadlines_.empty() && deadlines_.top().at <= now) {
    const Deadline deadline = deadlines_.top();
    deadlines_.pop();
    if (deadline.matter != 0) {
      const auto found = deadline.cluster->matters.find(deadline.matter);
      if (found == deadline.cluster->matters.end() || found->second->due != deadline.at) continue;
      found->second->due.reset();
      for (Case* c : CasesOf(*found->second)) Reconsider(*c);
    } else if (deadline.vip.has_value()) {
      const auto found = deadline.cluster->cases.find(*deadline.vip);
      if (found == deadline.cluster->cases.end() || found->second.due != deadline.at) continue;
      found->second.due.reset();
      Reconsider(found->second);
    } else if (deadline.node != nullptr) {
      CheckFresh(*deadline.node, now);
    } else {
      RestoreMode(deadline.cluster, now);
    }
  }
}

void Engine::State::CheckFresh(Node& node, Instant now) {
  if (!node.fresh) return;
  const Instant stale_at = node.last_heard + policy_.heartbeat_interval * policy_.missed_heartbeats;
  if (now < stale_at) {
    deadlines_.push({stale_at, nullptr, &node});
    return;
  }
  world_.FallSilent(node, now);
  TellNode(Note::Severity::kWarning, node.key,
           absl::StrCat("has been silent for ", FormatDuration(now - node.last_heard)));
  ReconsiderNode(node);
}

void Engine::State::Merge(Node& node, VipReport&& report, Instant now) {
  const IpAddress vip = report.vip;
  Take(node, vip, world_.MergeVip(node, std::move(report), now), now);
}

void Engine::State::Forget(Node& node, const IpAddress& vip, Instant now) {
  Take(node, vip, world_.ForgetVip(node, vip), now);
}

void Engine::State::Take(Node& node, const IpAddress& vip, WordChange change, Instant now) {
  if (change.known_vips) known_vips_changed_.insert(node.key.cluster);
  if (change.let_go) AnnounceIfLetGo(node, vip, now);
}

void Engine::State::AnnounceIfLetGo(Node& node, const IpAddress& vip, Instant now) {
  Case* c = world_.FindCase({node.key.cluster, vip});
  if (c == nullptr) return;
  const Contest* contest = c->contest();
  const auto shut =
      contest == nullptr ? std::map<std::string, Shut>::const_iterator() : contest->shut.find(node.key.node);
  const bool is_shut = contest != nullptr && shut != contest->shut.end() && shut->second.vips.contains(vip);
  if (!is_shut && c->HoldOf(node.key.node) == nullptr) return;
  const std::string& survivor = is_shut ? contest->survivor : c->incident()->record.survivor;
  const std::optional<Party> party = world_.FreshParty(*c, survivor);
  if (!party.has_value() || !party->report->holds()) return;
  Context ctx = ContextAt(now);
  SendTo(ctx, {c}, survivor, Announce{});
}

namespace {

// Two answered when the arbiter ended, and two do now that their nodes are here again: they did all the time.
Instant DualSince(Case& c, Instant now) {
  constexpr Duration kAttachWithin = std::chrono::seconds(15);
  const OpenIncident* incident = c.incident();
  const bool goes_on = incident != nullptr && incident->resumed.has_value() && !incident->record.healed.has_value() &&
                       incident->record.state == IncidentState::kSplit && now < *incident->resumed + kAttachWithin &&
                       c.dual == incident->record.dual_hold;
  if (!goes_on) return now;
  c.dual = Duration{};
  return incident->record.opened;
}

}  // namespace

void Engine::State::TrackDual(Case& c, Instant now) {
  const bool dual = world_.Holders(c).size() >= 2;
  if (dual == c.dual_since.has_value()) return;
  if (dual) {
    c.dual_since = DualSince(c, now);
    return;
  }
  c.dual += now - *c.dual_since;
  c.dual_since.reset();
}

void Engine::State::Reconsider(Case& c) { reconsidered_.insert(c.key); }

void Engine::State::Reconsider(const std::string& cluster, const Vips& vips) {
  for (const IpAddress& vip : vips) reconsidered_.insert({cluster, vip});
}

void Engine::State::Decide(Instant now) {
  Context ctx = ContextAt(now);
  Cases cases;
  std::set<MatterKey> matters;
  for (const VipKey& key : std::exchange(reconsidered_, {})) {
    Case* c = world_.FindCase(key);
    if (c == nullptr || world_.EraseIfEmpty(*c)) continue;
    cases.push_back(c);
    TrackDual(*c, now);
    EnterContest(ctx, *c);
    StepStranger(ctx, *c);
    if (c->matter != nullptr) matters.insert({key.cluster, c->matter->id});
  }
  for (Case* c : cases) StepReleases(ctx, *c);
  for (const MatterKey& key : matters) {
    const std::uint64_t newest = world_.newest_matter();
    for (const std::uint64_t joined : DecideOn(key, now)) DecideOn({key.cluster, joined}, now);
    for (std::uint64_t made = newest + 1; made <= world_.newest_matter(); ++made) DecideOn({key.cluster, made}, now);
  }
  for (Case* c : cases) Conclude(*c, now);
}

std::set<std::uint64_t> Engine::State::DecideOn(const MatterKey& key, Instant now) {
  auto& matters = world_.EnsureCluster(key.cluster).matters;
  const auto found = matters.find(key.id);
  std::set<std::uint64_t> joined;
  if (found == matters.end()) return joined;
  Matter& matter = *found->second;
  Context ctx = ContextAt(now);
  const Cases before = CasesOf(matter);
  const std::uint64_t newest = world_.newest_matter();
  StepContest(ctx, matter);
  if (matter.incident != nullptr) StepIncident(ctx, matter);
  if (matter.incident != nullptr && matter.incident->ticket.has_value()) tickets_[*matter.incident->ticket] = key;
  const Cases after = CasesOf(matter);
  if (after.empty()) {
    matters.erase(found);
  } else {
    Schedule(matter, now);
  }
  for (Case* c : before) {
    if (Has(after, c)) continue;
    Conclude(*c, now);
    if (c->matter != nullptr && c->matter->id <= newest) joined.insert(c->matter->id);
  }
  for (Case* c : after) Conclude(*c, now);
  return joined;
}

void Engine::State::Conclude(Case& c, Instant now) {
  Cluster& cluster = world_.EnsureCluster(c.key.cluster);
  RememberKeeper(c, now);
  if (c.incident() != nullptr || !c.releases.empty()) {
    cluster.attention.insert(c.key.vip);
  } else {
    cluster.attention.erase(c.key.vip);
  }
  const VipState state = StateOf(world_, c);
  if (state != c.state || c.state_since == Instant{}) {
    c.state = state;
    c.state_since = now;
  }
  Schedule(c, now);
}

void Engine::State::Schedule(Case& c, Instant now) {
  Context ctx = ContextAt(now);
  std::optional<Instant> due = EnterDue(ctx, c);
  for (const std::optional<Instant>& other : {StrangerDue(ctx, c), ReleaseDue(ctx, c)}) {
    if (other.has_value() && (!due.has_value() || *other < *due)) due = other;
  }
  if (due == c.due) return;
  c.due = due;
  if (due.has_value()) deadlines_.push({*due, &world_.EnsureCluster(c.key.cluster), nullptr, c.key.vip});
}

void Engine::State::Schedule(Matter& matter, Instant now) {
  Context ctx = ContextAt(now);
  std::optional<Instant> due = ContestDue(ctx, matter);
  const std::optional<Instant> incident = IncidentDue(ctx, matter);
  if (incident.has_value() && (!due.has_value() || *incident < *due)) due = incident;
  if (due == matter.due) return;
  matter.due = due;
  if (due.has_value()) {
    deadlines_.push({*due, &world_.EnsureCluster(matter.cluster), nullptr, std::nullopt, matter.id});
  }
}

void Engine::State::ReconsiderNode(const Node& node) {
  Reconsider(node.key.cluster, node.vips);
  Reconsider(node.key.cluster, world_.EnsureCluster(node.key.cluster).attention);
}

void Engine::State::TellNode(Note::Severity severity, const NodeKey& node, const std::string& text) {
  Note note;
  note.severity = severity;
  note.cluster = node.cluster;
  note.node = node.node;
  note.kind = "node";
  note.text = absl::StrCat(node.node, " ", text);
  out_.Put(std::move(note));
}

void Engine::State::TellKnownVipsThatChanged() {
  for (const std::string& cluster : std::exchange(known_vips_changed_, {})) out_.Put(TellKnownVips{cluster});
}

}  // namespace arbiter::core
