#include "probe/hold/progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace probe::hold {
namespace {

// Into one for each kind: it worked where it worked for all, and took as long as it took for the last.
void MergeInto(std::vector<RungResult>& all, const std::vector<RungResult>& rungs) {
  for (const RungResult& rung : rungs) {
    const auto same =
        std::find_if(all.begin(), all.end(), [&rung](const RungResult& each) { return each.kind == rung.kind; });
    if (same == all.end()) {
      all.push_back(rung);
      continue;
    }
    same->took = std::max(same->took, rung.took);
    if (same->worked && !rung.worked) {
      same->worked = false;
      same->detail = rung.detail;
    }
  }
}

}  // namespace

std::string InWords(const std::vector<RungResult>& rungs) {
  std::string words;
  for (const RungResult& rung : rungs) {
    absl::StrAppend(&words, words.empty() ? "" : ", ", NameOf(rung.kind), rung.worked ? " worked" : " did not work");
    if (rung.worked) absl::StrAppend(&words, " in ", arbiter::FormatDuration(rung.took));
    if (!rung.worked && !rung.detail.empty()) absl::StrAppend(&words, " (", rung.detail, ")");
  }
  return words.empty() ? "no rung was needed or usable" : words;
}

Progress::Progress(std::optional<Fence> answers, std::vector<arbiter::IpAddress> vips,
                   const std::vector<VipOutcome>& settled)
    : fence_(answers), order_(std::move(vips)) {
  for (const VipOutcome& outcome : settled) members_[outcome.vip].outcome = outcome;
  for (const arbiter::IpAddress& vip : order_) {
    Member& member = members_[vip];
    if (member.outcome) continue;
    member.climbs = true;
    ++unknown_;
    ++climbing_;
    ++climbers_;
  }
}

void Progress::Merge(const arbiter::IpAddress& vip, const Climb& climb) {
  const auto found = members_.find(vip);
  if (found == members_.end() || !found->second.climbs) return;
  Member& member = found->second;
  member.rungs = climb.rungs();
  if (climb.succeeded() || climb.over()) {
    if (!member.outcome) --unknown_;
    member.outcome = VipOutcome{vip, climb.succeeded() ? Outcome::kDone : Outcome::kFailed, ""};
  }
  if (!climb.over()) return;
  member.climbs = false;
  --climbing_;
}

void Progress::Drop(const arbiter::IpAddress& vip) {
  const auto found = members_.find(vip);
  if (found == members_.end() || !found->second.climbs) return;
  if (!found->second.outcome) --unknown_;
  --climbing_;
  members_.erase(found);
  std::erase(order_, vip);
  if (--climbers_ == 0) fence_.reset();  // nobody is left for whom it would have been done
}

std::size_t Progress::RungsSeen() const {
  std::size_t rungs = 0;
  for (const auto& [vip, member] : members_) rungs += member.rungs.size();
  return rungs;
}

std::optional<DirectiveResult> Progress::TakeAnswer() {
  if (!fence_ || members_.empty() || unknown_ > 0 || (told_ && climbing_ > 0)) return std::nullopt;
  const std::size_t rungs = RungsSeen();
  if (told_ && rungs == rungs_told_) return std::nullopt;
  told_ = true;
  rungs_told_ = rungs;
  std::vector<VipOutcome> outcomes;
  std::vector<RungResult> merged;
  for (const arbiter::IpAddress& vip : order_) {
    const Member& member = members_.at(vip);
    outcomes.push_back(*member.outcome);
    // An exception says for itself why.
    if (outcomes.back().outcome == Outcome::kFailed) outcomes.back().detail = InWords(member.rungs);
  }
  DirectiveResult result = Fold(*fence_, outcomes);
  for (const arbiter::IpAddress& vip : order_) {
    const Member& member = members_.at(vip);
    if (member.outcome->outcome == result.outcome) MergeInto(merged, member.rungs);
  }
  if (result.outcome != Outcome::kRefused) result.detail = InWords(merged);
  result.rungs = std::move(merged);
  return result;
}

Progress::Account Progress::AccountOf(bool succeeded) const {
  Account account;
  const Outcome outcome = succeeded ? Outcome::kDone : Outcome::kFailed;
  for (const arbiter::IpAddress& vip : order_) {
    const Member& member = members_.at(vip);
    if (!member.outcome || member.outcome->outcome != outcome) continue;
    account.vips.push_back(vip);
    MergeInto(account.rungs, member.rungs);
  }
  return account;
}

}  // namespace probe::hold
