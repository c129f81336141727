// The fail-safe of HoldKeeper: without an arbiter, a survivor that is silent, and nobody who answers, holds end here.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/hold/hold_keeper.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

// So many VIPs that belong together are all asked about. Of more, whose adverts are missing, two tell of all of them:
// whoever serves them serves all. While adverts come so many have their turn each time.
constexpr std::size_t kAskedAtOnce = 8;

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

HoldKeeper::List HoldKeeper::SampleOf(const List& members, Instant now) {
  if (members.size() <= kAskedAtOnce) return members;
  const Silence& first = watches_.at(members.front()).silence;
  const bool heard = first.SilentFor(now) < SilenceLimit(memory_.holds.at(members.front()));
  List sample = {members.front(), members.back()};
  if (heard) {
    sample = members;
    std::stable_sort(sample.begin(), sample.end(), [this](const arbiter::IpAddress& a, const arbiter::IpAddress& b) {
      return watches_.at(a).silence.asked_about() < watches_.at(b).silence.asked_about();
    });
    sample.resize(kAskedAtOnce);
  }
  for (const arbiter::IpAddress& vip : members) {
    if (sample.size() < 2 * kAskedAtOnce && watches_.at(vip).silence.unanswered() > 0) sample.push_back(vip);
  }
  std::sort(sample.begin(), sample.end());
  sample.erase(std::unique(sample.begin(), sample.end()), sample.end());
  return sample;
}

void HoldKeeper::AskSegments(const std::map<std::string, List>& due, Instant now) {
  if (due.empty()) return;
  List asked;
  std::list<Asking> askings;
  for (const auto& [kin, members] : due) {
    const List sample = SampleOf(members, now);
    asked.insert(asked.end(), sample.begin(), sample.end());
    askings.push_back({members, {sample.begin(), sample.end()}, {}, {}});
  }
  const Troubles troubles = actuators_.AskSegment(asked);
  for (Asking& asking : askings) {
    std::erase_if(asking.asked, [&troubles](const arbiter::IpAddress& vip) { return troubles.contains(vip); });
    asking.awaited = asking.asked;
    for (const arbiter::IpAddress& vip : asking.asked) watches_.at(vip).silence.AskedAbout(now);
    for (const arbiter::IpAddress& vip : asking.members) {
      Silence& silence = watches_.at(vip).silence;
      if (asking.awaited.empty()) silence.AskLater(now, policy_.ask_again_after);
      if (!asking.awaited.empty()) silence.Asked(now, policy_.ask_again_after);
    }
    // One question about them at a time; an answer to an older one means nothing any more.
    asking_.remove_if([&asking](const Asking& older) {
      return std::any_of(older.members.begin(), older.members.end(), [&asking](const arbiter::IpAddress& vip) {
        return std::binary_search(asking.members.begin(), asking.members.end(), vip);
      });
    });
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
  if (somebody_answered) asked->answered.insert(vip);
  if (!asked->awaited.empty()) return;
  const Asking asking = std::move(*asked);
  asking_.erase(asked);
  Conclude(asking, now);
}

bool HoldKeeper::IsOver(const Asking& asking, const arbiter::IpAddress& vip, Instant now) {
  Silence& silence = watches_.at(vip).silence;
  silence.AskLater(now, policy_.ask_again_after);
  if (asking.answered.contains(vip)) {
    silence.Answered(now);
    return false;
  }
  if (!asking.answered.empty() && !asking.asked.contains(vip)) {
    silence.Vouched(now);
    return false;
  }
  silence.Unanswered();
  const bool silent = silence.SilentFor(now) >= SilenceLimit(memory_.holds.at(vip));
  return (silent && asking.answered.empty()) || silence.unanswered() >= Silence::kMostUnanswered;
}

void HoldKeeper::Conclude(const Asking& asking, Instant now) {
  std::map<std::string, List> over;  // by what is known of the survivor
  for (const arbiter::IpAddress& vip : asking.members) {
    const auto watch = watches_.find(vip);
    if (watch == watches_.end() || !watch->second.silence.asking()) continue;
    const HoldRecord& hold = memory_.holds.at(vip);
    if (!IsOver(asking, vip, now)) continue;
    const Duration silent = watch->second.silence.SilentFor(now);
    const std::string survivor = hold.survivor.empty() ? "the survivor" : hold.survivor;
    over[silent >= SilenceLimit(hold)
             ? absl::StrCat("no arbiter, no adverts of ", survivor, " for ", arbiter::FormatDuration(silent))
             : absl::StrCat("no arbiter, adverts come from ", survivor)]
        .push_back(vip);
  }
  for (const auto& [known, vips] : over) {
    const std::string why = absl::StrCat(known, ", and nobody answers for the VIP", vips.size() > 1 ? "s" : "");
    (void)ReleaseLocally(vips, why, now);  // said there
  }
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
