#include "probe/hold/track_files.h"

#include <algorithm>

#include "absl/status/status.h"

namespace probe::hold {
namespace {

Wish WishOf(const TrackFiles::Wishes& wishes, const arbiter::IpAddress& vip) {
  const auto found = wishes.find(vip);
  return found == wishes.end() ? Wish::kNone : found->second;
}

// The file that was settled for `a`, whose VIPs are `scope`, is that of `b`, too: most VIPs of an instance say the same
// as the one before.
bool SameFile(const VipState& a, const VipState& b, const TrackFiles::Scope& scope) {
  const Rung* rung_a = a.Find(RungKind::kTrackFile);
  const Rung* rung_b = b.Find(RungKind::kTrackFile);
  if (rung_a == nullptr || rung_b == nullptr || !rung_a->usable || !rung_b->usable) return false;
  return rung_a->scope.size() == scope.size() && rung_a->scope == rung_b->scope &&
         std::binary_search(scope.begin(), scope.end(), b.vip);
}

bool Demotes(const TrackFiles::Scope& scope, const TrackFiles::Wishes& wishes) {
  const auto is = [&wishes](Wish wish) {
    return [&wishes, wish](const arbiter::IpAddress& vip) { return WishOf(wishes, vip) == wish; };
  };
  if (std::any_of(scope.begin(), scope.end(), is(Wish::kDemote))) return true;
  return std::all_of(scope.begin(), scope.end(), is(Wish::kDemoteIfAllAreHeld));
}

}  // namespace

std::optional<TrackFiles::Scope> TrackFiles::ScopeOf(const VipState& state) const {
  const Rung* rung = state.Find(RungKind::kTrackFile);
  if (rung != nullptr && rung->usable) {
    Scope scope(rung->scope.begin(), rung->scope.end());
    scope.push_back(state.vip);
    std::sort(scope.begin(), scope.end());
    scope.erase(std::unique(scope.begin(), scope.end()), scope.end());
    return scope;
  }
  const auto demoted = std::find_if(written_.begin(), written_.end(), [&state](const auto& written) {
    return written.second.demotes && std::binary_search(written.first.begin(), written.first.end(), state.vip);
  });
  if (demoted == written_.end()) return std::nullopt;
  return demoted->first;
}

std::map<arbiter::IpAddress, absl::StatusOr<bool>> TrackFiles::Settle(absl::Span<const VipState* const> states,
                                                                      const Wishes& wishes) {
  std::map<arbiter::IpAddress, absl::StatusOr<bool>> settled;
  std::map<Scope, absl::StatusOr<bool>> done;
  auto file = done.end();
  const VipState* last = nullptr;  // whose file that is
  for (const VipState* state : states) {
    if (last == nullptr || !SameFile(*last, *state, file->first)) {
      const std::optional<Scope> scope = ScopeOf(*state);
      last = scope ? state : nullptr;
      file = scope ? done.find(*scope) : done.end();
      if (scope && file == done.end()) file = done.emplace(*scope, SettleScope(*scope, state->vip, wishes)).first;
    }
    settled.insert_or_assign(state->vip, last != nullptr ? file->second : absl::StatusOr<bool>(false));
  }
  return settled;
}

absl::StatusOr<bool> TrackFiles::Settle(const VipState& state, const Wishes& wishes) {
  const VipState* one = &state;
  return Settle(absl::MakeConstSpan(&one, 1), wishes).at(state.vip);
}

absl::StatusOr<bool> TrackFiles::SettleScope(const Scope& scope, const arbiter::IpAddress& vip, const Wishes& wishes) {
  const bool demote = Demotes(scope, wishes);
  const auto written = written_.find(scope);
  if (written != written_.end() && written->second.certain && written->second.demotes == demote) return demote;
  if (absl::Status status = actuators_.SetTrackFile(vip, demote); !status.ok()) return status;
  written_[scope] = {demote, true};
  return demote;
}

void TrackFiles::Doubt() {
  for (auto& [scope, written] : written_) written.certain = false;
}

}  // namespace probe::hold
