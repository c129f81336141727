// How HoldKeeper obeys each kind of directive.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/hold/freshness.h"
#include "probe/hold/hold_keeper.h"
#include "proto/value/duration.h"

namespace probe::hold {

void HoldKeeper::OnDirective(const Directive& directive, Instant now, BootTime boot_now) {
  if (policy_.dry_run) return Refuse(directive, "dry run: this probe reports and never acts");
  if (std::string why = WhyStale(memory_, directive, boot_now); !why.empty()) return Refuse(directive, std::move(why));
  RememberObeyed(memory_, directive);
  const std::size_t first_result = output_.results.size();
  std::visit([&](const auto& action) { Obey(directive, action, now, boot_now); }, directive.action);
  Save(now);
  if (!save_again_) return;
  for (std::size_t i = first_result; i < output_.results.size(); ++i) {
    std::string& detail = output_.results[i].detail;
    absl::StrAppend(&detail, detail.empty() ? "" : "; ", "not remembered over a restart: ", save_error_);
  }
}

void HoldKeeper::Obey(const Directive& directive, const ShutForAWhile& action, Instant now, BootTime /*boot_now*/) {
  if (IsHeld(directive.vip)) return Answer(directive, absl::OkStatus());  // shut already, and not for a while
  if (!StateOf(directive.vip).configured) return Refuse(directive, "nothing to do: the VIP is not on this node");
  const Instant began = actuators_.Now();
  const absl::Status status = ShutGateFor(directive.vip, action.duration, now);
  Answer(directive, status, {{RungKind::kGate, status.ok(), std::string(status.message()), actuators_.Now() - began}});
}

void HoldKeeper::Obey(const Directive& directive, const OrderHold& action, Instant now, BootTime boot_now) {
  const arbiter::IpAddress& vip = directive.vip;
  const VipState& state = StateOf(vip);
  const bool is_new = !IsHeld(vip);
  if (is_new && !state.configured && !state.in_daemon_config) {
    return Refuse(directive, "nothing to do: neither this node nor its VRRP daemon has the VIP");
  }
  HoldRecord& hold = memory_.holds[vip];
  hold.vip = vip;
  hold.incident = directive.incident;
  hold.fence = directive.fence;
  hold.reason = action.reason;
  hold.survivor = action.survivor;
  hold.survivor_addresses = action.survivor_addresses;
  hold.silence_limit = action.silence_limit;
  hold.forbidden_rungs = action.forbidden_rungs;
  hold.trial = false;
  if (is_new) hold.since = boot_now;
  watches_.try_emplace(vip, now);
  output_.holds_changed = true;
  announcements_.Stop(vip);
  if (is_new) Say(Note::Severity::kWarning, absl::StrCat(vip.ToString(), ": held back, ", action.reason));
  StartClimb(vip, directive.fence, is_new, now);
}

void HoldKeeper::Obey(const Directive& directive, const Trial& action, Instant now, BootTime /*boot_now*/) {
  const auto hold = memory_.holds.find(directive.vip);
  if (hold == memory_.holds.end()) return Refuse(directive, "nothing to do: the VIP is not held back here");
  Watch& watch = watches_.at(directive.vip);
  if (!watch.Shut()) return Answer(directive, absl::FailedPreconditionError("no shut gate to try it behind"));
  hold->second.trial = true;
  absl::Status status =
      action.adverts ? LetAdvertsOut(directive.vip, action.adverts_for, now) : ShutGate(directive.vip);
  if (const auto settled = SettleTrackFile(directive.vip); status.ok()) status = settled.status();
  Answer(directive, status);
}

void HoldKeeper::Obey(const Directive& directive, const EndTrial& /*action*/, Instant now, BootTime /*boot_now*/) {
  const auto hold = memory_.holds.find(directive.vip);
  if (hold == memory_.holds.end()) return Refuse(directive, "nothing to do: the VIP is not held back here");
  hold->second.trial = false;
  StartClimb(directive.vip, directive.fence, false, now);
}

void HoldKeeper::Obey(const Directive& directive, const Release& action, Instant now, BootTime /*boot_now*/) {
  const bool was_held = IsHeld(directive.vip);
  const absl::StatusOr<std::string> hand = EndHold(directive.vip, now);
  Answer(directive, hand.status());
  if (!hand.ok()) {
    return Say(Note::Severity::kError,
               absl::StrCat(directive.vip.ToString(), ": not released: ", std::string(hand.status().message())));
  }
  output_.results.back().detail = *hand;
  if (was_held) {
    Say(hand->empty() ? Note::Severity::kInfo : Note::Severity::kWarning,
        absl::StrCat(directive.vip.ToString(), ": released", action.reason.empty() ? "" : ", ", action.reason,
                     hand->empty() ? "" : "; ", *hand));
  }
}

void HoldKeeper::Obey(const Directive& directive, const Announce& /*action*/, Instant now, BootTime /*boot_now*/) {
  if (IsHeld(directive.vip) || !StateOf(directive.vip).Answers()) {
    return Refuse(directive, "nothing to announce: this node does not answer for the VIP");
  }
  announcements_.Begin(directive.vip, now);
  Answer(directive, AnnounceDue(now));
  actuators_.RunHook(Hook::kOnSurvivor, directive.vip);
}

void HoldKeeper::Answer(const Directive& directive, const absl::Status& status, std::vector<RungResult> rungs) {
  output_.results.push_back({directive.vip, directive.fence, status.ok() ? Outcome::kDone : Outcome::kFailed,
                             std::string(status.message()), std::move(rungs)});
}

void HoldKeeper::Refuse(const Directive& directive, std::string why) {
  Say(Note::Severity::kWarning, absl::StrCat(directive.vip.ToString(), ": directive ", directive.fence.term, "/",
                                             directive.fence.sequence, " refused, ", why));
  output_.results.push_back({directive.vip, directive.fence, Outcome::kRefused, std::move(why), {}});
}

}  // namespace probe::hold
