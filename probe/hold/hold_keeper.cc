#include "probe/hold/hold_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/hold/freshness.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

constexpr std::size_t kMostLocalReleases = 64;

void TakeEarlier(std::optional<Instant>& next, Instant at) {
  if (!next || at < *next) next = at;
}

// The adverts that list any of `addresses` speak for the VIP.
bool SpeaksFor(const VipState& state, absl::Span<const arbiter::IpAddress> addresses) {
  return std::any_of(addresses.begin(), addresses.end(), [&state](const arbiter::IpAddress& address) {
    return address == state.vip ||
           std::find(state.bound_together.begin(), state.bound_together.end(), address) != state.bound_together.end();
  });
}

}  // namespace

HoldKeeper::HoldKeeper(Actuators& actuators, HoldStore& store, const Policy& policy)
    : actuators_(actuators), store_(store), policy_(policy), track_files_(actuators) {}

absl::Status HoldKeeper::Restore(absl::Span<const arbiter::IpAddress> found_shut, Instant now, BootTime boot_now) {
  const absl::StatusOr<HoldMemory> memory = store_.Load();
  if (memory.ok()) memory_ = *memory;
  for (const arbiter::IpAddress& vip : found_shut) {
    if (policy_.dry_run || IsHeld(vip)) continue;
    HoldRecord& hold = memory_.holds[vip];
    hold.vip = vip;
    hold.reason = "its gate was found shut at the start, with no record of why";
    hold.since = boot_now;
  }
  for (const auto& [vip, hold] : memory_.holds) {
    Watch& watch = watches_.try_emplace(vip, now).first->second;
    StateOf(vip);
    if (policy_.dry_run) continue;
    const absl::Status status = ShutGate(vip);
    watch.gate_shut = status.ok();
    Say(Note::Severity::kWarning, absl::StrCat(vip.ToString(), ": still held back, ", hold.reason,
                                               status.ok() ? "" : "; gate: ", std::string(status.message())));
  }
  output_.holds_changed = !memory_.holds.empty();
  return memory.status();
}

void HoldKeeper::OnTerm(std::uint64_t term, Instant now) {
  if (RaiseTerm(memory_, term)) Save(now);
}

void HoldKeeper::OnArbiterConnected(bool connected, Instant now) {
  connected_ = connected;
  if (connected && !memory_.released.empty()) {
    TellLocalReleases();
    Save(now);
  }
  for (auto& [vip, watch] : watches_) WatchSilence(memory_.holds.at(vip), watch, now);
}

void HoldKeeper::OnVip(const VipState& state, Instant now) {
  states_[state.vip] = state;
  if (policy_.dry_run) return;
  const auto hold = memory_.holds.find(state.vip);
  if (hold != memory_.holds.end()) Uphold(hold->second, watches_.at(state.vip), now);
  if (const auto settled = SettleTrackFile(state.vip); !settled.ok()) {
    Say(Note::Severity::kError, std::string(settled.status().message()));
  }
}

void HoldKeeper::OnForgotten(const arbiter::IpAddress& vip) {
  if (!IsHeld(vip)) states_.erase(vip);
}

void HoldKeeper::OnAdvert(absl::Span<const arbiter::IpAddress> addresses, Instant now) {
  for (auto& [vip, watch] : watches_) {
    if (!SpeaksFor(StateOf(vip), addresses)) continue;
    watch.silence.Heard(now);
    LetGo(memory_.holds.at(vip), watch, false);
  }
}

void HoldKeeper::OnSegmentAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant now) {
  const auto found = watches_.find(vip);
  if (found == watches_.end() || connected_) return;
  Silence& silence = found->second.silence;
  const HoldRecord& hold = memory_.holds.at(vip);
  if (!silence.asking() || silence.SilentFor(now) < SilenceLimit(hold)) return;
  silence.AskLater(now, policy_.ask_again_after);
  if (somebody_answered) return;
  const absl::Status status = ReleaseLocally(
      vip,
      absl::StrCat("no arbiter, no adverts of ", hold.survivor.empty() ? "the survivor" : hold.survivor, " for ",
                   arbiter::FormatDuration(silence.SilentFor(now)), ", and nobody answers for the VIP"),
      now);
  if (!status.ok()) {
    Say(Note::Severity::kError, absl::StrCat(vip.ToString(), ": not released: ", std::string(status.message())));
  }
}

void HoldKeeper::OnGateTampered(Instant now) {
  if (policy_.dry_run) return;
  output_.gates_changed = true;
  for (const auto& [vip, watch] : watches_) {
    if (watch.Shut()) PutGateBack(vip, now);
  }
  for (const auto& [vip, timed] : timed_) {
    if (!IsHeld(vip)) PutGateBack(vip, now);
  }
}

void HoldKeeper::OnDaemonConfigChanged(Instant /*now*/) {
  if (policy_.dry_run) return;
  track_files_.Doubt();
  for (const auto& [vip, state] : states_) {
    if (const auto settled = SettleTrackFile(vip); !settled.ok()) {
      Say(Note::Severity::kError, std::string(settled.status().message()));
    }
  }
}

void HoldKeeper::OnTick(Instant now) {
  if (policy_.dry_run) return;
  ExpireTimedGates(now);
  for (auto& [vip, watch] : watches_) {
    HoldRecord& hold = memory_.holds.at(vip);
    Uphold(hold, watch, now);
    WatchSilence(hold, watch, now);
  }
  (void)AnnounceDue(now);  // said there
  if (save_again_ && now >= *save_again_) Save(now);
}

std::optional<Instant> HoldKeeper::NextDeadline(Instant now) const {
  if (policy_.dry_run) return std::nullopt;
  std::optional<Instant> next = announcements_.NextDeadline();
  if (save_again_) TakeEarlier(next, *save_again_);
  for (const auto& [vip, timed] : timed_) TakeEarlier(next, timed.until);
  for (const auto& [vip, watch] : watches_) {
    const HoldRecord& hold = memory_.holds.at(vip);
    if (watch.climb) {
      if (const auto at = watch.climb->NextDeadline()) TakeEarlier(next, *at);
    } else if (NeedsClimb(hold, watch, states_.at(vip))) {
      TakeEarlier(next, watch.climb_not_before);
    }
    if (!connected_) TakeEarlier(next, watch.silence.NextDeadline(now, SilenceLimit(hold)));
  }
  return next;
}

absl::Status HoldKeeper::ReleaseLocally(const arbiter::IpAddress& vip, const std::string& why, Instant now) {
  const auto hold = memory_.holds.find(vip);
  if (hold == memory_.holds.end()) {
    return absl::NotFoundError(absl::StrCat("release ", vip.ToString(), ": it is not held back on this node"));
  }
  const LocalRelease released{vip, hold->second.fence, why};
  const absl::StatusOr<std::string> hand = EndHold(vip, now);
  if (!hand.ok()) return hand.status();
  Say(Note::Severity::kWarning,
      absl::StrCat(vip.ToString(), ": released on this node: ", why, hand->empty() ? "" : "; ", *hand));
  if (memory_.released.size() == kMostLocalReleases) memory_.released.erase(memory_.released.begin());
  memory_.released.push_back(released);
  if (connected_) TellLocalReleases();
  Save(now);
  return absl::OkStatus();
}

Output HoldKeeper::TakeOutput() { return std::exchange(output_, Output()); }

void HoldKeeper::TellLocalReleases() {
  for (LocalRelease& released : memory_.released) {
    output_.results.push_back(
        {released.vip, released.fence, Outcome::kRefused, absl::StrCat("released on the node: ", released.why), {}});
  }
  memory_.released.clear();
}

absl::StatusOr<std::string> HoldKeeper::EndHold(const arbiter::IpAddress& vip, Instant now) {
  VipState& state = StateOf(vip);
  const auto rung = state.Find(RungKind::kGate);
  if (IsShut(state.gate) || (rung != nullptr && rung->usable)) {
    const absl::Status opened = ProveGate(vip, GateState::kOpen, [&] { return actuators_.OpenGate(vip); });
    if (!opened.ok()) return opened;
  }
  HoldRecord ended;
  ended.vip = vip;
  if (const auto hold = memory_.holds.find(vip); hold != memory_.holds.end()) {
    ended = std::move(hold->second);
    memory_.holds.erase(hold);
    output_.holds_changed = true;
  }
  watches_.erase(vip);
  timed_.erase(vip);
  std::string hand = UndoRungs(ended, state);
  if (state.configured && state.effective) {
    announcements_.Begin(vip, now);
    (void)AnnounceDue(now);  // said there
  }
  return hand;
}

std::string HoldKeeper::UndoRungs(const HoldRecord& ended, const VipState& state) {
  std::vector<std::string> left;
  if (const auto settled = SettleTrackFile(ended.vip); !settled.ok()) left.emplace_back(settled.status().message());
  if (ended.daemon_stopped) {
    if (const absl::Status started = actuators_.StartDaemon(); !started.ok()) left.emplace_back(started.message());
  } else if (ended.address_removed && !state.configured && state.daemon == DaemonState::kGone) {
    left.emplace_back(
        "a hand is needed: the VRRP daemon is not running, and the address it had left behind was removed");
  }
  return absl::StrJoin(left, "; ");
}

absl::StatusOr<bool> HoldKeeper::SettleTrackFile(const arbiter::IpAddress& vip) {
  return track_files_.Settle(StateOf(vip), Wishes());
}

std::map<arbiter::IpAddress, Wish> HoldKeeper::Wishes() const {
  std::map<arbiter::IpAddress, Wish> wishes;
  for (const auto& [vip, hold] : memory_.holds) {
    const Watch& watch = watches_.at(vip);
    if (hold.trial || watch.let_go || !Allows(hold, RungKind::kTrackFile)) continue;
    wishes[vip] = watch.Shut() ? Wish::kDemoteIfAllAreHeld : Wish::kDemote;
  }
  return wishes;
}

absl::Status HoldKeeper::AnnounceDue(Instant now) {
  absl::Status result;
  for (const arbiter::IpAddress& vip : announcements_.Due(now)) {
    if (IsHeld(vip) || !StateOf(vip).Answers()) {
      announcements_.Stop(vip);
      continue;
    }
    if (absl::Status status = actuators_.AnnounceOnce(vip); !status.ok()) {
      Say(Note::Severity::kError, std::string(status.message()));
      result.Update(status);
    }
  }
  return result;
}

void HoldKeeper::Save(Instant now) {
  const absl::Status status = store_.Save(memory_);
  if (status.ok()) {
    save_again_.reset();
    save_error_.clear();
    return;
  }
  if (!save_again_) Say(Note::Severity::kError, std::string(status.message()));
  save_error_ = std::string(status.message());
  save_again_ = now + policy_.save_again_after;
}

void HoldKeeper::Say(Note::Severity severity, std::string text) {
  output_.notes.push_back({severity, std::move(text)});
}

VipState& HoldKeeper::StateOf(const arbiter::IpAddress& vip) {
  VipState& state = states_[vip];
  state.vip = vip;
  return state;
}

}  // namespace probe::hold
