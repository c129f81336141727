#include "probe/report/vip_report.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/scope.h"
#include "probe/report/rungs.h"
#include "probe/report/to_proto.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;

// Until everybody on the link has heard who has the VIP now: keepalived announces for five seconds.
constexpr Duration kHandOverTakes = std::chrono::seconds(1);

// What the VIP's own virtual router does, as far as this node can tell.
struct OwnRouter {
  const RouterAdverts* adverts = nullptr;  // the newest that speak for the VIP
  bool advertises = false;
  std::optional<std::uint8_t> vrid;
  int version = 0;
  int priority = 0;
  Duration interval{};
};

bool Names(const RouterAdverts& adverts, const IpAddress& vip) {
  return std::find(adverts.addresses.begin(), adverts.addresses.end(), vip) != adverts.addresses.end();
}

bool OfSameRouter(const RouterAdverts& adverts, const VipPlace& place) {
  return place.vrid == adverts.router.vrid && adverts.router.family == place.vip.family() &&
         adverts.router.interface == place.interface;
}

// Adverts speak for a VIP when they list it, or, for one that is never listed, when they are of its virtual router.
const RouterAdverts* OwnAdvertsOf(const VipPlace& place, const Facts& facts) {
  const RouterAdverts* of_router = nullptr;
  for (const RouterAdverts& adverts : facts.own) {
    if (Names(adverts, place.vip) && adverts.router.interface == place.interface) return &adverts;
    if (OfSameRouter(adverts, place)) of_router = &adverts;
  }
  return of_router;
}

void FillFromConfig(const keepalived::Instance& instance, OwnRouter* own) {
  if (instance.vrid) own->vrid = instance.vrid->value.value();
  own->version = instance.version.value;
  own->interval = instance.advert_interval.value;
}

// The node's capture does not show adverts that a shut gate stops; the gate's counter does, which is read now and then.
bool AdvertisesBehindGate(const VipPlace& place, const OwnRouter& own, const Facts& facts, Instant now) {
  if (!own.vrid) return false;
  const auto stopped = facts.stopped_adverts.find({place.interface, place.vip.family(), *own.vrid});
  constexpr std::chrono::seconds kReadingInterval(1);
  return stopped != facts.stopped_adverts.end() &&
         now - stopped->second < kReadingInterval + MasterDownInterval(own.version, 1, own.interval);
}

OwnRouter OwnRouterOf(const VipPlace& place, const Facts& facts, Instant now) {
  OwnRouter own;
  own.vrid = place.vrid;
  if (place.instance != nullptr) FillFromConfig(*place.instance, &own);
  own.adverts = OwnAdvertsOf(place, facts);
  const bool behind_gate = AdvertisesBehindGate(place, own, facts, now);
  own.advertises = behind_gate;
  if (own.adverts == nullptr) {
    if (behind_gate && place.instance != nullptr) own.priority = place.instance->priority.value.value();
    return own;
  }
  const bool sent = own.adverts->on_wire && own.adverts->priority != 0;
  own.advertises = own.advertises || sent;
  if (sent) own.vrid = own.adverts->router.vrid;
  if (own.advertises) own.priority = own.adverts->priority;
  if (sent || own.version == 0) {
    own.version = own.adverts->version;
    own.interval = own.adverts->interval;
  }
  return own;
}

// It holds the VIP, has had all the time that adverts may take, and sends none: frozen in effect, or a leftover that a
// reload left on a backup.
bool IsSilentHolder(const hold::VipState& state, const VipPlace& place, bool advertises, const Facts& facts,
                    Instant now) {
  if (!state.configured || !state.effective || advertises || !state.in_daemon_config) return false;
  const std::vector<std::string>& taps = facts.interfaces;
  const bool known = !taps.empty() && !place.interface.empty();
  const bool deaf = known && std::find(taps.begin(), taps.end(), place.interface) == taps.end();
  if (deaf) return false;
  return place.on && now - place.on->address.since > state.master_down_interval;
}

hold::GateState GateOf(const IpAddress& vip, const Facts& facts) {
  const auto found = facts.gates.find(vip);
  if (found != facts.gates.end()) return found->second.state;
  return facts.why_no_gate.empty() ? hold::GateState::kOpen : hold::GateState::kUnavailable;
}

std::vector<IpAddress> BoundTogether(const VipPlace& place, const Facts& facts) {
  if (place.instance == nullptr) return {};
  return keepalived::AddressesOf(keepalived::FaultTogether(facts.config, *place.instance));
}

void PutOwnRouter(const OwnRouter& own, const VipPlace& place, const Facts& facts, arbiter::v1::VipReport* report) {
  report->set_advertises(own.advertises);
  report->set_vrid(own.vrid.value_or(0));
  report->set_priority(static_cast<std::uint32_t>(own.priority));
  report->set_version(static_cast<std::uint32_t>(own.version));
  *report->mutable_advert_interval() = ToProto(own.interval);
  if (own.advertises && own.adverts != nullptr) {
    for (const IpAddress& address : own.adverts->addresses) report->add_advertised_addresses(address.ToString());
  }
  const bool known_source = own.adverts != nullptr && !own.adverts->source.IsUnspecified();
  std::optional<IpAddress> primary;
  if (known_source) primary = own.adverts->source;
  if (!primary) primary = PrimaryAddress(place, facts);
  if (primary) report->set_primary_address(primary->ToString());
}

// Of the interface that faces the segment: FRR's vrrpd takes the macvlan of a backup down, which says nothing of the
// link.
bool IsLinkDown(const VipPlace& place, const Facts& facts) {
  if (place.interface.empty()) return place.on && !place.on->link.CanAnswer();
  const netlink::Link* link = facts.addresses.FindLink(place.interface);
  return link == nullptr || !link->CanAnswer();
}

void PutInstance(const VipPlace& place, const Facts& facts, arbiter::v1::VipReport* report) {
  if (place.instance == nullptr) return;
  report->set_instance(place.instance->name);
  const keepalived::SyncGroup* group = keepalived::GroupOf(facts.config, *place.instance);
  if (group != nullptr) report->set_sync_group(group->name);
}

bool Concerns(const RouterAdverts& heard, const IpAddress& vip, const VipPlace* place,
              std::optional<std::uint8_t> own_vrid) {
  // A host may have legs on several segments: what is heard on another one does not reach this virtual router.
  if (place != nullptr && !place->interface.empty() && heard.router.interface != place->interface) return false;
  if (Names(heard, vip)) return true;
  return place != nullptr && own_vrid == heard.router.vrid && heard.router.family == vip.family();
}

void PutHeard(const IpAddress& vip, const VipPlace* place, std::optional<std::uint8_t> own_vrid, const Facts& facts,
              arbiter::v1::VipReport* report) {
  for (const RouterAdverts& heard : facts.heard) {
    if (report->heard_size() == kMostHeard) return;
    if (Concerns(heard, vip, place, own_vrid)) *report->add_heard() = ToProto(heard, vip);
  }
}

// Claims that stood before the VIP came here may be those of the node that gave it up.
void PutClaims(const IpAddress& vip, const VipPlace* place, const Facts& facts, arbiter::v1::VipReport* report) {
  const auto claims = facts.claims.find(vip);
  if (claims == facts.claims.end()) return;
  for (const StrangeClaim& claim : claims->second) {
    if (report->heard_size() == kMostHeard) return;
    const bool here = place != nullptr && place->on.has_value();
    if (here && claim.last < place->on->address.since + kHandOverTakes) continue;
    arbiter::v1::HeardRouter* heard = report->add_heard();
    heard->set_source(vip.ToString());
    heard->set_mac(claim.mac.ToString());
    heard->set_on_wire(true);
    heard->set_names_vip(true);
    heard->add_defects(claim.how);
  }
}

void PutGate(const IpAddress& vip, const Facts& facts, Instant now, arbiter::v1::VipReport* report) {
  report->set_gate(ToProto(GateOf(vip, facts)));
  report->set_gate_reason(facts.why_no_gate);
  const auto shut = facts.gates.find(vip);
  if (shut != facts.gates.end()) *report->mutable_gate_shut_for() = ToProto(now - shut->second.since);
}

void FillState(const VipPlace* place, const Facts& facts, hold::VipState* state) {
  state->gate = GateOf(state->vip, facts);
  state->daemon = facts.daemon;
  if (place == nullptr) return;
  state->configured = place->on.has_value();
  state->effective = place->on && place->on->CanAnswer();
  state->in_daemon_config = place->instance != nullptr;
  state->bound_together = BoundTogether(*place, facts);
}

}  // namespace

std::set<IpAddress> VipsOf(const Facts& facts) {
  std::set<IpAddress> vips = facts.named;
  for (const auto& [address, owners] : facts.owners.all()) vips.insert(address);
  for (const auto& [vip, gate] : facts.gates) vips.insert(vip);
  for (const RouterAdverts& adverts : facts.own) vips.insert(adverts.addresses.begin(), adverts.addresses.end());
  for (const IpAddress& vip : facts.known_elsewhere) {
    const std::vector<netlink::AddressOnLink> places = facts.addresses.Find(vip);
    const bool here = std::any_of(places.begin(), places.end(),
                                  [](const netlink::AddressOnLink& place) { return !place.link.loopback; });
    if (here) vips.insert(vip);
  }
  const std::size_t most = vips.size() + kMostForeignVips;
  for (const RouterAdverts& adverts : facts.heard) {
    for (const IpAddress& vip : adverts.addresses) {
      if (vips.size() == most) return vips;
      vips.insert(vip);
    }
  }
  return vips;
}

VipView ViewOf(const IpAddress& vip, const Facts& facts, Instant now) {
  VipView view;
  view.state.vip = vip;
  arbiter::v1::VipReport& report = view.report;
  report.set_address(vip.ToString());
  const std::vector<VipPlace> places = PlacesOf(vip, facts.addresses, facts.owners);
  const VipPlace* place = places.empty() ? nullptr : &places.front();
  FillState(place, facts, &view.state);
  PutGate(vip, facts, now, &report);
  std::optional<std::uint8_t> own_vrid;
  if (place != nullptr) {
    const OwnRouter own = OwnRouterOf(*place, facts, now);
    own_vrid = own.vrid;
    view.state.master_down_interval = MasterDownInterval(own.version, own.priority, own.interval);
    if (view.state.daemon == hold::DaemonState::kRunning &&
        IsSilentHolder(view.state, *place, own.advertises, facts, now)) {
      view.state.daemon = hold::DaemonState::kFrozen;
    }
    report.set_interface(place->on ? place->on->link.name : place->interface);
    if (place->on) *report.mutable_configured_for() = ToProto(now - place->on->address.since);
    PutOwnRouter(own, *place, facts, &report);
    PutInstance(*place, facts, &report);
    report.set_segment(SegmentOf(*place, facts));
    report.set_link_down(IsLinkDown(*place, facts));
  }
  view.state.rungs = RungsOf(view.state, place, facts);
  PutHeard(vip, place, own_vrid, facts, &report);
  PutClaims(vip, place, facts, &report);
  PutState(view.state, &report);
  return view;
}

Duration MasterDownInterval(int version, int priority, Duration advert_interval) {
  const int weight = 256 - (priority == 0 ? 100 : priority);
  const Duration base = version == 3 ? advert_interval : Duration(std::chrono::seconds(1));
  return 3 * advert_interval + base * weight / 256;
}

}  // namespace probe::report
