#include "tests/sim/order_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace sim {
namespace {

namespace core = arbiter::core;
using std::chrono::milliseconds;
using std::chrono::seconds;

// From the question to the gate that shuts at first sight: affirm_within, and the time that the answer took.
constexpr Duration kFirstSightRestsOn = milliseconds(200);
// From the question to the last hold that may rest on its answer: confirm_after, a write, and its repetitions.
constexpr Duration kHoldRestsOn = milliseconds(1200);
// Clocks in the simulation differ by up to 1 %.
constexpr double kClocksDiffer = 1.03;

const IpAddress& VipOf(const core::Directive& directive) { return directive.vips.front(); }

// What it says of one of its VIPs.
core::Directive OfVip(core::Directive directive, const IpAddress& vip) {
  directive.vips = {vip};
  return directive;
}

std::string About(const core::Directive& directive) {
  return absl::StrCat(directive.to.node, " is told to give ", VipOf(directive).ToString(), " up");
}

}  // namespace

OrderRules::OrderRules(World& world, Break broken) : world_(world), break_(std::move(broken)) {
  EngineObserver observer;
  observer.on_event = [this](const core::Event& event) { OnEvent(event); };
  observer.on_ask = [this](const core::AskAffirm& ask) { OnAsk(ask); };
  observer.on_directive = [this](const core::Directive& directive) { OnDirective(directive); };
  world_.witness().SetObserver(std::move(observer));
  world_.SetObeyed([this](const Node& node, const core::Directive& directive, probe::hold::BootTime as_of) {
    OnObeyed(node, directive, as_of);
  });
}

void OrderRules::TakeReport(const std::string& node, const core::VipReport& report) {
  reports_[{node, report.vip}] = report;
}

void OrderRules::OnEvent(const core::Event& event) {
  if (std::holds_alternative<core::Started>(event)) {
    asked_.clear();
    affirmed_.clear();
    reports_.clear();
    out_.clear();
  } else if (const auto* attached = std::get_if<core::NodeAttached>(&event); attached != nullptr) {
    // A node that comes without a hold has ended it by itself.
    std::erase_if(out_, [&](const auto& entry) {
      return entry.first.first == attached->node.node &&
             std::none_of(attached->holds.begin(), attached->holds.end(),
                          [&](const core::LocalHold& hold) { return hold.vip == entry.first.second; });
    });
    std::erase_if(reports_, [&](const auto& entry) { return entry.first.first == attached->node.node; });
    for (const core::VipReport& report : attached->vips) TakeReport(attached->node.node, report);
  } else if (const auto* changed = std::get_if<core::NodeChanged>(&event); changed != nullptr) {
    for (const core::VipReport& report : changed->vips) TakeReport(changed->node.node, report);
    for (const IpAddress& vip : changed->forgotten) reports_.erase({changed->node.node, vip});
  } else if (const auto* done = std::get_if<core::DirectiveDone>(&event); done != nullptr) {
    for (const core::VipReport& report : done->reports) TakeReport(done->node.node, report);
  } else if (const auto* affirmed = std::get_if<core::Affirmed>(&event); affirmed != nullptr) {
    OnAffirmed(*affirmed);
  } else if (const auto* demote = std::get_if<core::OperatorDemote>(&event); demote != nullptr) {
    operator_meddled_ = world_.now();
    operators_demoted_.insert(demote->vip);
    // What belongs together goes together.
    const auto report = reports_.find({demote->node, demote->vip});
    if (report == reports_.end()) return;
    operators_demoted_.insert(report->second.bound_together.begin(), report->second.bound_together.end());
  } else if (const auto* mode = std::get_if<core::OperatorSetMode>(&event); mode != nullptr) {
    observes_ = mode->mode == core::Mode::kObserve;
  }
}

void OrderRules::OnAsk(const core::AskAffirm& ask) { asked_[ask.nonce] = world_.now(); }

void OrderRules::OnAffirmed(const core::Affirmed& affirmed) {
  const auto asked = asked_.find(affirmed.nonce);
  for (const core::VipReport& report : affirmed.vips) {
    TakeReport(affirmed.node.node, report);
    if (asked == asked_.end()) continue;
    bool reaches = true;
    for (const auto& [vip, reach] : affirmed.reach) {
      if (vip == report.vip && reach.asked > 0) reaches = reach.answered > 0;
    }
    Affirmation& newest = affirmed_[{affirmed.node.node, report.vip}];
    if (newest.asked <= asked->second) newest = {asked->second, report.holds(), report.advertises, reaches};
  }
}

void OrderRules::OnDirective(const core::Directive& directive) {
  for (const IpAddress& vip : directive.vips) OnDirectiveFor(OfVip(directive, vip));
}

void OrderRules::OnDirectiveFor(const core::Directive& directive) {
  const NodeVip key{directive.to.node, VipOf(directive)};
  if (const auto* shut = std::get_if<core::ShutForAWhile>(&directive.action); shut != nullptr) {
    if (!IsOut(key)) out_[key] = {world_.now() + shut->duration, ""};
    CheckMode(directive);
    CheckSurvivor(directive, kFirstSightRestsOn);
  } else if (const auto* hold = std::get_if<core::OrderHold>(&directive.action); hold != nullptr) {
    out_[key] = {Instant::max(), hold->survivor};
    CheckMode(directive);
    CheckSurvivor(directive, kHoldRestsOn);
    CheckScope(directive, *hold);
    CheckTogether(directive, *hold);
    CheckDurable(directive);
  } else if (std::holds_alternative<core::Release>(directive.action)) {
    out_.erase(key);
  }
}

bool OrderRules::IsOut(const NodeVip& key) const {
  const auto found = out_.find(key);
  return found != out_.end() && world_.now() < found->second.until;
}

bool OrderRules::Lately(const Affirmation& affirmation, Duration lasts) const {
  return affirmation.holds && world_.now() - affirmation.asked <= lasts;
}

// 1: in observe mode only operators demote.
void OrderRules::CheckMode(const core::Directive& directive) {
  if (observes_ && !operators_demoted_.contains(VipOf(directive))) {
    break_(absl::StrCat("1, observe: ", About(directive), " in observe mode"));
  }
}

// By what it affirmed lately of the VIP and of all that has to stay on one node with it, by any node's word (a reload
// may have taken it from the instance on one of them): these may be on several segments, and who reaches one of them
// and not another is no better than one of which the opposite is true.
bool OrderRules::Reaches(const std::string& node, const core::Directive& directive, Duration lasts) const {
  const auto reaches = [&](const IpAddress& vip) {
    const auto word = affirmed_.find({node, vip});
    // Whom a node reaches does not depend on whether its gate is shut.
    return word == affirmed_.end() || world_.now() - word->second.asked > lasts || word->second.reaches;
  };
  if (!reaches(VipOf(directive))) return false;
  return std::all_of(reports_.begin(), reports_.end(), [&](const auto& entry) {
    const arbiter::Addresses& bound = entry.second.bound_together;
    return entry.first.second != VipOf(directive) || std::all_of(bound.begin(), bound.end(), reaches);
  });
}

// 1: somebody else has affirmed that it keeps the VIP; and who reaches the segment is not told to yield to one that
// does not.
void OrderRules::CheckSurvivor(const core::Directive& directive, Duration lasts) {
  const auto own = affirmed_.find({directive.to.node, VipOf(directive)});
  const auto report = reports_.find({directive.to.node, VipOf(directive)});
  const bool still_there = report != reports_.end() && report->second.claims();
  const bool own_reaches = still_there && own != affirmed_.end() && Lately(own->second, lasts) &&
                           Reaches(directive.to.node, directive, lasts);  // all that belongs together
  bool kept = false;
  bool kept_by_one_that_reaches = false;
  for (const auto& [key, affirmation] : affirmed_) {
    const bool counts =
        key.second == VipOf(directive) && key.first != directive.to.node && !IsOut(key) && Lately(affirmation, lasts);
    kept = kept || counts;
    kept_by_one_that_reaches = kept_by_one_that_reaches || (counts && affirmation.reaches);
  }
  if (!kept) break_(absl::StrCat("1: ", About(directive), " and nobody else has affirmed lately that it holds it"));
  if (kept && own_reaches && !kept_by_one_that_reaches) {
    break_(absl::StrCat("1, reach: ", About(directive), " although it reaches its segment and the survivor does not"));
  }
}

bool OrderRules::IsKept(const IpAddress& vip, const std::string& but_for) const {
  return std::any_of(reports_.begin(), reports_.end(), [&](const auto& entry) {
    return entry.first.second == vip && entry.first.first != but_for && entry.second.holds() && !IsOut(entry.first);
  });
}

// 2: all that the allowed rungs drop with the VIP is kept by somebody else.
void OrderRules::CheckScope(const core::Directive& directive, const core::OrderHold& order) {
  const std::string& node = directive.to.node;
  const auto report = reports_.find({node, VipOf(directive)});
  if (report == reports_.end()) return;
  for (const core::Rung& rung : report->second.rungs) {
    const std::vector<core::RungKind>& forbidden = order.forbidden_rungs;
    if (!rung.usable || std::find(forbidden.begin(), forbidden.end(), rung.kind) != forbidden.end()) continue;
    for (const IpAddress& other : rung.scope) {
      const auto own = reports_.find({node, other});
      const bool would_drop = other != VipOf(directive) && own != reports_.end() && own->second.claims();
      if (would_drop && !IsKept(other, node)) {
        break_(absl::StrCat("2: ", About(directive), " in a way that drops ", other.ToString(),
                            " as well, and nobody else has that"));
      }
    }
  }
}

bool OrderRules::Serves(const std::string& node, const IpAddress& vip) const {
  const auto report = reports_.find({node, vip});
  return report != reports_.end() && report->second.holds();
}

// 2 and 5b: what belongs together stays together: of a sync group or an instance, the survivor of one VIP survives the
// others too, where it has them, reaches their segments (all of them: who does not comes after one that does, 1),
// advertises there and has a daemon that runs.
void OrderRules::CheckTogether(const core::Directive& directive, const core::OrderHold& order) {
  const auto report = reports_.find({directive.to.node, VipOf(directive)});
  if (report == reports_.end() || report->second.bound_together.empty()) return;
  // Without gates an instance that was torn by other faults is not always made whole (instance seed 2397).
  if (report->second.sync_group.empty() && report->second.gate == core::GateState::kUnavailable) return;
  if (world_.now() - operator_meddled_ < seconds(60)) return;
  for (const IpAddress& other : report->second.bound_together) {
    const auto held = out_.find({order.survivor, other});
    if (other == VipOf(directive) || held == out_.end() || held->second.survivor != directive.to.node) continue;
    const auto word = affirmed_.find({directive.to.node, VipOf(directive)});
    const bool able = word != affirmed_.end() && Lately(word->second, kHoldRestsOn) && word->second.advertises &&
                      Reaches(directive.to.node, directive, kHoldRestsOn) &&
                      reports_.at({directive.to.node, VipOf(directive)}).live();
    const auto there = reports_.find({directive.to.node, other});
    if (!able || there == reports_.end() || !there->second.holds()) continue;
    // Its survivor keeps a third one already, or serves one that the node does not have: the group was torn before, by
    // holds that began at other times.
    const bool keeps_another = std::any_of(out_.begin(), out_.end(), [&](const auto& entry) {
      const IpAddress& third = entry.first.second;
      return third != VipOf(directive) && third != other && entry.second.survivor == order.survivor;
    });
    const arbiter::Addresses& group = report->second.bound_together;
    const bool serves_another = std::any_of(group.begin(), group.end(), [&](const IpAddress& third) {
      return third != VipOf(directive) && third != other && Serves(order.survivor, third) &&
             !Serves(directive.to.node, third);
    });
    if (keeps_another || serves_another) continue;
    break_(absl::StrCat(report->second.sync_group.empty() ? "5b: " : "2: ", About(directive), ", which ",
                        order.survivor, " is to keep, while ", directive.to.node, " is to keep ", other.ToString(),
                        " of the same group or instance"));
  }
}

void OrderRules::CheckDurable(const core::Directive& directive) {
  const auto found = world_.witness().disk().find(directive.incident);
  const bool written =
      found != world_.witness().disk().end() &&
      std::any_of(found->second.holds.begin(), found->second.holds.end(), [&](const core::HoldRecord& hold) {
        return hold.node == directive.to.node && std::count(hold.vips.begin(), hold.vips.end(), VipOf(directive)) > 0;
      });
  if (!written) break_(absl::StrCat("3: the hold on ", directive.to.node, " left before it was durable"));
}

// 3: nothing old, late or repeated.
void OrderRules::OnObeyed(const Node& node, const core::Directive& directive, probe::hold::BootTime as_of) {
  Obedience& obeyed = obeyed_[node.name()];
  if (obeyed.boots != node.boots()) {
    obeyed = Obedience{};
    obeyed.boots = node.boots();
  }
  const std::string what = absl::StrCat(node.name(), " obeyed (", directive.fence.term, ",", directive.fence.sequence,
                                        ") for ", VipOf(directive).ToString());
  obeyed.newest_term = std::max(obeyed.newest_term, node.newest_term_told());
  if (directive.fence.term < obeyed.newest_term) {
    break_(absl::StrCat("3: ", what, " although it knew of term ", obeyed.newest_term));
  }
  obeyed.newest_term = std::max(obeyed.newest_term, directive.fence.term);
  const auto most =
      Duration(static_cast<std::int64_t>(static_cast<double>(directive.valid_for.count()) * kClocksDiffer));
  const Duration age = node.Boot() - as_of;
  if (age > most || age < Duration{}) break_(absl::StrCat("3: ", what, " after its time"));
  for (const IpAddress& vip : directive.vips) {
    core::Fence& newest = obeyed.newest[vip];
    if (directive.fence <= newest) break_(absl::StrCat("3: ", what, " a second time, or out of order"));
    newest = std::max(newest, directive.fence);
  }
}

}  // namespace sim
