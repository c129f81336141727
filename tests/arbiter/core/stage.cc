#include "tests/arbiter/core/stage.h"

#include <algorithm>

namespace arbiter::core {

using std::chrono::milliseconds;
using std::chrono::seconds;

Stage::Stage(const Policy& policy) : policy_(policy), now_(seconds(1000)) {
  engine_.emplace(policy_);
  next_heartbeat_ = now_ + seconds(1);
  Do(Started{term_, {}, {}});
}

IpAddress Stage::Ip(const std::string& text) { return *IpAddress::Parse(text); }

Actor& Stage::Add(const std::string& name, std::uint8_t priority, const std::string& cluster) {
  Actor& actor = actors_[name];
  clusters_[name] = cluster;
  VipReport& vip = actor.vip;
  vip.vip = Vip();
  vip.interface = "eth0";
  vip.effective = true;
  vip.priority = priority;
  vip.vrid = 66;
  vip.version = 2;
  vip.advert_interval = seconds(1);
  vip.master_down_interval = milliseconds(3610);
  vip.primary_address = Ip("192.168.1." + std::to_string(10 + actors_.size()));
  vip.daemon = DaemonState::kRunning;
  vip.in_daemon_config = true;
  vip.vouched = true;
  vip.rungs = {{RungKind::kGate, true, "", {Vip()}}, {RungKind::kTrackFile, true, "", {Vip()}}};
  actor.report.addresses = {*vip.primary_address};
  actor.report.gate_usable = true;
  Attach(name);
  return actor;
}

std::vector<VipReport> Stage::ReportsOf(const Actor& actor) const {
  std::vector<VipReport> reports = {actor.vip};
  for (const IpAddress& more : actor.more) {
    reports.push_back(actor.vip);
    reports.back().vip = more;
    for (Rung& rung : reports.back().rungs) {
      if (rung.kind == RungKind::kGate) rung.scope = {more};
    }
  }
  for (const auto& [vip, report] : actor.unlike) {
    reports.push_back(report);
    reports.back().vip = vip;
  }
  for (const auto& [name, candidate] : actors_) {
    if (&candidate != &actor) continue;
    for (VipReport& report : reports) {
      const auto gate = gates_.find({name, report.vip});
      if (gate != gates_.end()) report.gate = gate->second;
    }
  }
  return reports;
}

bool Stage::SegmentAnswers(const Actor& actor) const {
  const std::vector<std::string> answering = Answering();
  return std::any_of(answering.begin(), answering.end(), [&](const std::string& name) {
    return &actors_.at(name) != &actor && actor.meets.contains(name);
  });
}

void Stage::Attach(const std::string& name) {
  Actor& actor = actors_.at(name);
  actor.attached = true;
  Do(NodeAttached{KeyOf(name), "1.0", "10.0.0.1:1", actor.report, ReportsOf(actor), actor.holds});
}

void Stage::Detach(const std::string& name) {
  actors_.at(name).attached = false;
  Do(NodeDetached{KeyOf(name)});
}

void Stage::Report(const std::string& name) {
  Actor& actor = actors_.at(name);
  if (!actor.attached || !actor.answers) return;
  NodeChanged changed;
  changed.node = KeyOf(name);
  changed.report = actor.report;
  changed.vips = ReportsOf(actor);
  Do(changed);
}

void Stage::ReleaseByHand(const std::string& name) {
  Actor& actor = actors_.at(name);
  actor.holds.clear();
  std::erase_if(gates_, [&](const auto& gate) { return gate.first.first == name; });
  if (!actor.attached) return;
  NodeChanged changed;
  changed.node = KeyOf(name);
  changed.vips = ReportsOf(actor);
  changed.holds.emplace();
  Do(changed);
}

void Stage::Take(const std::string& name) {
  VipReport& vip = actors_.at(name).vip;
  vip.configured = true;
  vip.configured_since = now_;
  vip.advertises = vip.daemon == DaemonState::kRunning;
  Report(name);
}

void Stage::GiveUp(const std::string& name) {
  VipReport& vip = actors_.at(name).vip;
  vip.configured = false;
  vip.advertises = false;
  Report(name);
}

void Stage::Do(const Event& event) {
  const bool outermost = inbox_.empty();
  inbox_.push_back(event);
  if (!outermost) return;
  while (!inbox_.empty()) {
    Carry(engine_->Step(inbox_.front(), now_));
    inbox_.pop_front();
  }
}

void Stage::Run(Duration span) {
  const Instant end = now_ + span;
  while (true) {
    Instant next = std::min(end, next_heartbeat_);
    if (const std::optional<Instant> due = engine_->NextDeadline(); due.has_value()) next = std::min(next, *due);
    now_ = std::max(now_, next);
    if (now_ >= next_heartbeat_) {
      next_heartbeat_ += seconds(1);
      for (const auto& [name, actor] : actors_) {
        if (actor.attached && actor.answers) Do(NodeHeartbeat{KeyOf(name)});
      }
    }
    Do(Tick{});
    if (now_ >= end) return;
    // A deadline that stands still would stop the clock: let it go on by a hair.
    if (const std::optional<Instant> due = engine_->NextDeadline(); due.has_value() && *due <= now_) {
      now_ += milliseconds(1);
    }
  }
}

void Stage::Restart() {
  for (auto& [name, actor] : actors_) actor.attached = false;
  engine_.emplace(policy_);
  Started started{++term_, {}, {}};
  for (const auto& [id, record] : disk_) {
    if (record.state != IncidentState::kClosed) started.open_incidents.push_back(record);
  }
  for (const auto& [cluster, record] : modes_) started.modes.push_back(record);
  Do(started);
}

void Stage::Forget() {
  disk_.clear();
  Restart();
}

void Stage::Carry(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) std::visit([this](const auto& e) { Carry(e); }, effect);
}

Actor* Stage::Find(const NodeKey& key) {
  const auto found = actors_.find(key.node);
  return found == actors_.end() || !found->second.attached ? nullptr : &found->second;
}

void Stage::Carry(const AskAffirm& ask) {
  questions_.push_back(ask);
  Actor* actor = Find(ask.to);
  if (actor == nullptr || !actor->answers) return;
  Affirmed affirmed{ask.to, ask.nonce, {}, {}, {}, {}};
  const bool asks = ask.ask_segment && (ask.in_contest ? actor->looks : actor->asks_segment);
  const bool lost = asks && !ask.in_contest && actor->lost_questions-- > 0;
  for (const IpAddress& vip : ask.vips) {
    if (!asks) continue;
    const bool answered = actor->served_by_others.contains(vip) || (actor->looks && SegmentAnswers(*actor));
    affirmed.segment.emplace_back(vip, !lost && answered);
  }
  for (const VipReport& report : ReportsOf(*actor)) {
    if (std::find(ask.vips.begin(), ask.vips.end(), report.vip) == ask.vips.end()) continue;
    affirmed.vips.push_back(report);
    const auto other = actor->reach_of.find(report.vip);
    const std::optional<Reach> reach = other == actor->reach_of.end() ? actor->reach : other->second;
    if (reach.has_value()) affirmed.reach.emplace_back(report.vip, *reach);
  }
  inbox_.emplace_back(affirmed);
}

void Stage::Carry(const SendDirective& send) {
  const Directive& directive = send.directive;
  directives_.push_back(directive);
  Actor* actor = Find(directive.to);
  if (actor == nullptr || !actor->answers || !actor->obeys) return;
  DirectiveDone done{directive.to, {directive.fence, Outcome::kDone, "gate shut", {}, {}, directive.vips}, {}};
  for (const IpAddress& vip : directive.vips) Obey(*actor, directive, vip);
  for (const VipReport& report : ReportsOf(*actor)) {
    if (std::count(directive.vips.begin(), directive.vips.end(), report.vip) > 0) done.reports.push_back(report);
  }
  inbox_.emplace_back(done);
}

void Stage::Obey(Actor& actor, const Directive& directive, const IpAddress& vip) {
  GateState& gate = gates_.try_emplace({directive.to.node, vip}, GateState::kOpen).first->second;
  std::erase_if(actor.holds, [&](const LocalHold& hold) {
    return hold.vip == vip && std::holds_alternative<Release>(directive.action);
  });
  if (std::holds_alternative<ShutForAWhile>(directive.action) && gate == GateState::kOpen) {
    gate = GateState::kShutForAWhile;
  } else if (const auto* hold = std::get_if<OrderHold>(&directive.action)) {
    gate = GateState::kShut;
    actor.holds.push_back({vip, directive.incident, hold->survivor, hold->reason, now_, directive.fence.term,
                           hold->survivor_addresses, hold->survivor_vrid});
  } else if (const auto* trial = std::get_if<StartTrial>(&directive.action)) {
    gate = trial->adverts ? GateState::kAdvertsOnly : GateState::kShut;
  } else if (std::holds_alternative<EndTrial>(directive.action)) {
    gate = GateState::kShut;
  } else if (std::holds_alternative<Release>(directive.action)) {
    gate = GateState::kOpen;
  }
}

void Stage::Carry(const Persist& persist) {
  if (disk_hangs) return;
  if (disk_error.empty()) disk_[persist.incident.id] = persist.incident;
  if (persist.ticket != 0) inbox_.emplace_back(Persisted{persist.ticket, disk_error});
}

VipView Stage::View(const std::string& cluster) const {
  for (const VipView& vip : Cluster(cluster).vips) {
    if (vip.vip == Vip()) return vip;
  }
  return VipView{};
}

ClusterView Stage::Cluster(const std::string& cluster) const {
  const std::vector<ClusterView> views = engine_->View(now_, cluster);
  return views.empty() ? ClusterView{} : views.front();
}

std::vector<std::string> Stage::Answering() const {
  std::vector<std::string> result;
  for (const auto& [name, actor] : actors_) {
    const VipReport report = ReportsOf(actor).front();
    if (report.holds()) result.push_back(name);
  }
  return result;
}

std::size_t Stage::NoteCount(const std::string& kind) const {
  return static_cast<std::size_t>(
      std::count_if(notes_.begin(), notes_.end(), [&](const Note& note) { return note.kind == kind; }));
}

void Split(Stage& stage) {
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  stage.Take("b");
}

}  // namespace arbiter::core
