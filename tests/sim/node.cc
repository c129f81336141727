#include "tests/sim/node.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sim {
namespace {

namespace core = arbiter::core;
namespace hold = probe::hold;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// How long two nodes answer in a healthy change of hands, at most (measured with keepalived).
constexpr Duration kRemovalTakes = milliseconds(20);

// The directive was not carried out for that VIP.
bool IsRefused(const hold::Output& output, const hold::Fence& fence, const IpAddress& vip) {
  return std::any_of(output.results.begin(), output.results.end(), [&](const hold::DirectiveResult& result) {
    if (result.fence != fence) return false;
    const auto exception = std::find_if(result.exceptions.begin(), result.exceptions.end(),
                                        [&](const hold::VipOutcome& each) { return each.vip == vip; });
    const hold::Outcome outcome = exception == result.exceptions.end() ? result.outcome : exception->outcome;
    return outcome == hold::Outcome::kRefused;
  });
}

}  // namespace

Node::Node(Schedule& schedule, Random& random, NodeConfig config, NodeSurroundings surroundings)
    : schedule_(schedule), random_(random), config_(std::move(config)), around_(std::move(surroundings)) {
  MakeRouters();
}

Instant Node::Local(Instant when) const {
  const double ns = static_cast<double>(when.time_since_epoch().count()) * config_.clock_rate;
  return Instant(Duration(static_cast<std::int64_t>(ns)));
}

Instant Node::True(Instant local) const {
  const double ns = static_cast<double>(local.time_since_epoch().count()) / config_.clock_rate;
  return Instant(Duration(static_cast<std::int64_t>(ns) + 1));
}

void Node::MakeRouters() {
  for (const RouterConfig& router : config_.routers) {
    RouterActs acts;
    acts.send = [this, number = routers_.size()](const Advert& advert) {
      if (!powered_) return;
      const std::vector<IpAddress> vips = routers_[number]->config().All();
      const bool leaves = std::all_of(
          vips.begin(), vips.end(), [&](const IpAddress& vip) { return kernel_.LetsAdvertsOut(vip, schedule_.now()); });
      if (leaves) around_.send_advert(*this, advert);
      Changed();
    };
    acts.add_addresses = [this](const std::vector<IpAddress>& vips) { AddAddresses(vips); };
    acts.remove_addresses = [this](const std::vector<IpAddress>& vips) { RemoveAddresses(vips); };
    std::vector<IpAddress> sources = {config_.address};
    sources.insert(sources.end(), config_.other_addresses.begin(), config_.other_addresses.end());
    routers_.push_back(std::make_unique<Router>(schedule_, std::move(sources), router, std::move(acts)));
  }
}

Duration Node::StepOf(std::size_t position) const { return config_.address_step * static_cast<std::int64_t>(position); }

void Node::AddAddresses(const std::vector<IpAddress>& vips) {
  std::size_t position = 0;
  for (const IpAddress& vip : vips) {
    const std::uint64_t change = ++removals_[vip];
    if (!powered_ || kernel_.addresses.contains(vip)) continue;
    const Duration after = StepOf(position++);
    const auto add = [this, vip, change] {
      if (powered_ && removals_[vip] == change && kernel_.addresses.insert(vip).second) Changed();
    };
    if (after == Duration{}) {
      add();
    } else {
      schedule_.After(after, add);
    }
  }
}

void Node::RemoveAddresses(const std::vector<IpAddress>& vips) {
  std::size_t position = 0;
  for (const IpAddress& vip : vips) {
    const std::uint64_t removal = ++removals_[vip];
    schedule_.After(StepOf(position++) + random_.Between(Duration{}, kRemovalTakes), [this, vip, removal] {
      if (removals_[vip] == removal && kernel_.addresses.erase(vip) > 0) Changed();
    });
  }
}

// ---------------------------------------------------------------- what happens to it

void Node::PowerOn() {
  if (powered_) return;
  powered_ = true;
  booted_ = schedule_.now();
  ++boots_;
  newest_term_told_ = 0;
  for (const auto& router : routers_) {
    router->SetTrackFile(false);
    router->Start();
  }
  StartProbe();
}

void Node::PowerOff() {
  KillProbe();
  for (const auto& router : routers_) router->Kill();
  kernel_ = Kernel{};
  memory_ = hold::HoldMemory{};
  powered_ = false;
}

void Node::StartProbe() {
  if (!powered_ || keeper_ != nullptr) return;
  ++life_;
  probe_frozen_ = false;
  reported_.clear();
  reported_node_.reset();
  hold::Policy policy;
  keeper_ = std::make_unique<hold::HoldKeeper>(*this, *this, policy);
  for (const IpAddress& vip : Vips()) keeper_->OnVip(StateOf(vip), LocalNow());
  std::vector<IpAddress> found_shut;
  for (const auto& [vip, gate] : kernel_.gates) {
    if (gate.shut) found_shut.push_back(vip);
  }
  if (!keeper_->Restore(found_shut, LocalNow(), Boot()).ok()) around_.log(absl::StrCat(name(), ": restore failed"));
  around_.connect(*this);
  Look();
  Heartbeat(life_);
}

void Node::KillProbe() {
  keeper_.reset();
  ++life_;
  ++tick_;
  probe_frozen_ = false;
  missed_.clear();
  connected_ = false;
  look_pending_ = false;
}

void Node::ThawProbe() {
  if (!probe_frozen_) return;
  probe_frozen_ = false;
  for (const auto& missed : std::exchange(missed_, {})) missed();
  Look();
}

void Node::FlushGate() {
  kernel_.gates.clear();
  Changed();
  const std::uint64_t life = life_;
  schedule_.After(random_.Between(microseconds(100), milliseconds(3)), [this, life] {
    if (life != life_ || !probe_runs()) return;
    keeper_->OnGateTampered(LocalNow());
    Look();
  });
}

void Node::Hear(const Advert& advert) {
  if (!powered_) return;
  const Instant now = schedule_.now();
  Heard& heard = heard_[{advert.source, advert.vrid}];
  if (heard.addresses.list() != advert.vips) heard.addresses = advert.vips;
  heard.advert = advert;
  heard.on_wire = now;
  if (!kernel_.drops_vrrp) {
    heard.delivered = now;
    for (const auto& router : routers_) router->Hear(advert);
  }
  if (probe_runs()) {
    if (advert.priority != 0) keeper_->OnAdvert({advert.source, advert.vrid, advert.vips}, LocalNow());
    Changed();
  }
  // When it falls silent, that is a change as well.
  const Duration silent_after = 3 * advert.interval + advert.interval + milliseconds(1);
  schedule_.After(silent_after, [this] { Changed(); });
}

void Node::OnConnected(bool connected, std::uint64_t term) {
  connected_ = connected;
  if (keeper_ == nullptr) return;
  keeper_->OnArbiterConnected(connected, LocalNow());
  if (connected) {
    keeper_->OnTerm(term, LocalNow());
    newest_term_told_ = term;
    reported_.clear();
    reported_node_.reset();
  }
  Look();
}

// Hosts that answer do so at once; of one that does not the question's time tells.
Duration Node::TimeToAsk(bool reaches, bool segment) {
  if (segment) return milliseconds(100);
  return reaches ? random_.Between(microseconds(200), milliseconds(3)) : Duration(milliseconds(60));
}

void Node::Ask(const core::AskAffirm& ask) {
  if (keeper_ == nullptr) return;
  if (probe_frozen_) {
    missed_.push_back([this, ask] { Ask(ask); });
    return;
  }
  std::map<std::size_t, bool> reached;  // by segment
  for (const IpAddress& vip : ask.vips) {
    const std::size_t home = HomeOf(vip);
    if (!reached.contains(home)) reached[home] = around_.reaches_gateway(*this, home);
  }
  const bool reaches = std::all_of(reached.begin(), reached.end(), [](const auto& entry) { return entry.second; });
  const auto answered = [&](const IpAddress& vip) { return around_.somebody_answers(*this, vip); };
  const bool all_answered = ask.in_contest && std::all_of(ask.vips.begin(), ask.vips.end(), answered);
  const Duration asks = ask.in_contest && !all_answered ? Duration(milliseconds(reaches ? 40 : 60))
                                                        : TimeToAsk(reaches, ask.ask_segment && !ask.in_contest);
  const Duration takes = answer_delay_ + asks;
  const std::uint64_t life = life_;
  schedule_.After(takes, [this, ask, reached, life] {
    if (life != life_ || !probe_runs()) return;
    core::Affirmed affirmed;
    affirmed.node = {ask.to.cluster, name()};
    affirmed.nonce = ask.nonce;
    for (const IpAddress& vip : ask.vips) {
      affirmed.vips.push_back(ReportOf(vip));
      core::Reach reach;
      reach.asked = 1;
      reach.answered = reached.at(HomeOf(vip)) ? 1 : 0;
      affirmed.reach.emplace_back(vip, reach);
      if (ask.ask_segment) affirmed.segment.emplace_back(vip, around_.somebody_answers(*this, vip));
    }
    around_.to_arbiter(*this, affirmed);
  });
}

void Node::Obey(const core::Directive& directive, hold::BootTime as_of) {
  if (keeper_ == nullptr) return;
  if (probe_frozen_) {
    missed_.push_back([this, directive, as_of] { Obey(directive, as_of); });
    return;
  }
  hold::Directive order = directive;
  order.as_of = as_of;
  for (const IpAddress& vip : directive.vips) keeper_->OnVip(StateOf(vip), LocalNow());
  Flush();
  keeper_->OnDirective(order, LocalNow(), Boot());
  const hold::Output output = keeper_->TakeOutput();
  core::Directive obeyed = directive;
  std::erase_if(obeyed.vips, [&](const IpAddress& vip) { return IsRefused(output, order.fence, vip); });
  if (!obeyed.vips.empty()) around_.obeyed(*this, obeyed, as_of);
  Emit(output);
  Look();
}

void Node::AddAddressByHand(const IpAddress& vip) {
  if (powered_ && kernel_.addresses.insert(vip).second) Changed();
}

void Node::RemoveAddressByHand(const IpAddress& vip) {
  const bool was_elsewhere = kernel_.elsewhere.erase(vip) > 0;
  const bool was_here = kernel_.addresses.erase(vip) > 0;
  if (was_here || was_elsewhere) Changed();
  Router* router = FindRouter(vip);
  if (was_here && config_.many_vips && router != nullptr) router->OnAddressTaken(vip);
}

void Node::AddAddressElsewhere(const IpAddress& vip) {
  if (powered_ && kernel_.elsewhere.insert(vip).second) Changed();
}

void Node::Changed() {
  if (look_pending_ || !probe_runs()) return;
  look_pending_ = true;
  const std::uint64_t life = life_;
  schedule_.After(random_.Between(microseconds(20), microseconds(400)), [this, life] {
    if (life != life_) return;
    look_pending_ = false;
    if (probe_runs()) Look();
  });
}

// ---------------------------------------------------------------- what the probe says

void Node::SeeVips() {
  std::vector<hold::VipState> states;
  for (const IpAddress& vip : Vips()) states.push_back(StateOf(vip));
  if (config_.many_vips) return keeper_->OnVips(states, LocalNow());
  for (const hold::VipState& state : states) keeper_->OnVip(state, LocalNow());
}

void Node::Look() {
  if (!probe_runs()) return;
  SeeVips();
  Flush();
  core::NodeChanged changed;
  changed.node = {"prod", name()};
  if (connected_) {
    const core::NodeReport report = NodeReportNow();
    if (reported_node_ != report) {
      reported_node_ = report;
      changed.report = report;
    }
    for (const IpAddress& vip : Vips()) {
      core::VipReport now = ReportOf(vip);
      const auto before = reported_.find(vip);
      if (before != reported_.end() && before->second == now) continue;
      reported_[vip] = now;
      changed.vips.push_back(std::move(now));
    }
    const std::vector<IpAddress> vips = Vips();
    for (auto known = reported_.begin(); known != reported_.end();) {
      const bool forgotten = !std::binary_search(vips.begin(), vips.end(), known->first);
      if (forgotten) changed.forgotten.push_back(known->first);
      if (forgotten) keeper_->OnForgotten(known->first);
      known = forgotten ? reported_.erase(known) : std::next(known);
    }
    if (changed.report.has_value() || !changed.vips.empty() || !changed.forgotten.empty())
      around_.to_arbiter(*this, changed);
  }
  ArmTick();
}

void Node::Emit(const hold::Output& output) {
  for (const hold::Note& note : output.notes) around_.log(absl::StrCat(name(), ": ", note.text));
  if (!connected_) return;
  for (const hold::DirectiveResult& result : output.results) {
    core::DirectiveDone done;
    done.node = {"prod", name()};
    done.result = result;
    done.result.rungs.clear();
    for (const IpAddress& vip : result.vips) {
      done.reports.push_back(ReportOf(vip));
      reported_[vip] = done.reports.back();
    }
    around_.to_arbiter(*this, done);
  }
  if (!output.holds_changed.empty()) {
    core::NodeChanged changed;
    changed.node = {"prod", name()};
    changed.holds = LocalHolds();
    around_.to_arbiter(*this, changed);
  }
}

void Node::ArmTick() {
  const std::optional<hold::Instant> due = keeper_->NextDeadline(LocalNow());
  const std::uint64_t tick = ++tick_;
  if (!due.has_value()) return;
  schedule_.At(std::max(True(*due), schedule_.now() + microseconds(10)), [this, tick] {
    if (tick != tick_ || !probe_runs()) return;
    keeper_->OnTick(LocalNow());
    Look();
  });
}

void Node::Heartbeat(std::uint64_t life) {
  if (life != life_ || keeper_ == nullptr) return;
  if (probe_runs() && connected_) around_.to_arbiter(*this, core::NodeHeartbeat{{"prod", name()}});
  if (probe_runs()) Look();
  schedule_.After(seconds(1), [this, life] { Heartbeat(life); });
}

}  // namespace sim
