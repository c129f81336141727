// How HoldKeeper obeys each kind of directive: as one act for all of its VIPs.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/hold/freshness.h"
#include "probe/hold/hold_keeper.h"

namespace probe::hold {

void HoldKeeper::Errand::Settle(const arbiter::IpAddress& vip, Outcome outcome, std::string detail) {
  outcomes.push_back({vip, outcome, std::move(detail)});
}

void HoldKeeper::Errand::Settle(const arbiter::IpAddress& vip, const absl::Status& status) {
  Settle(vip, status.ok() ? Outcome::kDone : Outcome::kFailed, std::string(status.message()));
}

void HoldKeeper::OnDirective(const Directive& directive, Instant now, BootTime boot_now) {
  due_known_ = false;
  Errand errand{directive, {}, {}, now, boot_now};
  std::string stale = policy_.dry_run ? "dry run: this probe reports and never acts" : "";
  if (stale.empty()) stale = WhyStale(memory_, directive, boot_now);
  for (const arbiter::IpAddress& vip : directive.vips) {
    std::string why = stale.empty() ? WhyRepeated(memory_, vip, directive.fence) : stale;
    if (why.empty()) errand.vips.push_back(vip);
    if (!why.empty()) errand.Settle(vip, Outcome::kRefused, std::move(why));
  }
  if (errand.vips.empty()) return Answer(errand);
  RememberObeyed(memory_, directive.fence, errand.vips);
  const std::size_t first_result = output_.results.size();
  std::visit([&](const auto& action) { Obey(errand, action); }, directive.action);
  Save(now);
  if (!save_again_) return;
  for (std::size_t i = first_result; i < output_.results.size(); ++i) {
    std::string& detail = output_.results[i].detail;
    absl::StrAppend(&detail, detail.empty() ? "" : "; ", "not remembered over a restart: ", save_error_);
  }
}

void HoldKeeper::Obey(Errand& errand, const ShutForAWhile& action) {
  List shut;
  for (const arbiter::IpAddress& vip : errand.vips) {
    if (IsHeld(vip)) {
      errand.Settle(vip, Outcome::kDone, "");  // shut already, and not for a while
    } else if (const std::string& why = StateOf(vip).not_ours; !why.empty()) {
      errand.Settle(vip, Outcome::kRefused, why);
    } else if (!StateOf(vip).configured) {
      errand.Settle(vip, Outcome::kRefused, "nothing to do: the VIP is not on this node");
    } else {
      shut.push_back(vip);
    }
  }
  if (shut.empty()) return Answer(errand);
  const Instant began = actuators_.Now();
  const Troubles troubles = ShutGatesFor(shut, action.duration, errand.now);
  RungResult gate{RungKind::kGate, troubles.size() < shut.size(), "", actuators_.Now() - began};
  if (!gate.worked) gate.detail = std::string(troubles.begin()->second.message());
  for (const arbiter::IpAddress& vip : shut) {
    const auto trouble = troubles.find(vip);
    errand.Settle(vip, trouble == troubles.end() ? absl::OkStatus() : trouble->second);
  }
  Answer(errand, {gate});
}

void HoldKeeper::Obey(Errand& errand, const OrderHold& action) {
  List held;
  List begun;
  std::set<arbiter::IpAddress> fresh;
  for (const arbiter::IpAddress& vip : errand.vips) {
    const VipState& state = StateOf(vip);
    const bool is_new = !IsHeld(vip);
    if (is_new && !state.configured && !state.in_daemon_config) {
      errand.Settle(vip, Outcome::kRefused, "nothing to do: neither this node nor its VRRP daemon has the VIP");
      continue;
    }
    if (is_new && !state.not_ours.empty()) {
      errand.Settle(vip, Outcome::kRefused, state.not_ours);
      continue;
    }
    RecordHold(vip, errand, action, is_new);
    held.push_back(vip);
    if (!is_new) continue;
    begun.push_back(vip);
    fresh.insert(vip);
  }
  if (held.empty()) return Answer(errand);
  SayRefusals(errand);
  if (!begun.empty()) Say(Note::Severity::kWarning, absl::StrCat(Listed(begun), ": held back, ", action.reason));
  StartClimbs(held, Progress(errand.directive.fence, errand.directive.vips, errand.outcomes), fresh, errand.now);
}

void HoldKeeper::RecordHold(const arbiter::IpAddress& vip, const Errand& errand, const OrderHold& action, bool is_new) {
  HoldRecord& hold = memory_.holds[vip];
  hold.vip = vip;
  hold.incident = errand.directive.incident;
  hold.fence = errand.directive.fence;
  hold.reason = action.reason;
  hold.survivor = action.survivor;
  hold.survivor_addresses = action.survivor_addresses;
  hold.survivor_vrid = action.survivor_vrid;
  hold.silence_limit = action.silence_limit;
  hold.forbidden_rungs = action.forbidden_rungs;
  hold.trial = false;
  if (is_new) hold.since = errand.boot_now;
  // What an earlier hold took away and has not come back yet is this one's to put back.
  if (const auto back = put_backs_.find(vip); back != put_backs_.end()) {
    if (!back->second.done) hold.removed = back->second.removed;
    put_backs_.erase(back);
  }
  Watch& watch = watches_.try_emplace(vip, errand.now).first->second;
  watch.voices = VoicesOf(StateOf(vip));
  output_.holds_changed.insert(vip);
  announcements_.Stop(vip);
}

HoldKeeper::List HoldKeeper::HeldOf(Errand& errand) const {
  List held;
  for (const arbiter::IpAddress& vip : errand.vips) {
    if (IsHeld(vip)) held.push_back(vip);
    if (!IsHeld(vip)) errand.Settle(vip, Outcome::kRefused, "nothing to do: the VIP is not held back here");
  }
  return held;
}

void HoldKeeper::Obey(Errand& errand, const StartTrial& action) {
  List tried;
  for (const arbiter::IpAddress& vip : HeldOf(errand)) {
    if (watches_.at(vip).Shut()) tried.push_back(vip);
    if (!watches_.at(vip).Shut()) {
      errand.Settle(vip, absl::FailedPreconditionError("no shut gate to try it behind"));
    }
  }
  for (const arbiter::IpAddress& vip : tried) memory_.holds.at(vip).trial = true;
  const Troubles troubles = action.adverts ? LetAdvertsOut(tried, action.adverts_for, errand.now) : ShutGates(tried);
  const auto settled = SettleTrackFiles(tried);
  for (const arbiter::IpAddress& vip : tried) {
    const auto trouble = troubles.find(vip);
    errand.Settle(vip, trouble == troubles.end() ? settled.at(vip).status() : trouble->second);
  }
  Answer(errand);
}

void HoldKeeper::Obey(Errand& errand, const EndTrial& /*action*/) {
  const List held = HeldOf(errand);
  if (held.empty()) return Answer(errand);
  SayRefusals(errand);
  for (const arbiter::IpAddress& vip : held) memory_.holds.at(vip).trial = false;
  StartClimbs(held, Progress(errand.directive.fence, errand.directive.vips, errand.outcomes), {}, errand.now);
}

void HoldKeeper::Obey(Errand& errand, const Release& action) {
  std::set<arbiter::IpAddress> were_held;
  for (const arbiter::IpAddress& vip : errand.vips) {
    if (IsHeld(vip)) were_held.insert(vip);
  }
  std::map<std::pair<Note::Severity, std::string>, List> lines;
  const std::string why = action.reason.empty() ? "" : absl::StrCat(", ", action.reason);
  const Ended ended = EndHolds(errand.vips, errand.now);
  for (const arbiter::IpAddress& vip : errand.vips) {
    const absl::StatusOr<std::string>& hand = ended.at(vip);
    if (!hand.ok()) {
      errand.Settle(vip, hand.status());
      lines[{Note::Severity::kError, absl::StrCat("not released: ", std::string(hand.status().message()))}].push_back(
          vip);
      continue;
    }
    errand.Settle(vip, Outcome::kDone, *hand);
    const auto severity = hand->empty() ? Note::Severity::kInfo : Note::Severity::kWarning;
    const std::string text = absl::StrCat("released", why, hand->empty() ? "" : "; ", *hand);
    if (were_held.contains(vip)) lines[{severity, text}].push_back(vip);
  }
  Answer(errand);
  SayOf(lines);
}

void HoldKeeper::Obey(Errand& errand, const Announce& /*action*/) {
  List here;
  for (const arbiter::IpAddress& vip : errand.vips) {
    if (IsHeld(vip) || !StateOf(vip).Answers()) {
      errand.Settle(vip, Outcome::kRefused, "nothing to announce: this node does not answer for the VIP");
      continue;
    }
    announcements_.Begin(vip, errand.now);
    here.push_back(vip);
  }
  const Troubles troubles = AnnounceDue(errand.now);
  for (const arbiter::IpAddress& vip : here) {
    const auto trouble = troubles.find(vip);
    errand.Settle(vip, trouble == troubles.end() ? absl::OkStatus() : trouble->second);
  }
  Answer(errand);
  if (!here.empty()) actuators_.RunHook(Hook::kOnSurvivor, here);
}

void HoldKeeper::Answer(Errand& errand, std::vector<RungResult> rungs) {
  SayRefusals(errand);
  // As the directive names them; they were settled in another order.
  std::map<arbiter::IpAddress, VipOutcome> by_vip;
  for (VipOutcome& outcome : errand.outcomes) by_vip.insert_or_assign(outcome.vip, std::move(outcome));
  std::vector<VipOutcome> outcomes;
  for (const arbiter::IpAddress& vip : errand.directive.vips) outcomes.push_back(std::move(by_vip.at(vip)));
  DirectiveResult result = Fold(errand.directive.fence, outcomes);
  result.rungs = std::move(rungs);
  output_.results.push_back(std::move(result));
}

void HoldKeeper::SayRefusals(const Errand& errand) {
  std::map<std::pair<Note::Severity, std::string>, List> lines;
  const Fence& fence = errand.directive.fence;
  for (const VipOutcome& each : errand.outcomes) {
    if (each.outcome != Outcome::kRefused) continue;
    lines[{Note::Severity::kWarning,
           absl::StrCat("directive ", fence.term, "/", fence.sequence, " refused, ", each.detail)}]
        .push_back(each.vip);
  }
  SayOf(lines);
}

}  // namespace probe::hold
