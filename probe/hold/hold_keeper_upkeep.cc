// How HoldKeeper keeps standing holds in force: gates, climbs, and the fail-safe.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/hold/hold_keeper.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

// The kernel's timer began a little later than ours: a gate that still stands is looked at again after this.
constexpr Duration kTimerLags = std::chrono::milliseconds(10);

std::string InWords(const std::vector<RungResult>& rungs) {
  std::string words;
  for (const RungResult& rung : rungs) {
    absl::StrAppend(&words, words.empty() ? "" : ", ", NameOf(rung.kind), rung.worked ? " worked" : " did not work");
    if (rung.worked) absl::StrAppend(&words, " in ", arbiter::FormatDuration(rung.took));
    if (!rung.worked && !rung.detail.empty()) absl::StrAppend(&words, " (", rung.detail, ")");
  }
  return words.empty() ? "no rung was needed or usable" : words;
}

}  // namespace

absl::Status HoldKeeper::ProveGate(const arbiter::IpAddress& vip, GateState wanted,
                                   const std::function<absl::Status()>& act) {
  output_.gates_changed = true;
  if (absl::Status status = act(); !status.ok()) return status;
  const absl::StatusOr<GateState> seen = actuators_.ReadGate(vip);
  if (!seen.ok()) return seen.status();
  StateOf(vip).gate = *seen;
  if (*seen == wanted) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("gate of ", vip.ToString(), ": the kernel's dump does not show what was asked for"));
}

absl::Status HoldKeeper::ShutGate(const arbiter::IpAddress& vip) {
  timed_.erase(vip);
  return ProveGate(vip, GateState::kShut, [&] { return actuators_.ShutGate(vip, std::nullopt); });
}

absl::Status HoldKeeper::ShutGateFor(const arbiter::IpAddress& vip, Duration for_time, Instant now) {
  absl::Status status = ProveGate(vip, GateState::kShutForAWhile, [&] { return actuators_.ShutGate(vip, for_time); });
  if (status.ok()) timed_.insert_or_assign(vip, Timed{GateState::kShutForAWhile, now + for_time});
  return status;
}

absl::Status HoldKeeper::LetAdvertsOut(const arbiter::IpAddress& vip, Duration for_time, Instant now) {
  absl::Status status = ProveGate(vip, GateState::kAdvertsOnly, [&] { return actuators_.AdvertsOnly(vip, for_time); });
  if (status.ok()) timed_.insert_or_assign(vip, Timed{GateState::kAdvertsOnly, now + for_time});
  return status;
}

void HoldKeeper::PutGateBack(const arbiter::IpAddress& vip, Instant now) {
  const auto timed = timed_.find(vip);
  absl::Status status;
  if (timed == timed_.end()) {
    status = ShutGate(vip);
  } else if (timed->second.until <= now) {
    return;  // its time is over: ExpireTimedGates sees to it
  } else if (timed->second.state == GateState::kAdvertsOnly) {
    status = LetAdvertsOut(vip, timed->second.until - now, now);
  } else {
    status = ShutGateFor(vip, timed->second.until - now, now);
  }
  const auto watch = watches_.find(vip);
  if (watch != watches_.end()) {
    watch->second.gate_shut = status.ok();
    if (!status.ok()) watch->second.climb.reset();  // it believes in a gate that is no more
  }
  if (!status.ok()) {
    Say(Note::Severity::kError, absl::StrCat(vip.ToString(), ": gate not put back: ", std::string(status.message())));
  }
}

void HoldKeeper::ExpireTimedGates(Instant now) {
  for (auto it = timed_.begin(); it != timed_.end();) {
    if (it->second.until > now) {
      ++it;
      continue;
    }
    const arbiter::IpAddress vip = it->first;
    const absl::StatusOr<GateState> seen = actuators_.ReadGate(vip);
    if (seen.ok() && *seen == it->second.state) {
      it->second.until = now + kTimerLags;
      ++it;
      continue;
    }
    it = timed_.erase(it);
    if (seen.ok()) StateOf(vip).gate = *seen;
    output_.gates_changed = true;
  }
}

void HoldKeeper::StartClimb(const arbiter::IpAddress& vip, std::optional<Fence> answers, bool is_new_hold,
                            Instant now) {
  Watch& watch = watches_.at(vip);
  watch.climb.emplace(answers, is_new_hold);
  watch.gate_shut = false;
  watch.rungs_told = 0;
  AdvanceClimb(memory_.holds.at(vip), watch, now);
}

void HoldKeeper::AdvanceClimb(HoldRecord& hold, Watch& watch, Instant now) {
  const bool was_success = watch.climb->succeeded();
  const bool was_shut = watch.climb->gate_shut();
  const std::function<absl::StatusOr<bool>()> settle = [this, &hold] { return SettleTrackFile(hold.vip); };
  VipState& state = StateOf(hold.vip);
  watch.climb->Advance({hold, state, actuators_, policy_, settle, now});
  if (watch.climb->gate_shut() && !was_shut) {
    watch.gate_shut = true;
    state.gate = GateState::kShut;
    timed_.erase(hold.vip);
    output_.gates_changed = true;
  }
  TellClimb(hold, watch, was_success);
  if (!watch.climb->over()) return;
  watch.climb.reset();
  // A rung that does not bite must not be tried in a tight loop.
  const bool in_vain = NeedsClimb(hold, watch, state);
  watch.climb_pause = in_vain
                          ? std::clamp(watch.climb_pause * 2, policy_.climb_again_after, policy_.climb_again_at_most)
                          : Duration::zero();
  watch.climb_not_before = now + watch.climb_pause;
}

void HoldKeeper::TellClimb(const HoldRecord& hold, Watch& watch, bool was_success) {
  const Climb& climb = *watch.climb;
  const bool newly = climb.succeeded() && !was_success;
  const bool all = climb.over() && (!climb.succeeded() || climb.rungs().size() > watch.rungs_told);
  if (climb.fence() && (newly || all)) {
    output_.results.push_back({hold.vip, *climb.fence(), climb.succeeded() ? Outcome::kDone : Outcome::kFailed,
                               InWords(climb.rungs()), climb.rungs()});
    watch.rungs_told = climb.rungs().size();
  }
  if (newly && climb.is_new_hold()) actuators_.RunHook(Hook::kOnDemoted, hold.vip);
  if (climb.over()) SayClimb(hold, climb);
}

void HoldKeeper::SayClimb(const HoldRecord& hold, const Climb& climb) {
  Say(climb.succeeded() ? Note::Severity::kInfo : Note::Severity::kError,
      absl::StrCat(hold.vip.ToString(), climb.succeeded() ? ": answers nobody; " : ": STILL ANSWERS; ",
                   InWords(climb.rungs())));
}

void HoldKeeper::Uphold(HoldRecord& hold, Watch& watch, Instant now) {
  const VipState& state = StateOf(hold.vip);
  if (watch.Shut() && !IsShut(state.gate)) PutGateBack(hold.vip, now);
  if (watch.climb) return AdvanceClimb(hold, watch, now);
  if (now >= watch.climb_not_before && NeedsClimb(hold, watch, state)) {
    StartClimb(hold.vip, std::nullopt, false, now);
  }
}

bool HoldKeeper::NeedsClimb(const HoldRecord& hold, const Watch& watch, const VipState& state) const {
  if (!watch.gate_shut) return MayUse(hold, state, RungKind::kGate) || state.Answers();
  return IsLeftover(state) && !hold.trial && !watch.let_go && MayUse(hold, state, RungKind::kRemoveAddress);
}

void HoldKeeper::WatchSilence(const HoldRecord& hold, Watch& watch, Instant now) {
  const Duration limit = SilenceLimit(hold);
  const bool alone = !connected_ && !policy_.dry_run;
  LetGo(hold, watch, alone && watch.gate_shut && watch.silence.Uneasy(now, limit));
  if (!alone || !watch.silence.AskNow(now, limit)) return;
  const absl::Status asked = actuators_.AskSegment(hold.vip);
  if (asked.ok()) return watch.silence.Asked(now, policy_.ask_again_after);
  watch.silence.AskLater(now, policy_.ask_again_after);
}

void HoldKeeper::LetGo(const HoldRecord& hold, Watch& watch, bool let_go) {
  if (watch.let_go == let_go) return;
  watch.let_go = let_go;
  if (const auto settled = SettleTrackFile(hold.vip); !settled.ok()) {
    Say(Note::Severity::kError, std::string(settled.status().message()));
  }
}

Duration HoldKeeper::SilenceLimit(const HoldRecord& hold) const {
  const auto state = states_.find(hold.vip);
  const Duration master_down = state == states_.end() ? Duration::zero() : state->second.master_down_interval;
  return std::max(hold.silence_limit > Duration::zero() ? hold.silence_limit : policy_.silence_limit, master_down);
}

}  // namespace probe::hold
