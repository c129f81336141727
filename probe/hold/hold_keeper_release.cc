// How HoldKeeper ends holds: opens, lets go, starts again, puts back, and tells the segment.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/hold/hold_keeper.h"

namespace probe::hold {
namespace {

constexpr std::size_t kMostLocalReleases = 64;

}  // namespace

absl::Status HoldKeeper::ReleaseLocally(Vips vips, const std::string& why, Instant now) {
  due_known_ = false;
  std::map<Fence, List> by_fence;
  for (const arbiter::IpAddress& vip : vips) {
    const auto hold = memory_.holds.find(vip);
    if (hold == memory_.holds.end()) {
      return absl::NotFoundError(absl::StrCat("release ", vip.ToString(), ": it is not held back on this node"));
    }
    by_fence[hold->second.fence].push_back(vip);
  }
  const Ended ended = EndHolds(vips, now);
  absl::Status result;
  std::map<std::pair<Note::Severity, std::string>, List> lines;
  for (const auto& [vip, hand] : ended) {
    result.Update(hand.status());
    const std::string text = hand.ok() ? absl::StrCat("released on this node: ", why, hand->empty() ? "" : "; ", *hand)
                                       : absl::StrCat("not released: ", std::string(hand.status().message()));
    lines[{hand.ok() ? Note::Severity::kWarning : Note::Severity::kError, text}].push_back(vip);
  }
  SayOf(lines);
  for (auto& [fence, list] : by_fence) {
    std::erase_if(list, [&ended](const arbiter::IpAddress& vip) { return !ended.at(vip).ok(); });
    if (list.empty()) continue;
    if (memory_.released.size() == kMostLocalReleases) memory_.released.erase(memory_.released.begin());
    memory_.released.push_back({std::move(list), fence, why});
  }
  if (connected_) TellLocalReleases();
  Save(now);
  return result;
}

void HoldKeeper::TellLocalReleases() {
  for (LocalRelease& released : memory_.released) {
    output_.results.push_back({released.fence,
                               Outcome::kRefused,
                               absl::StrCat("released on the node: ", released.why),
                               {},
                               {},
                               std::move(released.vips)});
  }
  memory_.released.clear();
}

HoldKeeper::Ended HoldKeeper::EndHolds(Vips vips, Instant now) {
  List gated;
  for (const arbiter::IpAddress& vip : vips) {
    const VipState& state = StateOf(vip);
    const Rung* rung = state.Find(RungKind::kGate);
    if (IsShut(state.gate) || (rung != nullptr && rung->usable)) gated.push_back(vip);
  }
  const Troubles troubles = ProveGates(gated, GateState::kOpen, [&] { return actuators_.OpenGates(gated); });
  Ended ended;
  List open;
  for (const arbiter::IpAddress& vip : vips) {
    const auto trouble = troubles.find(vip);
    if (trouble != troubles.end()) ended.emplace(vip, trouble->second);
    if (trouble == troubles.end()) open.push_back(vip);
  }
  const std::vector<HoldRecord> records = TakeRecords(open);
  UndoRungs(records, ended, now);
  bool announce = false;
  for (const arbiter::IpAddress& vip : open) {
    const VipState& state = StateOf(vip);
    if (!state.configured || !state.effective) continue;
    announcements_.Begin(vip, now);
    announce = true;
  }
  if (announce) (void)AnnounceDue(now);  // said there
  AskBeforePuttingBack(now);
  return ended;
}

std::vector<HoldRecord> HoldKeeper::TakeRecords(Vips vips) {
  std::vector<HoldRecord> records;
  for (const arbiter::IpAddress& vip : vips) {
    HoldRecord& ended = records.emplace_back();
    ended.vip = vip;
    if (const auto hold = memory_.holds.find(vip); hold != memory_.holds.end()) {
      ended = std::move(hold->second);
      memory_.holds.erase(hold);
      output_.holds_changed.insert(vip);
    }
    if (const auto watch = watches_.find(vip); watch != watches_.end()) {
      DropClimb(vip, watch->second);
      watches_.erase(watch);
    }
    timed_.erase(vip);
  }
  return records;
}

void HoldKeeper::UndoRungs(const std::vector<HoldRecord>& ended, Ended& hands, Instant now) {
  List vips;
  for (const HoldRecord& hold : ended) vips.push_back(hold.vip);
  const auto settled = SettleTrackFiles(vips);
  std::optional<absl::Status> started;  // once for all
  for (const HoldRecord& hold : ended) {
    std::vector<std::string> left;
    if (const absl::StatusOr<bool>& file = settled.at(hold.vip); !file.ok()) {
      left.emplace_back(file.status().message());
    }
    if (hold.daemon_stopped) {
      if (!started) started = actuators_.StartDaemon();
      if (!started->ok()) left.emplace_back(started->message());
    }
    std::string hand = hold.address_removed ? UndoRemoval(hold, now) : "";
    if (!hand.empty()) left.push_back(std::move(hand));
    hands.insert_or_assign(hold.vip, absl::StrJoin(left, "; "));
  }
}

// Only where nobody else puts it back: a live daemon that names the address does as it likes.
std::string HoldKeeper::UndoRemoval(const HoldRecord& ended, Instant now) {
  const VipState& state = StateOf(ended.vip);
  if (state.configured || ended.daemon_stopped) return "";
  VipState back = state;
  back.configured = true;
  const bool known = !ended.removed.empty();
  if (known && IsLeftover(back)) {
    put_backs_.insert_or_assign(ended.vip, PutBack{ended.removed, false, now});
    return "";
  }
  if (known && state.daemon == DaemonState::kUnknown) {
    return "a hand is needed: the address was removed, and what became of the VRRP daemon is not known";
  }
  if (known || state.daemon != DaemonState::kGone) return "";
  return "a hand is needed: the VRRP daemon is not running, and the address it had left behind was removed";
}

// A release may come because the cause is gone, with the survivor in its place: an address that comes back then would
// be the next split. Whoever answers is asked first.
void HoldKeeper::AskBeforePuttingBack(Instant now) {
  List asked;
  for (auto& [vip, back] : put_backs_) {
    if (back.done || back.ask_at > now) continue;
    back.ask_at = now + policy_.ask_again_after;
    asked.push_back(vip);
  }
  if (!asked.empty()) (void)actuators_.AskSegment(asked);  // what cannot be asked is asked again
}

void HoldKeeper::OnPutBackAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant /*now*/) {
  const auto found = put_backs_.find(vip);
  if (found == put_backs_.end() || found->second.done) return;
  VipState back = StateOf(vip);
  back.configured = true;
  if (somebody_answered || IsHeld(vip) || !IsLeftover(back)) {
    put_backs_.erase(found);
    return;
  }
  found->second.done = true;
  const absl::Status status = actuators_.PutAddressBack(vip, found->second.removed);
  if (status.ok()) {
    return Say(Note::Severity::kWarning,
               absl::StrCat(vip.ToString(), ": nobody answers for it: the address that its hold had removed is back"));
  }
  put_backs_.erase(found);
  Say(Note::Severity::kError, absl::StrCat(vip.ToString(), ": a hand is needed: ", std::string(status.message())));
}

void HoldKeeper::SeePutBacks(Vips vips, Instant now) {
  if (put_backs_.empty()) return;
  bool announce = false;
  for (const arbiter::IpAddress& vip : vips) {
    const auto found = put_backs_.find(vip);
    const VipState& state = StateOf(vip);
    if (found == put_backs_.end() || !state.configured) continue;
    put_backs_.erase(found);
    if (IsHeld(vip) || !state.Answers()) continue;
    announcements_.Begin(vip, now);
    announce = true;
  }
  if (announce) (void)AnnounceDue(now);  // said there
}

Troubles HoldKeeper::AnnounceDue(Instant now) {
  Troubles troubles;
  for (const arbiter::IpAddress& vip : announcements_.Due(now)) {
    if (IsHeld(vip) || !StateOf(vip).Answers()) {
      announcements_.Stop(vip);
      continue;
    }
    if (absl::Status status = actuators_.AnnounceOnce(vip); !status.ok()) troubles.emplace(vip, std::move(status));
  }
  if (!troubles.empty()) {
    const std::string more = troubles.size() > 1 ? absl::StrCat(", and ", troubles.size() - 1, " more") : "";
    Say(Note::Severity::kError, absl::StrCat(std::string(troubles.begin()->second.message()), more));
  }
  return troubles;
}

}  // namespace probe::hold
