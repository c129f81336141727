#include "probe/hold/hold_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/hold/freshness.h"

namespace probe::hold {
namespace {

void TakeEarlier(std::optional<Instant>& next, Instant at) {
  if (!next || at < *next) next = at;
}

}  // namespace

HoldKeeper::HoldKeeper(Actuators& actuators, HoldStore& store, const Policy& policy)
    : actuators_(actuators), store_(store), policy_(policy), track_files_(actuators) {}

absl::Status HoldKeeper::Restore(Vips found_shut, Instant now, BootTime boot_now) {
  due_known_ = false;
  const absl::StatusOr<HoldMemory> memory = store_.Load();
  if (memory.ok()) memory_ = *memory;
  for (const arbiter::IpAddress& vip : found_shut) {
    if (policy_.dry_run || IsHeld(vip)) continue;
    HoldRecord& hold = memory_.holds[vip];
    hold.vip = vip;
    hold.reason = "its gate was found shut at the start, with no record of why";
    hold.since = boot_now;
  }
  List held;
  for (const auto& [vip, hold] : memory_.holds) {
    Watch& watch = watches_.try_emplace(vip, now).first->second;
    watch.voices = VoicesOf(StateOf(vip));
    held.push_back(vip);
  }
  output_.holds_changed.insert(held.begin(), held.end());
  if (policy_.dry_run || held.empty()) return memory.status();
  const Troubles troubles = ShutGates(held);
  std::map<std::pair<Note::Severity, std::string>, List> lines;
  for (const arbiter::IpAddress& vip : held) {
    const auto trouble = troubles.find(vip);
    watches_.at(vip).gate_shut = trouble == troubles.end();
    const std::string gate =
        trouble == troubles.end() ? "" : absl::StrCat("; gate: ", std::string(trouble->second.message()));
    lines[{Note::Severity::kWarning, absl::StrCat("still held back, ", memory_.holds.at(vip).reason, gate)}].push_back(
        vip);
  }
  SayOf(lines);
  return memory.status();
}

void HoldKeeper::OnTerm(std::uint64_t term, Instant now) {
  due_known_ = false;
  if (const std::string why = WhyImplausible(memory_, term); !why.empty()) {
    Say(Note::Severity::kError, absl::StrCat(why, ": directives of that arbiter are refused"));
  }
  if (RaiseTerm(memory_, term)) Save(now);
}

void HoldKeeper::ForgetTerm(Instant now) {
  due_known_ = false;
  Say(Note::Severity::kWarning, absl::StrCat("term ", memory_.newest_term, " is forgotten by hand"));
  memory_.newest_term = 0;
  memory_.obeyed.clear();
  Save(now);
}

void HoldKeeper::OnArbiterConnected(bool connected, Instant now) {
  due_known_ = false;
  connected_ = connected;
  if (connected) asking_.clear();
  if (connected && !memory_.released.empty()) {
    TellLocalReleases();
    Save(now);
  }
  WatchSilence(now);
}

void HoldKeeper::OnVips(absl::Span<const VipState> states, Instant now) {
  due_known_ = false;
  List all;
  List held;
  for (const VipState& state : states) {
    states_.insert_or_assign(state.vip, state);
    all.push_back(state.vip);
    const auto watch = watches_.find(state.vip);
    if (watch == watches_.end()) continue;
    watch->second.voices = VoicesOf(state);
    held.push_back(state.vip);
  }
  if (policy_.dry_run) return;
  Uphold(held, now);
  KeepTrackFiles(all);
  SeePutBacks(all, now);
}

void HoldKeeper::OnForgotten(const arbiter::IpAddress& vip) {
  if (!IsHeld(vip)) states_.erase(vip);
}

namespace {

bool IsOfSurvivor(const HeardAdvert& advert, const HoldRecord& hold) {
  const auto& known = hold.survivor_addresses;
  if (std::find(known.begin(), known.end(), advert.source) == known.end()) return false;
  return hold.survivor_vrid == 0 || hold.survivor_vrid == advert.vrid;
}

}  // namespace

void HoldKeeper::OnAdvert(const HeardAdvert& advert, Instant now) {
  if (watches_.empty()) return;
  List named = advert.addresses;
  std::sort(named.begin(), named.end());
  const auto is_named = [&named](const arbiter::IpAddress& vip) {
    return std::binary_search(named.begin(), named.end(), vip);
  };
  std::map<Voices, bool> speak;  // each looked at once
  List taken_back;
  for (auto& [vip, watch] : watches_) {
    bool speaks = is_named(vip);
    if (!speaks && watch.voices != nullptr) {
      const auto known = speak.find(watch.voices);
      speaks = known != speak.end() ? known->second
                                    : std::any_of(watch.voices->vips.begin(), watch.voices->vips.end(), is_named);
      if (known == speak.end()) speak.emplace(watch.voices, speaks);
    }
    if (!speaks || !IsOfSurvivor(advert, memory_.holds.at(vip))) continue;
    watch.silence.Heard(now);
    due_known_ = false;  // the segment may have to be asked sooner than where nothing is heard
    if (watch.let_go && watch.silence.unanswered() == 0) taken_back.push_back(vip);
  }
  LetGo(taken_back, false);
}

void HoldKeeper::OnGateTampered(Instant now) {
  due_known_ = false;
  if (policy_.dry_run) return;
  List shut;
  for (const auto& [vip, watch] : watches_) {
    if (watch.Shut()) shut.push_back(vip);
  }
  for (const auto& [vip, timed] : timed_) {
    if (!IsHeld(vip)) shut.push_back(vip);
  }
  GatesChanged(shut);
  PutGatesBack(shut, now);
}

void HoldKeeper::OnDaemonConfigChanged(Instant /*now*/) {
  due_known_ = false;
  if (policy_.dry_run) return;
  track_files_.Doubt();
  List all;
  for (const auto& [vip, state] : states_) all.push_back(vip);
  KeepTrackFiles(all);
}

void HoldKeeper::OnTick(Instant now) {
  if (policy_.dry_run || (due_known_ && (!due_ || now < *due_))) return;
  due_known_ = false;
  ExpireTimedGates(now);
  List held;
  for (const auto& [vip, watch] : watches_) held.push_back(vip);
  Uphold(held, now);
  WatchSilence(now);
  AskBeforePuttingBack(now);
  (void)AnnounceDue(now);  // said there
  if (save_again_ && now >= *save_again_) Save(now);
}

std::optional<Instant> HoldKeeper::NextDeadline(Instant now) const {
  if (policy_.dry_run) return std::nullopt;
  if (due_known_) return due_;
  std::optional<Instant> next = announcements_.NextDeadline();
  if (save_again_) TakeEarlier(next, *save_again_);
  for (const auto& [vip, timed] : timed_) TakeEarlier(next, timed.until);
  for (const auto& [vip, back] : put_backs_) {
    if (!back.done) TakeEarlier(next, back.ask_at);
  }
  for (const auto& [vip, watch] : watches_) {
    const HoldRecord& hold = memory_.holds.at(vip);
    if (watch.climb) {
      if (const auto at = watch.climb->NextDeadline()) TakeEarlier(next, *at);
    } else if (NeedsClimb(hold, watch, states_.at(vip))) {
      TakeEarlier(next, watch.climb_not_before);
    }
    if (!connected_) TakeEarlier(next, watch.silence.NextDeadline(now, SilenceLimit(hold)));
  }
  due_known_ = true;
  due_ = next;
  return next;
}

Output HoldKeeper::TakeOutput() { return std::exchange(output_, Output()); }

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

void HoldKeeper::SayOf(const std::map<std::pair<Note::Severity, std::string>, List>& lines) {
  for (const auto& [line, vips] : lines) Say(line.first, absl::StrCat(Listed(vips), ": ", line.second));
}

VipState& HoldKeeper::StateOf(const arbiter::IpAddress& vip) {
  VipState& state = states_[vip];
  state.vip = vip;
  return state;
}

}  // namespace probe::hold
