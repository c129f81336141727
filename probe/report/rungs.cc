#include "probe/report/rungs.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
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

Rung Finish(RungKind kind, std::string why_not, arbiter::Addresses scope) {
  const bool usable = why_not.empty();
  return {kind, usable, std::move(why_not), std::move(scope)};
}

// The secondary addresses that the kernel removes together with their primary.
std::vector<arbiter::IpAddress> TakenAlong(const netlink::AddressOnLink& on, const Facts& facts) {
  const netlink::Address& primary = on.address;
  const bool alone = primary.ip.is_v6() || primary.secondary || primary.prefix_length == 32;
  if (alone || facts.promotes_secondaries(on.link.name)) return {};
  std::vector<arbiter::IpAddress> taken;
  for (const netlink::Address& other : facts.addresses.AddressesOn(on.link.index)) {
    if (other.secondary && other.prefix_length == primary.prefix_length &&
        other.ip.SamePrefix(primary.ip, primary.prefix_length)) {
      taken.push_back(other.ip);
    }
  }
  return taken;
}

// Why a live daemon forbids it; empty: none does.
std::string LiveOwner(hold::DaemonState daemon, bool named) {
  switch (daemon) {
    case hold::DaemonState::kGone:
    case hold::DaemonState::kFrozen:
      return "";
    case hold::DaemonState::kRunning:
      return named
                 ? "the VRRP daemon runs and owns it: it would give up all VIPs of the instance, and be back within a "
                   "second"
                 : "";
    case hold::DaemonState::kUnknown:
      return "it cannot be told whether a VRRP daemon runs that owns it";
  }
  return "";
}

}  // namespace

Rung GateRung(const std::vector<GatePoint>& points, const Layout& layout, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kGate, facts);
  if (why_not.empty()) why_not = facts.why_no_gate;
  if (why_not.empty() && points.empty()) why_not = "no interface is known for it";
  const auto exists = [&layout](const GatePoint& point) { return layout.LinkOf(point.interface) != nullptr; };
  if (why_not.empty() && std::none_of(points.begin(), points.end(), exists)) {
    why_not = absl::StrCat("there is no interface ", points.front().interface);
  }
  return Finish(RungKind::kGate, std::move(why_not), {});
}

Rung TrackFileRung(const keepalived::Instance* instance, const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kTrackFile, facts);
  if (instance == nullptr) {
    if (why_not.empty()) why_not = "no VRRP instance owns the address";
    return Finish(RungKind::kTrackFile, std::move(why_not), {});
  }
  auto found = facts.owners.scopes().FindTrackFile(*instance, facts.runtime_dir);
  arbiter::Addresses scope;
  if (auto* rung = std::get_if<keepalived::TrackFileRung>(&found)) {
    scope = facts.owners.BoundTogether(*instance);  // of one object, where it is the same list
    if (arbiter::Addresses all = std::move(rung->addresses); !(all == scope)) scope = std::move(all);
  }
  if (const auto* none = std::get_if<keepalived::NoTrackFile>(&found); none != nullptr && why_not.empty()) {
    why_not = none->why;
  }
  if (why_not.empty()) why_not = facts.why_no_track_file;
  return Finish(RungKind::kTrackFile, std::move(why_not), std::move(scope));
}

Rung RemovalRung(const hold::VipState& state, const VipPlace* place, bool named, std::string why_not,
                 const Facts& facts) {
  if (why_not.empty()) why_not = NotAllowed(RungKind::kRemoveAddress, facts);
  if (why_not.empty()) why_not = facts.why_no_removal;
  if (why_not.empty()) why_not = LiveOwner(state.daemon, named);
  const bool on_loopback = place != nullptr && place->on && place->on->link.loopback;
  if (why_not.empty() && on_loopback) why_not = "it is on loopback, where load balancers want it";
  arbiter::Addresses scope;
  if (place != nullptr && place->on) {
    std::vector<arbiter::IpAddress> taken = TakenAlong(*place->on, facts);
    if (!taken.empty() && why_not.empty()) {
      why_not =
          absl::StrCat("it is the primary address of its subnet, and ", taken.size(), " others would go with it: set ",
                       "net.ipv4.conf.", place->on->link.name, ".promote_secondaries=1");
    }
    if (!taken.empty()) {
      taken.insert(taken.begin(), state.vip);
      scope = std::move(taken);
    }
  }
  return Finish(RungKind::kRemoveAddress, std::move(why_not), std::move(scope));
}

Rung StopRung(const Facts& facts) {
  std::string why_not = NotAllowed(RungKind::kStopDaemon, facts);
  if (why_not.empty() && facts.daemon == hold::DaemonState::kGone) why_not = "the VRRP daemon does not run";
  const auto& all = facts.owners.all();
  if (!why_not.empty() && all.size() > kMostListed) {
    absl::StrAppend(&why_not, " (it would drop all ", all.size(), " VIPs of the node)");
    return Finish(RungKind::kStopDaemon, std::move(why_not), {});
  }
  return Finish(RungKind::kStopDaemon, std::move(why_not), facts.owners.everything());
}

Rung StopRungOf(const Rung& stop, const hold::VipState& state) {
  Rung rung = stop;
  if (state.in_daemon_config) return rung;
  if (rung.usable) rung.reason = "the VRRP daemon does not own the address";
  rung.usable = false;
  rung.scope = {};
  return rung;
}

void Refuse(const std::string& why, std::vector<Rung>* rungs) {
  for (Rung& rung : *rungs) rung = {rung.kind, false, why, {}};
}

}  // namespace probe::report
