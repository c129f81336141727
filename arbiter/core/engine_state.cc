#include "arbiter/core/engine_state.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"
#include "arbiter/core/stranger.h"
#include "proto/value/duration.h"

namespace arbiter::core {

std::vector<Effect> Engine::State::Step(Event event, Instant now) {
  std::visit([&](auto& e) { On(std::move(e), now); }, event);
  On(Tick{}, now);
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
    if (record.until.has_value()) deadlines_.push({*record.until, cluster, nullptr, {}});
  }
  for (const IncidentRecord& record : event.open_incidents) {
    Case& c = world_.EnsureCase({record.cluster, record.vip});
    c.incident = std::make_unique<OpenIncident>();
    c.incident->record = record;
    c.dual = record.dual_hold;
    for (const HoldRecord& held : record.holds) c.incident->holds[held.node].record = held;
    Context ctx = ContextAt(now);
    Tell(ctx, c, Note::Severity::kInfo, "resumed", absl::StrCat("incident ", record.id, " goes on after a restart"));
    Reconsider(c, now);
  }
}

void Engine::State::HearFrom(Node& node, Instant now) {
  node.last_heard = now;
  if (!node.attached || node.fresh) return;
  node.fresh = true;
  deadlines_.push({now + policy_.heartbeat_interval * policy_.missed_heartbeats, nullptr, &node, {}});
  TellNode(Note::Severity::kInfo, node.key, "is heard again");
  ReconsiderNode(node, now);
}

void Engine::State::On(NodeAttached event, Instant now) {
  Node& node = world_.EnsureNode(event.node);
  std::set<IpAddress> touched = node.vips;
  node.attached = true;
  if (!node.fresh) deadlines_.push({now + policy_.heartbeat_interval * policy_.missed_heartbeats, nullptr, &node, {}});
  node.fresh = true;
  node.last_heard = now;
  node.attached_at = now;
  node.probe_version = event.probe_version;
  node.peer = event.peer;
  node.report = std::move(event.report);
  node.holds = event.holds;
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
  Context ctx = ContextAt(now);
  for (const IpAddress& vip : touched) {
    Case* c = world_.FindCase({event.node.cluster, vip});
    if (c == nullptr) continue;
    ReconcileOnAttach(ctx, *c, node);
    Reconsider(*c, now);
  }
}

void Engine::State::On(const NodeDetached& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr || !node->attached) return;
  node->attached = false;
  world_.FallSilent(*node, now);
  TellNode(Note::Severity::kWarning, event.node, "is no longer connected");
  ReconsiderNode(*node, now);
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
    node->report = *std::move(event.report);
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
    node->holds = *std::move(event.holds);
    Context ctx = ContextAt(now);
    for (const IpAddress& vip : world_.EnsureCluster(event.node.cluster).attention) {
      Case* c = world_.FindCase({event.node.cluster, vip});
      ReconcileOnChange(ctx, *c, *node);
      touched.insert(vip);
    }
  }
  for (const IpAddress& vip : touched) {
    if (Case* c = world_.FindCase({event.node.cluster, vip}); c != nullptr) Reconsider(*c, now);
  }
}

void Engine::State::On(const Affirmed& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr) return;
  HearFrom(*node, now);
  for (const VipReport& report : event.vips) {
    Merge(*node, VipReport(report), now);
    Case* c = world_.FindCase({event.node.cluster, report.vip});
    Answer answer{report.claims(), report.holds(), report.advertises, std::nullopt};
    const auto reach = std::find_if(event.reach.begin(), event.reach.end(),
                                    [&](const auto& entry) { return entry.first == report.vip; });
    if (reach != event.reach.end()) answer.reach = reach->second;
    TakeAnswer(*c, event.node.node, event.nonce, answer);
    Reconsider(*c, now);
  }
}

void Engine::State::TakeHoldResult(Case& c, const DirectiveDone& event, Instant now) {
  if (c.incident == nullptr) return;
  const auto found = c.incident->holds.find(event.node.node);
  if (found == c.incident->holds.end()) return;
  Hold& hold = found->second;
  if (!hold.order.has_value() || hold.order->fence != event.result.fence) return;
  Context ctx = ContextAt(now);
  if (event.result.outcome == Outcome::kDone) {
    hold.in_force = true;
    hold.failures = 0;
    hold.failure.clear();
    Tell(ctx, c, Note::Severity::kInfo, "held",
         absl::StrCat(event.node.node, " answers nobody for ", c.key.vip.ToString(),
                      " any more: ", event.result.detail));
    return;
  }
  ++hold.failures;
  hold.failure = event.result.detail;
  Tell(ctx, c, Note::Severity::kError, event.result.outcome == Outcome::kRefused ? "refused" : "failed",
       absl::StrCat(event.node.node, " did not give ", c.key.vip.ToString(), " up: ", event.result.detail));
}

void Engine::State::On(const DirectiveDone& event, Instant now) {
  Node* node = world_.FindNode(event.node);
  if (node == nullptr) return;
  HearFrom(*node, now);
  if (event.report.has_value()) Merge(*node, VipReport(*event.report), now);
  Case* c = world_.FindCase({event.node.cluster, event.vip});
  if (c == nullptr) return;
  const auto release = c->releases.find(event.node.node);
  const bool released = release != c->releases.end() && release->second.fence == event.result.fence &&
                        event.result.outcome == Outcome::kDone;
  if (released) c->releases.erase(release);
  TakeHoldResult(*c, event, now);
  Reconsider(*c, now);
}

void Engine::State::On(const Persisted& event, Instant now) {
  const auto ticket = tickets_.find(event.ticket);
  if (ticket == tickets_.end()) return;
  Case* c = world_.FindCase(ticket->second);
  tickets_.erase(ticket);
  if (c == nullptr || c->incident == nullptr || c->incident->ticket != event.ticket) return;
  Context ctx = ContextAt(now);
  OnWritten(ctx, *c, event.error);
  Reconsider(*c, now);
}

void Engine::State::On(const Tick&, Instant now) {
  while (!deadlines_.empty() && deadlines_.top().at <= now) {
    const Deadline deadline = deadlines_.top();
    deadlines_.pop();
    if (deadline.vip.has_value()) {
      const auto found = deadline.cluster->cases.find(*deadline.vip);
      if (found == deadline.cluster->cases.end() || found->second.due != deadline.at) continue;
      found->second.due.reset();
      Reconsider(found->second, now);
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
    deadlines_.push({stale_at, nullptr, &node, {}});
    return;
  }
  world_.FallSilent(node, now);
  TellNode(Note::Severity::kWarning, node.key,
           absl::StrCat("has been silent for ", FormatDuration(now - node.last_heard)));
  ReconsiderNode(node, now);
}

void Engine::State::Merge(Node& node, VipReport&& report, Instant now) {
  const IpAddress vip = report.vip;
  Take(node, vip, world_.MergeVip(node, std::move(report)), now);
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
  const bool shut = c->contest != nullptr && c->contest->shut.contains(node.key.node);
  const bool held = c->incident != nullptr && c->incident->holds.contains(node.key.node);
  if (!shut && !held) return;
  const std::string& survivor = shut ? c->contest->survivor : c->incident->record.survivor;
  const std::optional<Party> party = world_.FreshParty(*c, survivor);
  if (!party.has_value() || !party->report->holds()) return;
  Context ctx = ContextAt(now);
  SendTo(ctx, *c, survivor, Announce{});
}

void Engine::State::TrackDual(Case& c, Instant now) {
  const bool dual = world_.Holders(c).size() >= 2;
  if (dual == c.dual_since.has_value()) return;
  if (dual) {
    c.dual_since = now;
    return;
  }
  c.dual += now - *c.dual_since;
  c.dual_since.reset();
}

void Engine::State::Reconsider(Case& c, Instant now) {
  if (c.words.empty() && c.incident == nullptr && c.contest == nullptr && c.releases.empty()) {
    const VipKey key = c.key;
    world_.EnsureCluster(key.cluster).attention.erase(key.vip);
    world_.EnsureCluster(key.cluster).cases.erase(key.vip);
    return;
  }
  Context ctx = ContextAt(now);
  TrackDual(c, now);
  StepContest(ctx, c);
  StepStranger(ctx, c);
  if (c.incident != nullptr) StepIncident(ctx, c);
  StepReleases(ctx, c);
  RememberKeeper(c, now);
  if (c.incident != nullptr && c.incident->ticket.has_value()) tickets_[*c.incident->ticket] = c.key;
  std::set<IpAddress>& attention = world_.EnsureCluster(c.key.cluster).attention;
  if (c.incident != nullptr || !c.releases.empty()) {
    attention.insert(c.key.vip);
  } else {
    attention.erase(c.key.vip);
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
  std::optional<Instant> due = ContestDue(ctx, c);
  const std::optional<Instant> incident = IncidentDue(ctx, c);
  if (incident.has_value() && (!due.has_value() || *incident < *due)) due = incident;
  if (due == c.due) return;
  c.due = due;
  if (due.has_value()) deadlines_.push({*due, &world_.EnsureCluster(c.key.cluster), nullptr, c.key.vip});
}

void Engine::State::ReconsiderNode(const Node& node, Instant now) {
  std::set<IpAddress> vips = node.vips;
  const std::set<IpAddress>& attention = world_.EnsureCluster(node.key.cluster).attention;
  vips.insert(attention.begin(), attention.end());
  for (const IpAddress& vip : vips) {
    if (Case* c = world_.FindCase({node.key.cluster, vip}); c != nullptr) Reconsider(*c, now);
  }
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
