// How HoldKeeper keeps standing holds in force: the climbs of their VIPs, together where they are one act.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/hold/hold_keeper.h"

namespace probe::hold {

void HoldKeeper::StartClimbs(Vips vips, Progress progress, const std::set<arbiter::IpAddress>& fresh, Instant now) {
  const std::uint64_t id = ++newest_progress_;
  progress_.emplace(id, std::move(progress));
  for (const arbiter::IpAddress& vip : vips) {
    Watch& watch = watches_.at(vip);
    DropClimb(vip, watch);
    watch.climb.emplace(fresh.contains(vip));
    watch.progress = id;
    watch.gate_shut = false;
  }
  ClimbGates(vips);
  AdvanceClimbs(vips, now);
}

void HoldKeeper::ClimbGates(Vips vips) {
  List gated;
  for (const arbiter::IpAddress& vip : vips) {
    if (MayUse(memory_.holds.at(vip), StateOf(vip), RungKind::kGate)) gated.push_back(vip);
  }
  if (gated.empty()) return;
  const Instant began = actuators_.Now();
  const Troubles troubles =
      ProveGates(gated, GateState::kShut, [&] { return actuators_.ShutGates(gated, std::nullopt); });
  const Duration took = actuators_.Now() - began;
  for (const arbiter::IpAddress& vip : gated) {
    Watch& watch = watches_.at(vip);
    const auto trouble = troubles.find(vip);
    watch.gate_shut = trouble == troubles.end();
    if (watch.gate_shut) timed_.erase(vip);
    watch.climb->TriedGate(watch.gate_shut, watch.gate_shut ? "" : std::string(trouble->second.message()), took);
  }
}

void HoldKeeper::AdvanceClimbs(Vips vips, Instant now) {
  if (vips.empty()) return;
  List yielding;  // whose track file may have to be written
  for (const arbiter::IpAddress& vip : vips) {
    if (MayUse(memory_.holds.at(vip), StateOf(vip), RungKind::kTrackFile)) yielding.push_back(vip);
  }
  const auto settled = SettleTrackFiles(yielding);
  std::set<std::uint64_t> touched;
  List demoted;
  for (const arbiter::IpAddress& vip : vips) {
    Watch& watch = watches_.at(vip);
    AdvanceClimb(memory_.holds.at(vip), watch, settled, now);
    touched.insert(watch.progress);
    if (const auto progress = progress_.find(watch.progress); progress != progress_.end()) {
      progress->second.Merge(vip, *watch.climb);
    }
    if (watch.climb->TakeSuccess() && watch.climb->is_new_hold()) demoted.push_back(vip);
    if (watch.climb->over()) RestClimb(memory_.holds.at(vip), watch, now);
  }
  if (!demoted.empty()) actuators_.RunHook(Hook::kOnDemoted, demoted);
  for (const std::uint64_t id : touched) TellProgress(id);
}

void HoldKeeper::AdvanceClimb(HoldRecord& hold, Watch& watch,
                              const std::map<arbiter::IpAddress, absl::StatusOr<bool>>& settled, Instant now) {
  const std::function<absl::StatusOr<bool>()> settle = [&]() -> absl::StatusOr<bool> {
    const auto known = settled.find(hold.vip);
    return known != settled.end() ? known->second : absl::StatusOr<bool>(false);
  };
  const std::function<absl::Status()> stop = [this, now] { return StopDaemonOnce(now); };
  watch.climb->Advance({hold, StateOf(hold.vip), actuators_, policy_, settle, stop, now});
}

// A rung that does not bite must not be tried in a tight loop.
void HoldKeeper::RestClimb(HoldRecord& hold, Watch& watch, Instant now) {
  watch.climb.reset();
  const bool in_vain = NeedsClimb(hold, watch, StateOf(hold.vip));
  watch.climb_pause = in_vain
                          ? std::clamp(watch.climb_pause * 2, policy_.climb_again_after, policy_.climb_again_at_most)
                          : Duration::zero();
  watch.climb_not_before = now + watch.climb_pause;
}

void HoldKeeper::DropClimb(const arbiter::IpAddress& vip, Watch& watch) {
  if (!watch.climb) return;
  watch.climb.reset();
  const auto progress = progress_.find(watch.progress);
  if (progress == progress_.end()) return;
  progress->second.Drop(vip);
  if (progress->second.over()) TellProgress(watch.progress);
}

void HoldKeeper::TellProgress(std::uint64_t id) {
  const auto found = progress_.find(id);
  if (found == progress_.end()) return;
  Progress& progress = found->second;
  if (std::optional<DirectiveResult> answer = progress.TakeAnswer()) output_.results.push_back(*std::move(answer));
  if (!progress.over()) return;
  for (const bool succeeded : {true, false}) {
    const Progress::Account account = progress.AccountOf(succeeded);
    if (account.vips.empty()) continue;
    Say(succeeded ? Note::Severity::kInfo : Note::Severity::kError,
        absl::StrCat(Listed(account.vips), succeeded ? ": answers nobody; " : ": STILL ANSWERS; ",
                     InWords(account.rungs)));
  }
  progress_.erase(found);
}

absl::Status HoldKeeper::StopDaemonOnce(Instant now) {
  if (!stopped_ || stopped_->first != now) stopped_.emplace(now, actuators_.StopDaemon());
  return stopped_->second;
}

void HoldKeeper::Uphold(Vips vips, Instant now) {
  List open;
  for (const arbiter::IpAddress& vip : vips) {
    if (watches_.at(vip).Shut() && !IsShut(StateOf(vip).gate)) open.push_back(vip);
  }
  if (!open.empty()) PutGatesBack(open, now);
  List climbing;
  List again;
  for (const arbiter::IpAddress& vip : vips) {
    const Watch& watch = watches_.at(vip);
    if (watch.climb) {
      climbing.push_back(vip);
    } else if (now >= watch.climb_not_before && NeedsClimb(memory_.holds.at(vip), watch, StateOf(vip))) {
      again.push_back(vip);
    }
  }
  AdvanceClimbs(climbing, now);
  if (!again.empty()) StartClimbs(again, Progress(std::nullopt, again, {}), {}, now);
}

bool HoldKeeper::NeedsClimb(const HoldRecord& hold, const Watch& watch, const VipState& state) const {
  if (!watch.gate_shut) return MayUse(hold, state, RungKind::kGate) || state.Answers();
  return IsLeftover(state) && !hold.trial && !watch.let_go && MayUse(hold, state, RungKind::kRemoveAddress);
}

std::map<arbiter::IpAddress, absl::StatusOr<bool>> HoldKeeper::SettleTrackFiles(Vips vips) {
  if (vips.empty()) return {};
  std::vector<const VipState*> states;
  states.reserve(vips.size());
  for (const arbiter::IpAddress& vip : vips) states.push_back(&StateOf(vip));
  return track_files_.Settle(states, Wishes());
}

void HoldKeeper::KeepTrackFiles(Vips vips) {
  std::map<std::pair<Note::Severity, std::string>, List> failed;
  for (const auto& [vip, demotes] : SettleTrackFiles(vips)) {
    if (!demotes.ok()) failed[{Note::Severity::kError, std::string(demotes.status().message())}].push_back(vip);
  }
  SayOf(failed);
}

TrackFiles::Wishes HoldKeeper::Wishes() const {
  TrackFiles::Wishes wishes;
  for (const auto& [vip, hold] : memory_.holds) {
    const auto watch = watches_.find(vip);
    if (watch == watches_.end()) continue;
    if (hold.trial || watch->second.let_go || !Allows(hold, RungKind::kTrackFile)) continue;
    wishes[vip] = watch->second.Shut() ? Wish::kDemoteIfAllAreHeld : Wish::kDemote;
  }
  return wishes;
}

}  // namespace probe::hold
