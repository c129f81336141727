#include "tests/sim/invariants.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/matter.h"

namespace sim {
namespace {

namespace core = arbiter::core;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A survivor that vanished is noticed by its adverts (a master-down interval) or by its heartbeat, then asked; without
// an arbiter the probe's own fail-safe asks the segment on top of it.
constexpr Duration kGatedAtMost = milliseconds(9500);
// A daemon that had let go begins as a backup: a master-down interval more.
constexpr Duration kDownAtMost = kGatedAtMost + milliseconds(4000);
// From the gate that shut at first sight to its opening or the incident: confirm_after, a round trip, and a write.
constexpr Duration kDecidedAfter = milliseconds(350);

// 5a: what a fault began is over by then: a survivor that vanished, a hold that ended, a daemon that took over.
constexpr Duration kCalmAfter = seconds(15);
// 5a: after that a hold that ends may change the hands once more, and so may the one of another matter of the VIP.
constexpr int kMostGaps = 2;
// 5a: all of these together are no more than one of them may take.
constexpr Duration kWithoutAtMost = kDownAtMost;
// 5b: two answer when a trial ends well, for as long as a contest takes.
constexpr Duration kTwoAtMost = seconds(3);
// HoldKeeper asks about all of so many at a time.
constexpr std::ptrdiff_t kAskedAtOnce = 8;
// So many pairs of node and VIP are looked at after everything that happens.
constexpr std::size_t kLooksAtOnce = 12;

}  // namespace

Invariants::Invariants(World& world) : world_(world), orders_(world, [this](const std::string& what) { Break(what); }) {
  const std::vector<RouterConfig>& routers = world_.nodes().front()->config().routers;
  const bool group = world_.nodes().front()->config().sync_group;
  for (std::size_t i = 0; i < routers.size(); ++i) {
    for (const IpAddress& vip : routers[i].All()) instance_of_[vip] = group ? 0 : i;
  }
  look_every_ = 1 + (world_.vips().size() * world_.nodes().size() - 1) / kLooksAtOnce;
  world_.SetTookFromLive([this](Node& node, const IpAddress& vip) {
    Break(absl::StrCat("5a: ", node.name(), " takes ", vip.ToString(), " from under a live daemon that names it"));
  });
}

void Invariants::OnFault() {
  last_fault_ = world_.now();
  calm_.clear();
}

void Invariants::Break(const std::string& what) {
  if (!broken_.empty()) return;
  broken_ = what;
  world_.Log(absl::StrCat("BROKEN: ", what));
}

void Invariants::Forgive(Duration span) { forgiven_until_ = std::max(forgiven_until_, world_.now() + span); }

// Without an arbiter the segment is asked about a few at a time of many VIPs that belong together: that the survivor
// lost one of them alone is seen when it has its turn, or when there is an arbiter again.
bool Invariants::HearsOfTheRest(const Node& node, const IpAddress& vip) const {
  const auto instance = instance_of_.find(vip);
  if (node.connected() || instance == instance_of_.end()) return false;
  const auto kin = std::count_if(instance_of_.begin(), instance_of_.end(),
                                 [&](const auto& sibling) { return sibling.second == instance->second; });
  if (kin <= kAskedAtOnce) return false;
  const auto serves = [&](const Node& other) {
    return std::any_of(instance_of_.begin(), instance_of_.end(), [&](const auto& sibling) {
      return sibling.second == instance->second && sibling.first != vip && other.Answers(sibling.first);
    });
  };
  return std::any_of(world_.nodes().begin(), world_.nodes().end(),
                     [&](const auto& other) { return other.get() != &node && serves(*other); });
}

// Clients reach it there: a node that is cut off cannot tell either whether another one answers.
bool Invariants::CouldServe(const Node& node, const IpAddress& vip) const {
  return node.powered() && world_.ReachesClients(node, world_.HomeOf(vip));
}

// 2 and 5: nobody answers, and somebody would, were it not for a hold or a gate of ours.
void Invariants::CheckNotHeldDown() {
  for (const IpAddress& vip : world_.vips()) {
    const bool answered = !world_.Answering(vip, false).empty();
    bool gated = false;
    bool held = false;
    for (const auto& node : world_.nodes()) {
      if (answered || !node->probe_runs() || !CouldServe(*node, vip) || HearsOfTheRest(*node, vip)) continue;
      gated = gated || (node->kernel().IsEffective(vip) && !node->Answers(vip));
      held = held || (node->IsHeld(vip) && node->DaemonWorks(vip));
    }
    const auto check = [&](std::map<IpAddress, Instant>& since, bool down, Duration at_most) {
      if (!down || world_.now() < forgiven_until_) {
        since.erase(vip);
      } else if (world_.now() - since.try_emplace(vip, world_.now()).first->second > at_most) {
        Break(absl::StrCat("5: nobody answers for ", vip.ToString(), ", and a hold or a shut gate keeps it so"));
      }
    };
    check(gated_since_, gated, kGatedAtMost);
    check(down_since_, gated || held, kDownAtMost);
  }
}

// The arbiter is at work, nothing was done to the world for a while, nobody forges adverts, and the segments do not
// lose what they carry: that alone makes daemons change hands.
bool Invariants::IsCalm() const {
  const Segment still;
  const bool carry = std::all_of(world_.segments().begin(), world_.segments().end(), [&](const Segment& s) {
    return s.loss == still.loss && s.duplicates == still.duplicates && s.jitter == still.jitter;
  });
  return carry && Undisturbed() && !world_.has_impostors() &&
         world_.now() >= std::max(last_fault_ + kCalmAfter, forgiven_until_);
}

bool Invariants::IsKeptDown(const IpAddress& vip) const {
  return std::any_of(world_.nodes().begin(), world_.nodes().end(), [&](const auto& node) {
    return node->IsHeld(vip) && (node->DaemonWorks(vip) || node->kernel().IsEffective(vip));
  });
}

// Nothing stands in the way of a demotion: every gate works, and the mode is to enforce.
bool Invariants::MayDemoteAll() const {
  const auto clusters = world_.witness().engine()->View(world_.now());
  const bool enforces = std::all_of(clusters.begin(), clusters.end(),
                                    [](const core::ClusterView& c) { return c.mode == core::Mode::kEnforce; });
  return enforces && std::all_of(world_.nodes().begin(), world_.nodes().end(),
                                 [](const auto& node) { return node->config().gate_usable; });
}

// The segment lets through nothing between two of them, one way at least: each looks for the other in vain, and the
// operator has been told so (a limit that README.md tells).
bool Invariants::IsToldThatTheyDoNotSeeEachOther(const IpAddress& vip) const {
  const std::vector<std::string> answering = world_.Answering(vip, false);
  const auto& severed = world_.segments()[world_.HomeOf(vip)].severed;
  const bool apart = std::any_of(severed.begin(), severed.end(), [&](const auto& pair) {
    return std::count(answering.begin(), answering.end(), pair.first) > 0 &&
           std::count(answering.begin(), answering.end(), pair.second) > 0;
  });
  if (!apart) return false;
  const std::vector<core::IncidentRecord> incidents = world_.witness().engine()->OpenIncidents();
  return std::any_of(incidents.begin(), incidents.end(), [&](const core::IncidentRecord& incident) {
    return incident.note.find("see nothing of") != std::string::npos;
  });
}

// 5a: nobody is without an answer again and again. 5b: a split is guarded, whatever stands there by mistake.
void Invariants::CheckCalm() {
  if (!IsCalm()) {
    calm_.clear();
    return;
  }
  const Instant now = world_.now();
  for (const IpAddress& vip : world_.vips()) {
    const std::size_t answering = world_.Answering(vip, false).size();
    const auto [at, first] = calm_.try_emplace(vip);
    Calm& calm = at->second;
    if (first) calm.answered = answering > 0;
    if (calm.answered && answering == 0) ++calm.gaps;
    calm.answered = answering > 0;
    const bool kept_down = answering == 0 && IsKeptDown(vip);
    if (calm.kept_down_since.has_value()) calm.without += now - *calm.kept_down_since;
    calm.kept_down_since = kept_down ? std::optional(now) : std::nullopt;
    if (answering < 2) calm.two_since.reset();
    if (answering >= 2 && !calm.two_since.has_value()) calm.two_since = now;
    if (calm.gaps > kMostGaps || calm.without > kWithoutAtMost) {
      Break(absl::StrCat("5a: nobody answers for ", vip.ToString(), " again and again: ", calm.gaps, " times, ",
                         std::chrono::duration<double>(calm.without).count(), " s while a node is held back"));
    }
    if (calm.two_since.has_value() && now - *calm.two_since > kTwoAtMost && MayDemoteAll() &&
        !IsToldThatTheyDoNotSeeEachOther(vip)) {
      Break(absl::StrCat("5b: ", absl::StrJoin(world_.Answering(vip, false), " and "), " both answer for ",
                         vip.ToString(), ", and nothing hinders the arbiter; ", ArbitersView(vip)));
    }
  }
}

// One split is one thing: VIPs that are contested between the same nodes for which another incident of their instance
// stands join that one. What began between different nodes, and came to be between the same, stays two: there were two
// faults. So it is where verdicts differ, because whom the nodes reached did. Looked at in clusters of two: between
// more nodes who takes part changes while they come.
void Invariants::CheckOneIncident() {
  const std::uint64_t told = world_.witness().directives();
  if (world_.nodes().size() > 2 || !world_.witness().runs()) return;
  if (std::exchange(directives_seen_, told) == told) return;
  std::map<std::string, Parties> parties;
  std::map<std::size_t, std::set<std::string>> survivors;  // by instance
  std::string broken;
  for (const core::IncidentRecord& incident : world_.witness().engine()->OpenIncidents()) {
    const auto instance = instance_of_.find(incident.vips.front());
    if (instance == instance_of_.end()) continue;
    survivors[instance->second].insert(incident.survivor);
    std::set<std::string> nodes;
    for (const core::HoldRecord& hold : incident.holds) nodes.insert(hold.node);
    const std::string between = absl::StrCat(instance->second, " ", incident.survivor, " ", absl::StrJoin(nodes, ","));
    const auto before = parties_.find(incident.id);
    const bool same = before != parties_.end() && before->second.between == between;
    const Parties now{between, incident.opened, same ? before->second.since : world_.now()};
    for (const auto& [id, other] : parties_) {
      const bool joins = !nodes.empty() && other.between == between && other.since < now.opened && id != incident.id;
      if (joins && before == parties_.end()) {
        broken = absl::StrCat("5b: incidents ", id, " and ", incident.id, " are about one split");
      }
    }
    parties.emplace(incident.id, now);
  }
  parties_ = std::move(parties);
  const bool differ =
      std::any_of(survivors.begin(), survivors.end(), [](const auto& entry) { return entry.second.size() > 1; });
  // Among more than two nodes contests may have begun between others than those between whom they ended: each has its
  // own incident then.
  if (!broken.empty() && !differ && world_.nodes().size() == 2) Break(broken);
}

// 5b: VIPs of one instance, or sync group, that are not all on one node; empty: there are none.
std::string Invariants::Torn() const {
  std::map<std::size_t, std::pair<IpAddress, std::vector<std::string>>> on;
  for (const auto& [vip, instance] : instance_of_) {
    const std::vector<std::string> answering = world_.Answering(vip, false);
    const auto& [other, where] = on.try_emplace(instance, vip, answering).first->second;
    if (where != answering) {
      return absl::StrCat("5b: ", absl::StrJoin(answering, ","), " answers for ", vip.ToString(), " and ",
                          absl::StrJoin(where, ","), " for ", other.ToString(), " of the same instance");
    }
  }
  return "";
}

// 8: a gate that shut at first sight is open again, or the node is under a hold, when its time is over.
void Invariants::CheckFirstSightGates() {
  const Duration at_most = world_.config().policy.shut_for_a_while + seconds(2);
  for (const auto& node : world_.nodes()) {
    for (const IpAddress& vip : world_.vips()) {
      const NodeVip key{node->name(), vip};
      const bool shut =
          node->probe_runs() && !node->IsHeld(vip) && probe::hold::IsShut(node->kernel().GateOf(vip, world_.now()));
      if (!shut) {
        shut_since_.erase(key);
        continue;
      }
      // It may have run out and been shut anew between two looks.
      const Instant seen = shut_since_.try_emplace(key, world_.now()).first->second;
      const Instant since = std::max(seen, node->kernel().gates.at(vip).shut_from);
      if (world_.now() - since > at_most) {
        Break(absl::StrCat("8: the gate of ", node->name(), " for ", vip.ToString(), " stays shut without a hold"));
      }
    }
  }
}

bool Invariants::Undisturbed() const {
  return world_.witness().Undisturbed() && std::all_of(world_.nodes().begin(), world_.nodes().end(), [](const auto& n) {
           return n->powered() && n->probe_runs() && n->connected() && n->answers_quickly();
         });
}

bool Invariants::HasOpenIncident(const IpAddress& vip) const {
  const auto& disk = world_.witness().disk();
  return std::any_of(disk.begin(), disk.end(), [&](const auto& entry) {
    const std::vector<IpAddress>& vips = entry.second.vips;
    return std::count(vips.begin(), vips.end(), vip) > 0 && entry.second.state != core::IncidentState::kClosed;
  });
}

// Another node that comes to answer is asked as well, and the verdict waits for it.
void Invariants::SeeNewcomers() {
  for (const auto& node : world_.nodes()) {
    for (const auto& [vip, instance] : instance_of_) {
      const bool answers = node->Answers(vip);
      if (!answers) {
        answer_.erase({node->name(), vip});
      } else if (answer_.insert({node->name(), vip}).second) {
        newcomer_at_[instance] = world_.now();
      }
    }
  }
}

// 8: and while nothing hinders the arbiter, that is so soon after it could decide.
void Invariants::CheckQuickDecision() {
  const Duration at_most = world_.config().policy.confirm_after + kDecidedAfter;
  const bool undisturbed = Undisturbed();
  SeeNewcomers();
  for (const auto& node : world_.nodes()) {
    for (const IpAddress& vip : world_.vips()) {
      const NodeVip key{node->name(), vip};
      // What the node no longer has is left to the kernel's timer, too: a hold on it would be refused.
      const bool has = node->kernel().Has(vip) || node->DaemonWorks(vip);
      const bool shut = has && probe::hold::IsShut(node->kernel().GateOf(vip, world_.now()));
      if (!shut || (node->IsHeld(vip) && HasOpenIncident(vip))) {
        undecided_since_.erase(key);
        continue;
      }
      // One that shut before is left to the kernel's timer.
      if (!undisturbed) undecided_since_[key] = Instant::max();
      const Instant since = undecided_since_.try_emplace(key, world_.now()).first->second;
      if (since == Instant::max()) continue;
      // A release that came too late, to a host that had stood still, is sent again.
      const Duration again = node->IsHeld(vip) ? world_.config().policy.resend_after : Duration{};
      const auto newcomer = newcomer_at_.find(instance_of_[vip]);
      const Instant decides_from = newcomer == newcomer_at_.end() ? since : std::max(since, newcomer->second);
      if (world_.now() - decides_from > at_most + again) {
        Break(absl::StrCat("8: the gate of ", node->name(), " for ", vip.ToString(),
                           " is shut, with neither an incident nor an end, and nothing hinders the arbiter"));
      }
    }
  }
}

bool Invariants::Hold() {
  saw_incident_ = saw_incident_ || !world_.witness().disk().empty();
  if (++happened_ % look_every_ != 0) return broken_.empty();
  CheckQuickDecision();
  CheckNotHeldDown();
  CheckFirstSightGates();
  CheckCalm();
  CheckOneIncident();
  return broken_.empty();
}

std::string Invariants::ArbitersView(const IpAddress& vip) const {
  std::string text;
  for (const core::ClusterView& cluster : world_.witness().engine()->View(world_.now())) {
    for (const core::VipView& view : cluster.vips) {
      if (view.vip != vip) continue;
      absl::StrAppend(&text, "the arbiter sees state ", static_cast<int>(view.state), ", ", view.holders.size(),
                      " holders:");
      for (const core::HolderView& holder : view.holders) absl::StrAppend(&text, " ", holder.node);
      for (const core::HeldBackView& held : view.held_back) {
        absl::StrAppend(&text, "; ", held.hold.node, " held back by ", held.hold.survivor, ", trial '", held.trial,
                        "', ", held.hold.failed_trials, " failed, ", held.note);
      }
    }
  }
  return text;
}

std::string Invariants::Unsettled() {
  for (const IpAddress& vip : world_.vips()) {
    const std::vector<std::string> answering = world_.Answering(vip, false);
    if (answering.size() != 1) {
      return absl::StrCat("4: ", answering.size(), " nodes answer for ", vip.ToString(),
                          " long after the last fault: ", absl::StrJoin(answering, ", "));
    }
    for (const auto& node : world_.nodes()) {
      if (node->IsHeld(vip)) {
        return absl::StrCat("4: ", node->name(), " is still held back from ", vip.ToString(), "; ", ArbitersView(vip));
      }
      if (probe::hold::IsShut(node->kernel().GateOf(vip, world_.now()))) {
        return absl::StrCat("4: the gate of ", node->name(), " for ", vip.ToString(), " is still shut");
      }
    }
  }
  if (world_.witness().runs()) {
    for (const core::IncidentRecord& open : world_.witness().engine()->OpenIncidents()) {
      return absl::StrCat("4: incident ", open.id, " of ", core::NamesOf(open.vips), " is still open, survivor ",
                          open.survivor, ", ", open.holds.size(), " holds, ", open.note);
    }
  }
  return world_.nodes().front()->config().many_vips ? Torn() : "";
}

}  // namespace sim
