#include "probe/daemon/vip_gates.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::daemon {
namespace {

using actuate::GateKey;
using actuate::GateStanding;
using arbiter::IpAddress;

hold::GateState StateOf(const GateStanding& standing) {
  if (standing.open) return hold::GateState::kOpen;
  if (standing.adverts) return hold::GateState::kAdvertsOnly;
  return standing.for_ms ? hold::GateState::kShutForAWhile : hold::GateState::kShut;
}

// What lets more through comes first: a VIP is as shut as the least shut of its places.
int Openness(hold::GateState state) {
  switch (state) {
    case hold::GateState::kOpen:
    case hold::GateState::kUnavailable:
      return 3;
    case hold::GateState::kAdvertsOnly:
      return 2;
    case hold::GateState::kShutForAWhile:
      return 1;
    case hold::GateState::kShut:
      return 0;
  }
  return 3;
}

}  // namespace

VipGates::VipGates(actuate::Gate& gate, KeysOf keys_of, InterfaceExists exists)
    : gate_(gate), keys_of_(std::move(keys_of)), exists_(std::move(exists)), usable_(gate.Usable()) {}

absl::StatusOr<std::vector<IpAddress>> VipGates::Adopt(Instant now) {
  if (!usable_.ok()) return std::vector<IpAddress>();
  if (absl::Status status = gate_.Adopt(); !status.ok()) return status;
  const absl::StatusOr<actuate::GateState> dump = gate_.Dump();
  if (!dump.ok()) return dump.status();
  std::vector<IpAddress> found;
  for (const GateStanding& standing : dump->standing) {
    shut_[standing.key.vip].insert(standing.key);
    if (!standing.for_ms && !standing.open) found.push_back(standing.key.vip);
  }
  Take(*dump, now);
  return found;
}

absl::Status VipGates::MakeReady(hold::Vips vips) {
  if (table_ || !usable_.ok()) return absl::OkStatus();
  std::set<std::string> interfaces;
  for (const IpAddress& vip : vips) {
    for (const GateKey& key : Wanted(vip)) interfaces.insert(key.interface);
  }
  if (interfaces.empty()) return absl::OkStatus();
  table_ = true;  // also after a failure: only a dump tells
  const std::vector<std::string> names(interfaces.begin(), interfaces.end());
  return gate_.Ensure(names);
}

hold::Troubles VipGates::Apply(const KeysByVip& keys, const Verb& verb) {
  std::vector<GateKey> all;
  for (const auto& [vip, of_vip] : keys) all.insert(all.end(), of_vip.begin(), of_vip.end());
  hold::Troubles troubles;
  if (all.empty()) return troubles;
  const absl::Status status = verb(all);
  if (status.ok()) return troubles;
  for (const auto& [vip, of_vip] : keys) {
    // One of them cannot stand in a rule: the others must not suffer for it.
    const bool alone = absl::IsInvalidArgument(status) && keys.size() > 1;
    absl::Status own = alone ? verb(std::vector<GateKey>(of_vip.begin(), of_vip.end())) : status;
    if (!own.ok()) troubles.emplace(vip, std::move(own));
  }
  return troubles;
}

hold::Troubles VipGates::Shut(hold::Vips vips, std::optional<hold::Duration> for_time, const std::string& why) {
  hold::Troubles troubles;
  KeysByVip wanted;
  for (const IpAddress& vip : vips) {
    Keys keys = Wanted(vip);
    if (keys.empty()) troubles.emplace(vip, absl::FailedPreconditionError("shut the gate: no interface is known"));
    if (!keys.empty()) wanted.emplace(vip, std::move(keys));
  }
  if (wanted.empty()) return troubles;
  table_ = true;
  troubles.merge(Apply(wanted, [&](actuate::Gate::Keys keys) {
    return for_time ? gate_.ShutForAWhile(keys, *for_time, why) : gate_.Shut(keys, why);
  }));
  for (const auto& [vip, trouble] : troubles) wanted.erase(vip);
  for (const auto& [vip, keys] : wanted) shut_[vip].insert(keys.begin(), keys.end());
  troubles.merge(Leave(wanted));
  return troubles;
}

hold::Troubles VipGates::AdvertsOnly(hold::Vips vips, hold::Duration for_time) {
  hold::Troubles troubles;
  KeysByVip letting;
  for (const IpAddress& vip : vips) {
    const auto shut = shut_.find(vip);
    Keys keys;
    bool all_shut = shut != shut_.end();
    for (const GateKey& key : Wanted(vip)) {
      all_shut = all_shut && shut->second.contains(key);
      if (key.vrid) keys.insert(key);
    }
    if (!all_shut || keys.empty()) {
      troubles.emplace(vip, absl::FailedPreconditionError(
                                absl::StrCat("let adverts out of the gate: ",
                                             all_shut ? "no virtual router is known for it" : "it is not shut")));
      continue;
    }
    letting.emplace(vip, std::move(keys));
  }
  troubles.merge(Apply(letting, [&](actuate::Gate::Keys keys) { return gate_.AdvertsOnly(keys, for_time); }));
  return troubles;
}

hold::Troubles VipGates::Open(hold::Vips vips) {
  KeysByVip nowhere;
  for (const IpAddress& vip : vips) nowhere.emplace(vip, Keys());
  return Leave(nowhere);
}

absl::StatusOr<std::map<IpAddress, hold::GateState>> VipGates::Read(hold::Vips vips, Instant now) {
  std::map<IpAddress, hold::GateState> states;
  if (!usable_.ok()) {
    for (const IpAddress& vip : vips) states.emplace(vip, hold::GateState::kUnavailable);
    return states;
  }
  const absl::StatusOr<actuate::GateState> dump = gate_.Dump();
  if (!dump.ok()) return dump.status();
  Take(*dump, now);
  for (const IpAddress& vip : vips) states.emplace(vip, StateIn(*dump, vip));
  return states;
}

absl::Status VipGates::Refresh(Instant now) {
  if (!usable_.ok()) return absl::OkStatus();
  const absl::StatusOr<actuate::GateState> dump = gate_.Dump();
  if (!dump.ok()) return dump.status();
  Take(*dump, now);
  return RemoveIfIdle(now);
}

absl::Status VipGates::RemoveIfIdle(Instant now) {
  if (!table_ || stands_ || !shut_.empty()) {
    idle_since_.reset();
    return absl::OkStatus();
  }
  if (!idle_since_) idle_since_ = now;
  return now - *idle_since_ < kIdleFor ? absl::OkStatus() : OpenAll();
}

absl::Status VipGates::Follow(Instant now) {
  if (!usable_.ok() || shut_.empty()) return absl::OkStatus();
  std::set<std::string> interfaces;
  std::vector<IpAddress> moved;
  for (const auto& [vip, keys] : shut_) {
    const Keys wanted = Wanted(vip);
    for (const GateKey& key : wanted) interfaces.insert(key.interface);
    const auto fact = facts_.find(vip);
    // A gate shut for a while is left to its timer: it is over before anybody could move it.
    const bool stays = wanted == keys || fact == facts_.end() || fact->second.state != hold::GateState::kShut;
    if (!stays) moved.push_back(vip);
  }
  absl::Status result;
  for (const auto& [vip, trouble] : Shut(moved, std::nullopt, "moved along with its virtual router")) {
    result.Update(trouble);
  }
  const std::vector<std::string> names(interfaces.begin(), interfaces.end());
  result.Update(gate_.Ensure(names));
  result.Update(Refresh(now));
  return result;
}

absl::StatusOr<std::string> VipGates::Restore(Instant now) {
  if (!usable_.ok()) return std::string();
  const absl::StatusOr<actuate::GateRepair> repair = gate_.Restore();
  if (!repair.ok()) return repair.status();
  if (absl::Status status = Refresh(now); !status.ok()) return status;
  return repair->repaired ? repair->defect : std::string();
}

absl::Status VipGates::OpenAll() {
  for (const auto& [vip, fact] : facts_) changed_.insert(vip);
  shut_.clear();
  facts_.clear();
  if (absl::Status status = gate_.OpenAll(); !status.ok()) return status;
  table_ = false;
  idle_since_.reset();
  return absl::OkStatus();
}

std::map<report::RouterKey, Instant> VipGates::StoppedAdverts() const {
  std::map<report::RouterKey, Instant> stopped;
  for (const auto& [router, counter] : counters_) {
    if (counter.moved) stopped[router] = *counter.moved;
  }
  return stopped;
}

VipGates::Keys VipGates::Wanted(const IpAddress& vip) const {
  const std::vector<GateKey> keys = keys_of_(vip);
  if (!keys.empty()) return {keys.begin(), keys.end()};
  const auto shut = shut_.find(vip);
  return shut == shut_.end() ? Keys() : shut->second;
}

hold::Troubles VipGates::Leave(const KeysByVip& keys) {
  KeysByVip left;
  for (const auto& [vip, stay] : keys) {
    const auto shut = shut_.find(vip);
    if (shut == shut_.end()) continue;
    for (const GateKey& key : shut->second) {
      if (!stay.contains(key)) left[vip].insert(key);
    }
  }
  hold::Troubles troubles = Apply(left, [this](actuate::Gate::Keys all) { return gate_.Open(all); });
  for (const auto& [vip, gone] : left) {
    if (troubles.contains(vip)) continue;
    Keys& shut = shut_.at(vip);
    for (const GateKey& key : gone) shut.erase(key);
    if (shut.empty()) shut_.erase(vip);
  }
  return troubles;
}

hold::GateState VipGates::StateIn(const actuate::GateState& dump, const IpAddress& vip) const {
  const Keys keys = Wanted(vip);
  hold::GateState state = keys.empty() ? hold::GateState::kOpen : hold::GateState::kShut;
  for (const GateKey& key : keys) {
    const GateStanding* standing = dump.Find(key);
    hold::GateState here = standing == nullptr ? hold::GateState::kOpen : StateOf(*standing);
    // On an interface that is not there nothing passes, and the gate acts as soon as it comes.
    if (standing != nullptr && !standing->acts && exists_(key.interface)) here = hold::GateState::kOpen;
    if (Openness(here) > Openness(state)) state = here;
  }
  return state;
}

void VipGates::Take(const actuate::GateState& dump, Instant now) {
  table_ = dump.table;
  stands_ = !dump.standing.empty();
  std::map<IpAddress, report::GateFact> facts;
  for (auto it = shut_.begin(); it != shut_.end();) {
    const IpAddress vip = it->first;
    const bool stands = std::any_of(it->second.begin(), it->second.end(),
                                    [&dump](const GateKey& key) { return dump.Find(key) != nullptr; });
    const hold::GateState state = StateIn(dump, vip);
    if (state != hold::GateState::kOpen) {
      const auto before = facts_.find(vip);
      facts[vip] = {state, before == facts_.end() ? now : before->second.since};
    }
    it = stands ? std::next(it) : shut_.erase(it);  // the kernel opened it, or somebody else
  }
  for (const auto& [vip, fact] : facts) {
    const auto before = facts_.find(vip);
    if (before == facts_.end() || before->second.state != fact.state) changed_.insert(vip);
  }
  for (const auto& [vip, fact] : facts_) {
    if (!facts.contains(vip)) changed_.insert(vip);
  }
  facts_ = std::move(facts);
  TakeCounters(dump, now);
}

void VipGates::TakeCounters(const actuate::GateState& dump, Instant now) {
  std::map<report::RouterKey, Counter> counters;
  for (const actuate::AdvertCount& count : dump.adverts) {
    const report::RouterKey router{count.interface, count.family, count.vrid};
    const auto before = counters_.find(router);
    Counter counter = before == counters_.end() ? Counter() : before->second;
    const std::uint64_t adverts = count.stopped + count.let_out;
    const bool moves = adverts > counter.seen;
    const bool ended_lately = !moves && counter.moved && now - *counter.moved < kQuietAfter;
    unsettled_ = unsettled_ || moves != counter.moving || ended_lately;
    counter.moving = moves;
    if (moves) counter.moved = now;
    counter.seen = adverts;  // it begins anew whenever a gate of that router is changed
    counters[router] = counter;
  }
  counters_ = std::move(counters);
}

}  // namespace probe::daemon
