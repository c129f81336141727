#include "probe/report/rungs.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/hold/climb.h"
#include "probe/keepalived/scope.h"

namespace probe::report {
namespace {

using hold::Rung;
using hold::RungKind;

// A scope that nobody can use is not worth thousands of lines in every report.
constexpr std::size_t kMostListed = 64;

std::string NotAllowed(RungKind kind, const Facts& facts) {
  if (facts.actuators.contains(kind)) return "";
  return absl::StrCat("not allowed here: add ", hold::NameOf(kind), " to actuators");
}

Rung Finish(RungKind kind, std::string why_not, std::vector<arbiter::IpAddress> scope) {
  const bool usable = why_not.empty();
  return {kind, usable, std::move(why_not), std::move(scope)};
}

Rung GateRung(const hold::VipState& state, const VipPlace* place, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kGate, facts);
  if (why_not.empty()) why_not = facts.why_no_gate;
  if (why_not.empty() && (place == nullptr || place->interface.empty())) why_not = "no interface is known for it";
  if (why_not.empty() && facts.addresses.FindLink(place->interface) == nullptr) {
    why_not = absl::StrCat("there is no interface ", place->interface);
  }
  return Finish(RungKind::kGate, std::move(why_not), {state.vip});
}

Rung TrackFileRung(const hold::VipState& state, const VipPlace* place, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kTrackFile, facts);
  std::vector<arbiter::IpAddress> scope = {state.vip};
  if (place == nullptr || place->instance == nullptr) {
    if (why_not.empty()) why_not = "no VRRP instance owns the address";
    return Finish(RungKind::kTrackFile, std::move(why_not), std::move(scope));
  }
  const auto found = keepalived::FindTrackFile(facts.config, *place->instance, facts.runtime_dir);
  if (const auto* rung = std::get_if<keepalived::TrackFileRung>(&found)) scope = rung->addresses;
  if (const auto* none = std::get_if<keepalived::NoTrackFile>(&found); none != nullptr && why_not.empty()) {
    why_not = none->why;
  }
  return Finish(RungKind::kTrackFile, std::move(why_not), std::move(scope));
}

// The secondary addresses that the kernel removes together with their primary.
std::vector<arbiter::IpAddress> TakenAlong(const netlink::AddressOnLink& on, const Facts& facts) {
  const netlink::Address& primary = on.address;
  if (primary.ip.is_v6() || primary.secondary || facts.promotes_secondaries(on.link.name)) return {};
  std::vector<arbiter::IpAddress> taken;
  for (const netlink::Address& other : facts.addresses.AddressesOn(on.link.index)) {
    if (other.secondary && other.prefix_length == primary.prefix_length &&
        other.ip.SamePrefix(primary.ip, primary.prefix_length)) {
      taken.push_back(other.ip);
    }
  }
  return taken;
}

Rung RemovalRung(const hold::VipState& state, const VipPlace* place, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kRemoveAddress, facts);
  std::vector<arbiter::IpAddress> scope = {state.vip};
  if (place != nullptr && place->on) {
    const std::vector<arbiter::IpAddress> taken = TakenAlong(*place->on, facts);
    scope.insert(scope.end(), taken.begin(), taken.end());
    if (!taken.empty() && why_not.empty()) {
      why_not =
          absl::StrCat("it is the primary address of its subnet, and ", taken.size(), " others would go with it: set ",
                       "net.ipv4.conf.", place->on->link.name, ".promote_secondaries=1");
    }
  }
  if (why_not.empty()) why_not = facts.why_no_removal;
  hold::VipState configured = state;
  configured.configured = true;
  if (why_not.empty() && !hold::IsLeftover(configured)) {
    why_not = "the VRRP daemon would put it back within a second: only for leftovers and frozen daemons";
  }
  return Finish(RungKind::kRemoveAddress, std::move(why_not), std::move(scope));
}

std::vector<arbiter::IpAddress> Everything(const hold::VipState& state, const Facts& facts) {
  std::set<arbiter::IpAddress> all = {state.vip};
  for (const auto& [address, owners] : facts.owners.all()) all.insert(address);
  return {all.begin(), all.end()};
}

Rung StopRung(const hold::VipState& state, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kStopDaemon, facts);
  if (why_not.empty() && !state.in_daemon_config) why_not = "the VRRP daemon does not own the address";
  if (why_not.empty() && state.daemon == hold::DaemonState::kGone) why_not = "the VRRP daemon does not run";
  std::vector<arbiter::IpAddress> scope = Everything(state, facts);
  if (!why_not.empty() && scope.size() > kMostListed) {
    absl::StrAppend(&why_not, " (it would drop all ", scope.size(), " VIPs of the node)");
    scope = {state.vip};
  }
  return Finish(RungKind::kStopDaemon, std::move(why_not), std::move(scope));
}

}  // namespace

std::vector<Rung> RungsOf(const hold::VipState& state, const VipPlace* place, const Facts& facts) {
  std::vector<Rung> rungs = {GateRung(state, place, facts), TrackFileRung(state, place, facts),
                             RemovalRung(state, place, facts), StopRung(state, facts)};
  if (facts.actuators.contains(RungKind::kExec)) rungs.push_back(Finish(RungKind::kExec, "", {state.vip}));
  return rungs;
}

}  // namespace probe::report
