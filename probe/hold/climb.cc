#include "probe/hold/climb.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

constexpr std::array<RungKind, 4> kAfterTheGate = {RungKind::kTrackFile, RungKind::kRemoveAddress,
                                                   RungKind::kStopDaemon, RungKind::kExec};

bool IsGone(const VipState& state) { return !state.configured || !state.effective; }

std::string Forbidden() { return "not used: it would drop what the directive does not allow"; }

}  // namespace

bool Allows(const HoldRecord& hold, RungKind kind) {
  return std::find(hold.forbidden_rungs.begin(), hold.forbidden_rungs.end(), kind) == hold.forbidden_rungs.end();
}

bool MayUse(const HoldRecord& hold, const VipState& state, RungKind kind) {
  const Rung* rung = state.Find(kind);
  return rung != nullptr && rung->usable && Allows(hold, kind);
}

bool IsLeftover(const VipState& state) {
  if (!state.configured) return false;
  switch (state.daemon) {
    case DaemonState::kGone:
    case DaemonState::kFrozen:
      return true;
    case DaemonState::kRunning:
      return !state.in_daemon_config;
    case DaemonState::kUnknown:
      return false;
  }
  return false;
}

void Climb::Advance(const Step& step) {
  if (over_) return;
  if (!tried_.contains(RungKind::kGate)) (void)Try(RungKind::kGate, step);
  while (!over_) {
    if (waiting_ && !SettleWaiting(step)) return;
    gone_ = IsGone(step.state);
    // The track file is worth having even when the address is gone already: it keeps the daemon from coming back.
    const bool enough = gone_ && tried_.contains(RungKind::kTrackFile);
    if (enough || (!waiting_ && !BeginNext(step))) over_ = true;
  }
}

void Climb::TriedGate(bool shut, std::string why_not, Duration took) {
  tried_.insert(RungKind::kGate);
  gate_shut_ = shut;
  Conclude(RungKind::kGate, shut, std::move(why_not), took);
}

bool Climb::SettleWaiting(const Step& step) {
  if (IsGone(step.state)) {
    Conclude(waiting_->kind, true, "", step.now - waiting_->since);
  } else if (step.now >= waiting_->until) {
    Conclude(waiting_->kind, false,
             absl::StrCat("the address is still there after ", arbiter::FormatDuration(step.now - waiting_->since)),
             step.now - waiting_->since);
  } else {
    return false;
  }
  waiting_.reset();
  return true;
}

bool Climb::BeginNext(const Step& step) {
  for (const RungKind kind : kAfterTheGate) {
    if (tried_.contains(kind) || !Fits(kind, step)) continue;
    if (!Try(kind, step)) continue;
    Begin(kind, step);
    return true;
  }
  return false;
}

bool Climb::Try(RungKind kind, const Step& step) {
  tried_.insert(kind);
  if (MayUse(step.hold, step.state, kind)) return true;
  const Rung* rung = step.state.Find(kind);
  // Behind a shut gate the others are extras: that one is missing is no failure to tell of.
  if (rung != nullptr && !gate_shut_)
    Conclude(kind, false, rung->usable ? Forbidden() : rung->reason, Duration::zero());
  return false;
}

bool Climb::Fits(RungKind kind, const Step& step) const {
  switch (kind) {
    case RungKind::kGate:
      return false;
    case RungKind::kTrackFile:
      return true;
    case RungKind::kRemoveAddress:
      return IsLeftover(step.state);
    case RungKind::kStopDaemon:
      return !gate_shut_ && step.state.daemon != DaemonState::kGone;
    case RungKind::kExec:
      return !gate_shut_;
  }
  return false;
}

void Climb::Begin(RungKind kind, const Step& step) {
  const auto begin = [&](const absl::Status& status, Duration within) {
    if (!status.ok()) return Conclude(kind, false, std::string(status.message()), Duration::zero());
    Await(kind, within, step);
  };
  switch (kind) {
    case RungKind::kGate:
      return;
    case RungKind::kTrackFile:
      return BeginTrackFile(step);
    case RungKind::kRemoveAddress:
      return BeginRemoval(step);
    case RungKind::kStopDaemon:
      step.hold.daemon_stopped = true;         // even where it failed half-way: the release starts it
      tried_.erase(RungKind::kRemoveAddress);  // what a killed daemon leaves behind
      return begin(step.stop_daemon(), step.policy.stop_daemon_within);
    case RungKind::kExec:
      return begin(step.actuators.RunExec(step.hold.vip), step.policy.exec_within);
  }
}

void Climb::BeginRemoval(const Step& step) {
  const absl::StatusOr<std::vector<RemovedAddress>> removed = step.actuators.RemoveAddress(step.hold.vip);
  if (!removed.ok()) {
    return Conclude(RungKind::kRemoveAddress, false, std::string(removed.status().message()), Duration::zero());
  }
  step.hold.address_removed = true;
  for (const RemovedAddress& place : *removed) {
    const auto& known = step.hold.removed;
    if (std::find(known.begin(), known.end(), place) == known.end()) step.hold.removed.push_back(place);
  }
  Await(RungKind::kRemoveAddress, step.policy.remove_address_within, step);
}

void Climb::BeginTrackFile(const Step& step) {
  const Instant began = step.actuators.Now();
  const absl::StatusOr<bool> demotes = step.settle_track_file();
  const Duration took = step.actuators.Now() - began;
  if (!demotes.ok()) return Conclude(RungKind::kTrackFile, false, std::string(demotes.status().message()), took);
  if (!*demotes) {
    if (gate_shut_) return;
    return Conclude(RungKind::kTrackFile, false, "not used: it would drop VIPs that are not held back", took);
  }
  if (IsGone(step.state)) return Conclude(RungKind::kTrackFile, true, "", took);
  if (step.state.daemon == DaemonState::kGone || step.state.daemon == DaemonState::kFrozen) {
    return Conclude(RungKind::kTrackFile, false, "written; no live daemon reads it now", took);
  }
  Await(RungKind::kTrackFile, step.policy.track_file_within, step);
}

void Climb::Await(RungKind kind, Duration within, const Step& step) {
  waiting_ = Waiting{kind, step.now, step.now + within};
}

void Climb::Conclude(RungKind kind, bool worked, std::string detail, Duration took) {
  rungs_.push_back({kind, worked, std::move(detail), took});
}

std::optional<Instant> Climb::NextDeadline() const {
  if (!waiting_ || over_) return std::nullopt;
  return waiting_->until;
}

}  // namespace probe::hold
