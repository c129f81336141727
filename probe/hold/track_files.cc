#include "probe/hold/track_files.h"

#include <algorithm>

#include "absl/status/status.h"

namespace probe::hold {
namespace {

Wish WishOf(const std::map<arbiter::IpAddress, Wish>& wishes, const arbiter::IpAddress& vip) {
  const auto found = wishes.find(vip);
  return found == wishes.end() ? Wish::kNone : found->second;
}

bool Demotes(const TrackFiles::Scope& scope, const std::map<arbiter::IpAddress, Wish>& wishes) {
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
    scope.insert(state.vip);
    return scope;
  }
  const auto demoted = std::find_if(written_.begin(), written_.end(), [&state](const auto& written) {
    return written.second.demotes && written.first.contains(state.vip);
  });
  if (demoted == written_.end()) return std::nullopt;
  return demoted->first;
}

absl::StatusOr<bool> TrackFiles::Settle(const VipState& state, const std::map<arbiter::IpAddress, Wish>& wishes) {
  const std::optional<Scope> scope_now = ScopeOf(state);
  if (!scope_now) return false;
  const Scope& scope = *scope_now;
  const bool demote = Demotes(scope, wishes);
  const auto written = written_.find(scope);
  if (written != written_.end() && written->second.certain && written->second.demotes == demote) return demote;
  if (absl::Status status = actuators_.SetTrackFile(state.vip, demote); !status.ok()) return status;
  written_[scope] = {demote, true};
  return demote;
}

void TrackFiles::Doubt() {
  for (auto& [scope, written] : written_) written.certain = false;
}

}  // namespace probe::hold
