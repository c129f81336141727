// How HoldKeeper changes gates: many at a time, and each believed only when the kernel shows it.
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/hold/hold_keeper.h"

namespace probe::hold {
namespace {

// The kernel's timer began a little later than ours: a gate that still stands is looked at again after this.
constexpr Duration kTimerLags = std::chrono::milliseconds(10);

}  // namespace

Troubles HoldKeeper::ProveGates(Vips vips, GateState wanted, const std::function<Troubles()>& act) {
  if (vips.empty()) return {};
  GatesChanged(vips);
  Troubles troubles = act();
  if (troubles.size() == vips.size()) return troubles;
  const auto seen = actuators_.ReadGates(vips);
  for (const arbiter::IpAddress& vip : vips) {
    if (!seen.ok()) troubles.try_emplace(vip, seen.status());
    if (!seen.ok() || troubles.contains(vip)) continue;
    const auto gate = seen->find(vip);
    StateOf(vip).gate = gate == seen->end() ? GateState::kOpen : gate->second;
    if (StateOf(vip).gate == wanted) continue;
    troubles.emplace(vip, absl::InternalError("gate: the kernel's dump does not show what was asked for"));
  }
  return troubles;
}

Troubles HoldKeeper::ShutGates(Vips vips) {
  for (const arbiter::IpAddress& vip : vips) timed_.erase(vip);
  return ProveGates(vips, GateState::kShut, [&] { return actuators_.ShutGates(vips, std::nullopt); });
}

Troubles HoldKeeper::ShutGatesFor(Vips vips, Duration for_time, Instant now) {
  Troubles troubles = ProveGates(vips, GateState::kShutForAWhile, [&] { return actuators_.ShutGates(vips, for_time); });
  for (const arbiter::IpAddress& vip : vips) {
    if (troubles.contains(vip)) continue;
    timed_.insert_or_assign(vip, Timed{GateState::kShutForAWhile, now + for_time});
  }
  return troubles;
}

Troubles HoldKeeper::LetAdvertsOut(Vips vips, Duration for_time, Instant now) {
  Troubles troubles = ProveGates(vips, GateState::kAdvertsOnly, [&] { return actuators_.AdvertsOnly(vips, for_time); });
  for (const arbiter::IpAddress& vip : vips) {
    if (troubles.contains(vip)) continue;
    timed_.insert_or_assign(vip, Timed{GateState::kAdvertsOnly, now + for_time});
  }
  return troubles;
}

void HoldKeeper::PutGatesBack(Vips vips, Instant now) {
  List for_good;
  std::map<std::pair<GateState, Instant>, List> for_a_while;  // those of one act end together
  for (const arbiter::IpAddress& vip : vips) {
    const auto timed = timed_.find(vip);
    if (timed == timed_.end()) {
      for_good.push_back(vip);
    } else if (timed->second.until > now) {  // else its time is over: ExpireTimedGates sees to it
      for_a_while[{timed->second.state, timed->second.until}].push_back(vip);
    }
  }
  std::map<std::pair<Note::Severity, std::string>, List> lines;
  const auto take = [&](const List& list, const Troubles& troubles) {
    for (const arbiter::IpAddress& vip : list) {
      const auto trouble = troubles.find(vip);
      const auto watch = watches_.find(vip);
      if (watch != watches_.end()) watch->second.gate_shut = trouble == troubles.end();
      if (trouble == troubles.end()) continue;
      if (watch != watches_.end()) DropClimb(vip, watch->second);  // it believes in a gate that is no more
      lines[{Note::Severity::kError, absl::StrCat("gate not put back: ", std::string(trouble->second.message()))}]
          .push_back(vip);
    }
  };
  take(for_good, ShutGates(for_good));
  for (const auto& [until, list] : for_a_while) {
    const Duration left = until.second - now;
    take(list, until.first == GateState::kAdvertsOnly ? LetAdvertsOut(list, left, now) : ShutGatesFor(list, left, now));
  }
  SayOf(lines);
}

void HoldKeeper::ExpireTimedGates(Instant now) {
  List over;
  for (const auto& [vip, timed] : timed_) {
    if (timed.until <= now) over.push_back(vip);
  }
  if (over.empty()) return;
  const auto seen = actuators_.ReadGates(over);
  for (const arbiter::IpAddress& vip : over) {
    const auto timed = timed_.find(vip);
    std::optional<GateState> gate;
    if (seen.ok()) gate = seen->contains(vip) ? seen->at(vip) : GateState::kOpen;
    if (gate == timed->second.state) {
      timed->second.until = now + kTimerLags;
      continue;
    }
    timed_.erase(timed);
    if (gate) StateOf(vip).gate = *gate;
    output_.gates_changed.insert(vip);
  }
}

}  // namespace probe::hold
