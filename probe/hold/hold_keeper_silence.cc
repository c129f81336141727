// The fail-safe of HoldKeeper: without an arbiter, a survivor that is silent, and nobody who answers, holds end here.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/hold/hold_keeper.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

// Of VIPs that belong together a few are asked about: whoever serves them serves all.
std::vector<arbiter::IpAddress> Sample(const std::vector<arbiter::IpAddress>& members) {
  if (members.size() <= 2) return members;
  return {members.front(), members.back()};
}

}  // namespace

void HoldKeeper::WatchSilence(Instant now) {
  const bool alone = !connected_ && !policy_.dry_run;
  List let_go;
  List taken_back;
  std::map<std::string, List> due;  // by what makes them belong together
  for (const auto& [vip, watch] : watches_) {
    const HoldRecord& hold = memory_.holds.at(vip);
    const Duration limit = SilenceLimit(hold);
    const bool uneasy = alone && watch.gate_shut && watch.silence.Uneasy(now, limit);
    if (uneasy != watch.let_go) (uneasy ? let_go : taken_back).push_back(vip);
    if (!alone || !watch.silence.AskNow(now, limit)) continue;
    // An address of each family: what cannot be asked about one says nothing of the other.
    const bool alone_in_it = watch.voices == nullptr || watch.voices->vips.empty();
    const std::string kin = alone_in_it ? vip.ToString() : absl::StrCat(watch.voices->id);
    due[absl::StrCat(kin, " ", vip.is_v4() ? 4 : 6, " ", hold.survivor)].push_back(vip);
  }
  LetGo(let_go, true);
  LetGo(taken_back, false);
  AskSegments(due, now);
}

void HoldKeeper::LetGo(Vips vips, bool let_go) {
  if (vips.empty()) return;
  for (const arbiter::IpAddress& vip : vips) watches_.at(vip).let_go = let_go;
  KeepTrackFiles(vips);
}

void HoldKeeper::AskSegments(const std::map<std::string, List>& due, Instant now) {
  if (due.empty()) return;
  List asked;
  for (const auto& [kin, members] : due) {
    const List sample = Sample(members);
    asked.insert(asked.end(), sample.begin(), sample.end());
  }
  const Troubles troubles = actuators_.AskSegment(asked);
  for (const auto& [kin, members] : due) {
    Asking asking{members, {}};
    for (const arbiter::IpAddress& vip : Sample(members)) {
      if (!troubles.contains(vip)) asking.awaited.insert(vip);
    }
    for (const arbiter::IpAddress& vip : members) {
      Silence& silence = watches_.at(vip).silence;
      if (asking.awaited.empty()) silence.AskLater(now, policy_.ask_again_after);
      if (!asking.awaited.empty()) silence.Asked(now, policy_.ask_again_after);
    }
    // One question about them at a time; an answer to an older one means nothing any more.
    asking_.remove_if([&asking](const Asking& older) { return older.members.front() == asking.members.front(); });
    if (!asking.awaited.empty()) asking_.push_back(std::move(asking));
  }
}

void HoldKeeper::OnSegmentAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant now) {
  due_known_ = false;
  OnPutBackAnswer(vip, somebody_answered, now);
  if (connected_) return;
  const auto asked = std::find_if(asking_.begin(), asking_.end(),
                                  [&vip](const Asking& asking) { return asking.awaited.contains(vip); });
  if (asked == asking_.end()) return;
  asked->awaited.erase(vip);
  if (!somebody_answered && !asked->awaited.empty()) return;
  const Asking asking = std::move(*asked);
  asking_.erase(asked);
  Conclude(asking, somebody_answered, now);
}

void HoldKeeper::Conclude(const Asking& asking, bool somebody_answered, Instant now) {
  List silent;
  for (const arbiter::IpAddress& vip : asking.members) {
    const auto watch = watches_.find(vip);
    if (watch == watches_.end()) continue;
    Silence& silence = watch->second.silence;
    if (!silence.asking() || silence.SilentFor(now) < SilenceLimit(memory_.holds.at(vip))) continue;
    silence.AskLater(now, policy_.ask_again_after);
    silent.push_back(vip);
  }
  if (somebody_answered || silent.empty()) return;
  const std::string& survivor = memory_.holds.at(silent.front()).survivor;
  const std::string why =
      absl::StrCat("no arbiter, no adverts of ", survivor.empty() ? "the survivor" : survivor, " for ",
                   arbiter::FormatDuration(watches_.at(silent.front()).silence.SilentFor(now)),
                   ", and nobody answers for the VIP", silent.size() > 1 ? "s" : "");
  (void)ReleaseLocally(silent, why, now);  // said there
}

Duration HoldKeeper::SilenceLimit(const HoldRecord& hold) const {
  const auto state = states_.find(hold.vip);
  const Duration master_down = state == states_.end() ? Duration::zero() : state->second.master_down_interval;
  return std::max(hold.silence_limit > Duration::zero() ? hold.silence_limit : policy_.silence_limit, master_down);
}

HoldKeeper::Voices HoldKeeper::VoicesOf(const VipState& state) {
  const auto& bound = state.bound_together;
  if (last_voices_ != nullptr &&
      std::equal(bound.begin(), bound.end(), last_voices_->vips.begin(), last_voices_->vips.end())) {
    return last_voices_;
  }
  const List list(bound.begin(), bound.end());
  const auto known = voices_.find(list);
  Voices voices = known == voices_.end() ? nullptr : known->second.lock();
  if (voices == nullptr) {
    std::erase_if(voices_, [](const auto& each) { return each.second.expired(); });
    voices = std::make_shared<const VoiceList>(VoiceList{++newest_voices_, list});
    voices_[list] = voices;
  }
  last_voices_ = voices;
  return voices;
}

}  // namespace probe::hold
