#include "probe/daemon/probe.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/daemon/system.h"
#include "probe/netlink/reverse_path.h"
#include "probe/report/to_proto.h"
#include "proto/codec/directive.h"
#include "proto/value/duration.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;
using arbiter::process::LogLevel;

constexpr std::chrono::seconds kHousekeepingEvery(1);
// All of /proc is read for it.
constexpr std::chrono::seconds kLookForManagersEvery(60);
// Longer is not waited for: a ruleset that large is not known.
constexpr std::chrono::seconds kLookForRulesTakes(5);
constexpr std::size_t kMostOfRules = 131072;
constexpr int kMostRounds = 8;
constexpr std::size_t kMostLookedAt = 1000;  // at a time: some milliseconds

Tools ToolsOf(const Parts& parts, Commands& commands, Questions& questions, std::function<void()> look_again) {
  return {parts.settings,  parts.log, parts.node, parts.daemon,         parts.kernel,
          parts.announcer, commands,  questions,  std::move(look_again)};
}

// This program again: see what_drops_command.h.
actuate::CommandSpec WhatDrops(std::vector<std::string> ways) {
  actuate::CommandSpec spec{{OwnProgram(), "what-drops"}, {}, kLookForRulesTakes, kMostOfRules};
  spec.argv.insert(spec.argv.end(), std::make_move_iterator(ways.begin()), std::make_move_iterator(ways.end()));
  return spec;
}

hold::Policy PolicyOf(const Settings& settings) {
  hold::Policy policy;
  policy.dry_run = settings.dry_run;
  return policy;
}

Instant Now() { return std::chrono::steady_clock::now(); }

LogLevel LevelOf(hold::Note::Severity severity) {
  switch (severity) {
    case hold::Note::Severity::kInfo:
      return LogLevel::kInfo;
    case hold::Note::Severity::kWarning:
      return LogLevel::kWarning;
    case hold::Note::Severity::kError:
      return LogLevel::kError;
  }
  return LogLevel::kError;
}

}  // namespace

Probe::Probe(const Parts& parts)
    : parts_(parts),
      log_(parts.log),
      commands_(parts.loop, parts.log),
      questions_(parts.loop),
      actuators_(ToolsOf(parts, commands_, questions_,
                         [this] {
                           DrainAddresses();
                           RefreshDaemon();
                         }),
                 [this](const IpAddress& vip, bool somebody) { keeper_.OnSegmentAnswer(vip, somebody, Now()); }),
      keeper_(actuators_, parts.store, PolicyOf(parts.settings)),
      affirmations_(parts.node, parts.kernel, questions_,
                    [this](arbiter::v1::Affirmation answer, const std::vector<IpAddress>& vips) {
                      Affirm(std::move(answer), vips);
                    }),
      uplink_([&session = parts.session](arbiter::v1::ProbeMessage message) { session.Send(std::move(message)); }),
      who_answers_(parts.node, parts.settings.ask_who_answers,
                   [&asker = parts.asker](int link, const actuate::Frame& frame) { return asker.Send(link, frame); }),
      filter_rules_([this](std::vector<std::string> ways, const FilterRules::Done& done) {
        return commands_.Start(WhatDrops(std::move(ways)), Now(), [this, done](const actuate::CommandResult& result) {
          log_.Debug("filter",
                     {{"took", arbiter::FormatDuration(result.took)}, {"error", std::string(result.status.message())}});
          done(result.status.ok() ? absl::StatusOr<std::string>(result.output) : result.status, result.took);
        });
      }),
      taps_(
          parts.loop, parts.log, {parts.settings.interfaces.begin(), parts.settings.interfaces.end()},
          [&node = parts.node](const IpAddress& address) { return node.IsVip(address); },
          [this](const std::string& interface, observe::Vantage vantage, const capture::Packet& packet) {
            OnHeard(interface, vantage, packet);
          },
          [this](const std::string& interface) {
            parts_.node.ForgetInterface(interface);
            AllDirty();
          }) {
  parts.node.SetReversePath([this](const std::string& link, const IpAddress& sender) -> std::optional<report::Drop> {
    auto drop = netlink::WhatReversePathDoes(parts_.kernel, parts_.addresses.table(), link, sender);
    if (!drop) return std::nullopt;
    return report::Drop{std::move(drop->by), std::move(drop->repair)};
  });
  parts.node.SetFilters([this](const filter::AdvertPath& way) { return filter_rules_.Ask(way, Now()); });
  parts.loop.Watch(parts.signals.fd(), [this] { OnSignals(); });
  parts.loop.Watch(parts.addresses.fd(), [this] { OnAddresses(); });
  parts.loop.Watch(parts.daemon.fd(), [this] { OnDaemon(); });
  parts.loop.Watch(parts.session.fd(), EventLoop::Turn::kFirst, [this] { OnSession(); });
  parts.loop.Watch(parts.control.fd(),
                   [this] { parts_.control.Serve([this](absl::string_view request) { return OnControl(request); }); });
  if (parts.gate_watch != nullptr) parts.loop.Watch(parts.gate_watch->fd(), [this] { OnGateTouched(); });
}

Probe::~Probe() {
  parts_.node.SetReversePath({});
  parts_.node.SetFilters({});
  for (const int fd :
       {parts_.signals.fd(), parts_.addresses.fd(), parts_.daemon.fd(), parts_.session.fd(), parts_.control.fd()}) {
    parts_.loop.Unwatch(fd);
  }
  if (parts_.gate_watch != nullptr) parts_.loop.Unwatch(parts_.gate_watch->fd());
}

absl::Status Probe::Start() {
  parts_.node.ReadConfig();
  // What is shut stays shut: first of all, and before anybody could say anything else.
  const auto found_shut = parts_.node.gates().Adopt(Now());
  if (!found_shut.ok()) log_.Error("gates", {{"error", std::string(found_shut.status().message())}});
  const absl::Status restored =
      keeper_.Restore(found_shut.ok() ? *found_shut : std::vector<IpAddress>(), Now(), BootNow());
  if (!restored.ok()) log_.Error("holds", {{"error", std::string(restored.message())}});
  taps_.Follow(parts_.addresses.table(), Now());
  ExpectRouters();
  SetHello();
  Flush();
  parts_.session.OnTick(Now());
  next_housekeeping_ = Now();
  systemd_.Ready(absl::StrCat("node ", parts_.settings.node, " of cluster ", parts_.settings.cluster));
  return absl::OkStatus();
}

absl::Status Probe::Run() {
  while (!stopping_) {
    if (absl::Status status = parts_.loop.RunOnce(NextDeadline()); !status.ok()) return status;
    OnTick();
    Flush();
  }
  systemd_.Stopping();
  std::string held;
  for (const auto& [vip, hold] : keeper_.holds()) absl::StrAppend(&held, held.empty() ? "" : ", ", vip.ToString());
  log_.Info("stopped", {{"vip", held},
                        {"text", held.empty() ? "nothing is held back"
                                              : "still held back, gates stay shut (arbiter-probe holds --release-all "
                                                "opens them)"}});
  return absl::OkStatus();
}

void Probe::OnTick() {
  const Instant now = Now();
  if (parts_.node.NextDeadline() <= now) Dirty(parts_.node.Expire(now));
  if (read_config_at_ && now >= *read_config_at_) ReadConfig();
  taps_.OnTick(parts_.addresses.table(), now);
  questions_.OnTick(now);
  who_answers_.OnTick(now);
  filter_rules_.OnTick(now);
  DirtyAll(filter_rules_.TakeNews());
  commands_.OnTick(now);
  keeper_.OnTick(now);
  parts_.session.OnTick(now);
  if (now >= next_housekeeping_) Housekeep(now);
  uplink_.OnTick(now);
}

void Probe::Housekeep(Instant now) {
  next_housekeeping_ = now + kHousekeepingEvery;
  systemd_.Alive();
  RefreshDaemon();
  if (parts_.node.RereadSettings()) AllDirty();
  if (parts_.node.RefreshForeign(now)) node_dirty_ = true;
  dirty_.insert(maybe_silent_.begin(), maybe_silent_.end());
  who_answers_.AskNext();
  VipGates& gates = parts_.node.gates();
  if (gates.table()) {
    if (const absl::Status status = gates.Refresh(now); !status.ok()) SayGates(status);
    if (gates.TakeUnsettled()) {
      for (const auto& [vip, fact] : gates.facts()) Dirty(vip);
    }
  }
  report::NodeFacts& facts = parts_.node.node_facts();
  if (now >= next_look_for_managers_) {
    next_look_for_managers_ = now + kLookForManagersEvery;
    std::vector<std::string> running = keepalived::AddressManagersRunning();
    if (std::exchange(facts.address_managers, running) != running) node_dirty_ = true;
  }
  facts.capture_drops = taps_.Drops();
  taps_.LogFloods(now);
  const Taps::NotRead not_read = taps_.PassedOver();
  if (not_read.adverts > 0) facts.dropped_adverts[kOverBudget] = not_read.adverts;
  std::uint64_t losses = facts.capture_drops + not_read.claims + parts_.addresses.overruns() + facts.gate_restores;
  for (const auto& [reason, count] : facts.dropped_adverts) losses += count;
  if (std::exchange(losses_, losses) != losses) node_dirty_ = true;
  ShowMetrics();
  ShowHealth();
}

std::optional<Instant> Probe::NextDeadline() const {
  const Instant now = Now();
  std::optional<Instant> next = next_housekeeping_;
  const auto take = [&next](std::optional<Instant> at) {
    if (at && *at < *next) next = at;
  };
  if (all_dirty_ || !dirty_.empty()) take(look_at_once_ ? now : pace_.Due());
  take(parts_.node.NextDeadline());
  take(read_config_at_);
  take(taps_.NextDeadline());
  take(questions_.NextDeadline());
  take(who_answers_.NextDeadline());
  take(filter_rules_.NextDeadline());
  take(commands_.NextDeadline());
  take(keeper_.NextDeadline(now));
  take(parts_.session.NextDeadline());
  take(uplink_.NextDeadline());
  return next;
}

void Probe::Flush() {
  const Instant began = Now();
  bool looked = false;
  // Acts change facts, and facts lead to acts: a few rounds settle it, and what is left waits for the next turn.
  for (int round = 0; round < kMostRounds; ++round) {
    TakeOutput();
    if (dirty_.empty() && !all_dirty_) break;
    if (!look_at_once_ && !pace_.IsDue(Now())) return;
    look_at_once_ = false;
    looked = true;
    Look();
    HearArbiterFirst();
  }
  Tell();
  if (looked) pace_.Looked(began, Now());
}

void Probe::HearArbiterFirst() {
  if (parts_.session.HasMail()) OnSession();
}

void Probe::TakeOutput() {
  hold::Output output = keeper_.TakeOutput();
  const std::set<IpAddress> gates_changed = parts_.node.gates().TakeChanged();
  DirtyAll(gates_changed);
  look_at_once_ = look_at_once_ || !gates_changed.empty() || !output.results.empty() || !output.gates_changed.empty() ||
                  !output.holds_changed.empty();
  for (const hold::Note& note : output.notes) log_.Write(LevelOf(note.severity), "hold", {{"text", note.text}});
  for (hold::DirectiveResult& result : output.results) {
    DirtyAll(result.vips);
    results_.push_back(std::move(result));
  }
  DirtyAll(output.gates_changed);
  if (output.holds_changed.empty()) return;
  DirtyAll(output.holds_changed);
  std::set<IpAddress> held;
  for (const auto& [vip, hold] : keeper_.holds()) held.insert(vip);
  parts_.node.SetHeld(std::move(held));
  holds_dirty_ = true;
  ExpectRouters();
}

void Probe::SetHello() {
  arbiter::v1::Hello hello = parts_.hello;
  hello.set_newest_term(keeper_.newest_term());
  parts_.session.SetHello(std::move(hello));
}

void Probe::Dirty(const Concern& concern) {
  dirty_.insert(concern.vips.begin(), concern.vips.end());
  all_dirty_ = all_dirty_ || concern.all;
}

void Probe::Look() {
  const Instant now = Now();
  const report::Facts& facts = parts_.node.FactsNow(now);
  report::Look look(facts, now);
  const std::set<IpAddress> known = report::VipsOf(facts);
  if (std::exchange(all_dirty_, false)) {
    node_dirty_ = true;
    for (const auto& [vip, view] : views_) dirty_.insert(vip);
    dirty_.insert(known.begin(), known.end());
  }
  std::vector<IpAddress> vips;
  while (!dirty_.empty() && vips.size() < kMostLookedAt) vips.push_back(dirty_.extract(dirty_.begin()).value());
  LookAt(vips, look, known, now);
}

void Probe::LookAt(const std::vector<IpAddress>& vips) {
  const Instant now = Now();
  Dirty(parts_.node.TakeHeard(vips, now));
  const report::Facts& facts = parts_.node.FactsNow(now);
  report::Look look(facts, now);
  LookAt(vips, look, report::VipsOf(facts), now);
}

void Probe::LookAt(const std::vector<IpAddress>& vips, report::Look& look, const std::set<IpAddress>& known,
                   Instant now) {
  std::vector<hold::VipState> changed;
  for (const IpAddress& vip : vips) {
    if (!known.contains(vip)) {
      Forget(vip);
    } else if (LookAt(vip, look)) {
      changed.push_back(views_.at(vip).state);
    }
  }
  // Only now: what the holds do about it changes the facts.
  if (!changed.empty()) keeper_.OnVips(changed, now);
}

bool Probe::LookAt(const IpAddress& vip, report::Look& look) {
  report::VipView view = look.ViewOf(vip);
  const bool maybe_silent = view.state.configured && view.state.effective && view.state.in_daemon_config &&
                            view.state.daemon == hold::DaemonState::kRunning && !view.report.advertises();
  if (maybe_silent) maybe_silent_.insert(vip);
  if (!maybe_silent) maybe_silent_.erase(vip);
  who_answers_.Want(vip, WhoAnswers::IsAskedAbout(view.state));
  filter_rules_.Want(vip, view.asks_filters);
  const auto before = views_.find(vip);
  const bool differs = before == views_.end() || !(before->second.state == view.state);
  views_.insert_or_assign(vip, std::move(view));
  changed_.insert(vip);
  return differs;
}

void Probe::Forget(const IpAddress& vip) {
  if (views_.erase(vip) == 0) return;
  keeper_.OnForgotten(vip);
  who_answers_.Want(vip, false);
  filter_rules_.Want(vip, false);
  maybe_silent_.erase(vip);
  forgotten_.insert(vip);
}

void Probe::Tell() {
  const bool all = uplink_.NeedsAll();
  if (!all && changed_.empty() && forgotten_.empty() && results_.empty() && !node_dirty_ && !holds_dirty_) return;
  const std::set<IpAddress> changed = std::exchange(changed_, {});
  Uplink::Picture picture;
  picture.forgotten = std::exchange(forgotten_, {});
  for (const auto& [vip, view] : views_) {
    if (all || changed.contains(vip)) picture.vips.push_back(view.report);
  }
  if (std::exchange(node_dirty_, false) || all) {
    parts_.node.node_facts().interfaces = taps_.Interfaces();
    parts_.node.SetProblems("interfaces", taps_.Problems());
    picture.node = parts_.node.NodeReport(parts_.node.FactsNow(Now()));
  }
  if (std::exchange(holds_dirty_, false) || all) picture.holds = LocalHolds();
  // Results first, each with its VIP: the arbiter waits for them. Only a snapshot comes before.
  if (!all) SendResults();
  uplink_.Send(std::move(picture), Now());
  if (all) SendResults();
}

void Probe::SendResults() {
  const std::vector<hold::DirectiveResult> results = std::exchange(results_, {});
  for (const hold::DirectiveResult& result : results) {
    uplink_.SendResult(arbiter::codec::ToProto(result), ReportsOf(result.vips));
  }
}

std::vector<Uplink::Report> Probe::ReportsOf(const std::vector<IpAddress>& vips) const {
  std::vector<Uplink::Report> reports;
  for (const IpAddress& vip : vips) {
    const auto view = views_.find(vip);
    reports.push_back(view != views_.end() ? view->second.report
                                           : report::ViewOf(vip, parts_.node.FactsNow(Now()), Now()).report);
  }
  return reports;
}

std::vector<arbiter::v1::LocalHold> Probe::LocalHolds() const {
  std::vector<arbiter::v1::LocalHold> holds;
  for (const auto& [vip, hold] : keeper_.holds()) holds.push_back(report::ToProto(hold, BootNow()));
  return holds;
}

}  // namespace probe::daemon
