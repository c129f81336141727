#include "tests/sim/invariants.h"

#include <algorithm>

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

}  // namespace

Invariants::Invariants(World& world)
    : world_(world), orders_(world, [this](const std::string& what) { Break(what); }) {}

void Invariants::Break(const std::string& what) {
  if (!broken_.empty()) return;
  broken_ = what;
  world_.Log(absl::StrCat("BROKEN: ", what));
}

void Invariants::Forgive(Duration span) { forgiven_until_ = std::max(forgiven_until_, world_.now() + span); }

// 2 and 5: nobody answers, and somebody would, were it not for a hold or a gate of ours.
void Invariants::CheckNotHeldDown() {
  for (const IpAddress& vip : world_.vips()) {
    const bool answered = !world_.Answering(vip, false).empty();
    bool gated = false;
    bool held = false;
    for (const auto& node : world_.nodes()) {
      if (answered || !node->probe_runs() || !node->powered()) continue;
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
      const Instant since = shut_since_.try_emplace(key, world_.now()).first->second;
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

// 8: and while nothing hinders the arbiter, that is so soon after it could decide.
void Invariants::CheckQuickDecision() {
  const Duration at_most = world_.config().policy.confirm_after + kDecidedAfter;
  const bool undisturbed = Undisturbed();
  for (const auto& node : world_.nodes()) {
    for (const IpAddress& vip : world_.vips()) {
      const NodeVip key{node->name(), vip};
      const bool shut = probe::hold::IsShut(node->kernel().GateOf(vip, world_.now()));
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
      if (world_.now() - since > at_most + again) {
        Break(absl::StrCat("8: the gate of ", node->name(), " for ", vip.ToString(),
                           " is shut, with neither an incident nor an end, and nothing hinders the arbiter"));
      }
    }
  }
}

bool Invariants::Hold() {
  CheckQuickDecision();
  CheckNotHeldDown();
  CheckFirstSightGates();
  saw_incident_ = saw_incident_ || !world_.witness().disk().empty();
  return broken_.empty();
}

std::string Invariants::ArbitersView(const IpAddress& vip) const {
  std::string text;
  for (const core::ClusterView& cluster : world_.witness().engine()->View(world_.now())) {
    for (const core::VipView& view : cluster.vips) {
      if (view.vip != vip) continue;
      absl::StrAppend(&text, "the arbiter sees state ", static_cast<int>(view.state), ", ", view.holders.size(),
                      " holders");
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
  return "";
}

}  // namespace sim
