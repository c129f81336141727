#include "tests/sim/invariants.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sim {
namespace {

namespace core = arbiter::core;
using std::chrono::milliseconds;
using std::chrono::seconds;

// From the question to the last directive that may rest on its answer: confirm_after, a write, and its repetitions.
constexpr Duration kAffirmationLasts = milliseconds(1200);
// A survivor that vanished is noticed by its adverts (a master-down interval) or by its heartbeat, then asked; without
// an arbiter the probe's own fail-safe asks the segment on top of it.
constexpr Duration kDownAtMost = milliseconds(9500);

}  // namespace

Invariants::Invariants(World& world) : world_(world) {
  EngineObserver observer;
  observer.on_event = [this](const core::Event& event) { OnEvent(event); };
  observer.on_directive = [this](const core::Directive& directive) { OnDirective(directive); };
  world_.witness().SetObserver(std::move(observer));
}

void Invariants::Break(const std::string& what) {
  if (!broken_.empty()) return;
  broken_ = what;
  world_.Log(absl::StrCat("BROKEN: ", what));
}

void Invariants::OnEvent(const core::Event& event) {
  if (const auto* attached = std::get_if<core::NodeAttached>(&event); attached != nullptr) {
    // A node that comes without a hold has ended it by itself.
    std::erase_if(out_, [&](const auto& entry) {
      return entry.first.first == attached->node.node &&
             std::none_of(attached->holds.begin(), attached->holds.end(),
                          [&](const core::LocalHold& hold) { return hold.vip == entry.first.second; });
    });
  }
  if (std::holds_alternative<core::Started>(event)) {
    affirmed_.clear();
    out_.clear();
  }
  const auto* affirmed = std::get_if<core::Affirmed>(&event);
  if (affirmed == nullptr) return;
  for (const core::VipReport& report : affirmed->vips) {
    bool reaches = true;
    for (const auto& [vip, reach] : affirmed->reach) {
      if (vip == report.vip && reach.asked > 0) reaches = reach.answered > 0;
    }
    affirmed_[{affirmed->node.node, report.vip}] = {world_.now(), report.holds(), reaches};
  }
}

void Invariants::OnDirective(const core::Directive& directive) {
  const NodeVip key{directive.to.node, directive.vip};
  if (std::holds_alternative<core::ShutForAWhile>(directive.action) ||
      std::holds_alternative<core::OrderHold>(directive.action)) {
    const auto* timed = std::get_if<core::ShutForAWhile>(&directive.action);
    out_[key] = timed != nullptr ? world_.now() + timed->duration : Instant::max();
    CheckDemotion(directive);
  }
  if (std::holds_alternative<core::OrderHold>(directive.action)) CheckDurable(directive);
  if (std::holds_alternative<core::Release>(directive.action)) out_.erase(key);
}

bool Invariants::IsOut(const NodeVip& key) const {
  const auto found = out_.find(key);
  return found != out_.end() && world_.now() < found->second;
}

void Invariants::CheckDemotion(const core::Directive& directive) {
  const auto own = affirmed_.find({directive.to.node, directive.vip});
  const bool own_reaches = own != affirmed_.end() && world_.now() - own->second.at <= kAffirmationLasts &&
                           own->second.holds && own->second.reaches;
  bool kept = false;
  bool kept_by_one_that_reaches = false;
  for (const auto& [key, affirmation] : affirmed_) {
    const bool counts = key.second == directive.vip && key.first != directive.to.node && affirmation.holds &&
                        !IsOut(key) && world_.now() - affirmation.at <= kAffirmationLasts;
    kept = kept || counts;
    kept_by_one_that_reaches = kept_by_one_that_reaches || (counts && affirmation.reaches);
  }
  const std::string what = absl::StrCat(directive.to.node, " is told to give ", directive.vip.ToString(), " up");
  if (!kept) Break(absl::StrCat("1: ", what, " and nobody else has affirmed lately that it holds it"));
  if (kept && own_reaches && !kept_by_one_that_reaches) {
    Break(absl::StrCat("1: ", what, " although it reaches its segment and the survivor does not"));
  }
}

void Invariants::CheckDurable(const core::Directive& directive) {
  const auto found = world_.witness().disk().find(directive.incident);
  const bool written = found != world_.witness().disk().end() &&
                       std::any_of(found->second.holds.begin(), found->second.holds.end(),
                                   [&](const core::HoldRecord& hold) { return hold.node == directive.to.node; });
  if (!written) Break(absl::StrCat("3: the hold on ", directive.to.node, " left before it was durable"));
}

void Invariants::Forgive(Duration span) { forgiven_until_ = std::max(forgiven_until_, world_.now() + span); }

// 2 and 5: nobody answers, and somebody would, were it not for our gate.
void Invariants::CheckNotHeldDown() {
  for (const IpAddress& vip : world_.vips()) {
    const bool answered = !world_.Answering(vip, false).empty();
    const bool held_down =
        !answered && std::any_of(world_.nodes().begin(), world_.nodes().end(), [&](const auto& node) {
          return node->probe_runs() && node->kernel().addresses.contains(vip) && !node->Answers(vip) && node->powered();
        });
    if (!held_down || world_.now() < forgiven_until_) {
      down_since_.erase(vip);
      continue;
    }
    const Instant since = down_since_.try_emplace(vip, world_.now()).first->second;
    if (world_.now() - since > kDownAtMost) {
      Break(absl::StrCat("5: nobody answers for ", vip.ToString(), " and a shut gate keeps it so"));
    }
  }
}

// A gate that shut at first sight is open again, or the node is under a hold, when its time is over.
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

bool Invariants::Hold() {
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
      return absl::StrCat("4: incident ", open.id, " of ", open.vip.ToString(), " is still open, survivor ",
                          open.survivor, ", ", open.holds.size(), " holds, ", open.note);
    }
  }
  return "";
}

}  // namespace sim
