#include "probe/report/vip_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/report/advert_filters.h"
#include "probe/report/answering.h"
#include "probe/report/hindrance.h"
#include "probe/report/rungs.h"
#include "probe/report/to_proto.h"
#include "probe/report/vouching.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;
using arbiter::v1::VipReport;

// Until everybody on the link has heard who has the VIP now: keepalived announces for five seconds.
constexpr Duration kHandOverTakes = std::chrono::seconds(1);

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool Names(const RouterAdverts& adverts, const IpAddress& vip) {
  return std::find(adverts.addresses.begin(), adverts.addresses.end(), vip) != adverts.addresses.end();
}

hold::GateState GateOf(const IpAddress& vip, const Facts& facts) {
  const auto found = facts.gates.find(vip);
  if (found != facts.gates.end()) return found->second.state;
  return facts.why_no_gate.empty() ? hold::GateState::kOpen : hold::GateState::kUnavailable;
}

// Claims that stood before the VIP came here may be those of the node that gave it up.
bool IsOfAnotherNow(const StrangeClaim& claim, const std::optional<VipPlace>& place) {
  return !place || !place->on || claim.last >= place->on->address.since + kHandOverTakes;
}

void PutRung(const IpAddress& vip, const hold::Rung& rung, VipReport* report) {
  arbiter::v1::Rung* into = report->add_rungs();
  into->set_kind(ToProto(rung.kind));
  into->set_usable(rung.usable);
  into->set_reason(rung.reason);
  if (rung.scope.empty() || (rung.scope.size() == 1 && *rung.scope.begin() == vip)) return;
  for (const IpAddress& address : rung.scope) into->add_scope(address.ToString());
}

}  // namespace

struct Look::Subject {
  IpAddress vip;
  std::vector<std::string> segments;
  std::vector<std::string> answers_on;
  std::vector<GatePoint> gate_points;
  std::optional<VipPlace> place;
  std::string facing;  // the interface of `place`, as its segment sees it
  InstanceView* instance = nullptr;
};

namespace {

// Those that are configured here; on loopback, where the host answers for them.
void AddKnownElsewhere(const Facts& facts, std::set<IpAddress>* vips) {
  std::optional<Look> look;
  for (const IpAddress& vip : facts.known_elsewhere) {
    if (vips->contains(vip) || facts.addresses.Find(vip).empty()) continue;
    if (!look) look.emplace(facts, Instant());
    if (look->ViewOf(vip).state.configured) vips->insert(vip);
  }
}

}  // namespace

std::set<IpAddress> VipsOf(const Facts& facts) {
  std::set<IpAddress> vips = facts.named;
  for (const auto& [address, owners] : facts.owners.all()) vips.insert(vips.end(), address);
  for (const auto& [vip, gate] : facts.gates) vips.insert(vip);
  for (const RouterAdverts& adverts : facts.own) vips.insert(adverts.addresses.begin(), adverts.addresses.end());
  AddKnownElsewhere(facts, &vips);
  for (const RouterAdverts& adverts : facts.heard) {
    if (!adverts.defects.empty()) continue;  // what a receiver drops names nothing
    for (const IpAddress& vip : adverts.addresses) {
      if (facts.known_elsewhere.contains(vip)) vips.insert(vip);
    }
  }
  return vips;
}

Look::Look(const Facts& facts, Instant now)
    : facts_(facts),
      now_(now),
      made_(facts.layout == nullptr ? std::make_unique<const Layout>(facts) : nullptr),
      layout_(facts.layout == nullptr ? *made_ : *facts.layout) {}

int Look::ArpIgnore(const std::string& link) {
  if (!facts_.arp_ignore) return 0;
  const auto [known, is_new] = arp_ignore_.try_emplace(link, 0);
  if (is_new) known->second = facts_.arp_ignore(link);
  return known->second;
}

// Loopback is a place only where the host answers for what is there: load balancers put VIPs there on purpose, and see
// to it that nobody hears of it.
void Look::FindPlace(Subject* subject) {
  const std::vector<netlink::AddressOnLink> all = facts_.addresses.Find(subject->vip);
  subject->segments = layout_.SegmentsOf(subject->vip);
  subject->answers_on = AnswersOn(subject->vip, all, subject->segments, layout_,
                                  [this](const std::string& link) { return ArpIgnore(link); });
  std::vector<VipPlace> places = layout_.PlacesOf(subject->vip);
  if (!places.empty()) subject->place = std::move(places.front());
  const auto loopback = std::find_if(all.begin(), all.end(), [](const auto& on) { return on.link.loopback; });
  const bool elsewhere = subject->place && subject->place->on;
  if (!elsewhere && loopback != all.end() && !subject->answers_on.empty()) {
    if (!subject->place) subject->place.emplace().vip = subject->vip;
    subject->place->on = *loopback;
  }
  if (!subject->place) return;
  const VipPlace& place = *subject->place;
  subject->facing = layout_.FacingOf(place.on ? place.on->link.name : place.interface);
}

InstanceView& Look::InstanceOf(const Subject& subject) {
  VipPlace nowhere;
  nowhere.vip = subject.vip;
  const VipPlace& place = subject.place ? *subject.place : nowhere;
  const Speech* speech = layout_.SpeechOf(place);
  RouterKey otherwise;
  if (speech == nullptr) {
    const bool faces = subject.segments.empty() || Contains(subject.segments, subject.facing);
    otherwise = {faces ? subject.facing : subject.segments.front(), subject.vip.family(), place.vrid.value_or(0)};
  }
  const auto known = instances_.find({speech, otherwise});
  if (known != instances_.end()) return known->second;
  InstanceView view = ViewOfInstance(speech, otherwise, layout_, facts_, now_);
  return instances_.emplace(std::tuple(speech, otherwise), std::move(view)).first->second;
}

// The daemon's own addresses have the prefix that its file gives them: one with another was put there by somebody else,
// or is of an earlier file. What is advertised is in use all the same.
bool Look::IsOfDaemon(const Subject& subject) const {
  const bool elsewise = facts_.daemon != hold::DaemonState::kRunning || subject.instance->advertises;
  if (elsewise || !subject.place || !subject.place->on) return true;
  const std::vector<keepalived::Owner>& owners = facts_.owners.Of(subject.vip);
  return owners.empty() || std::any_of(owners.begin(), owners.end(), [&subject](const keepalived::Owner& owner) {
           return owner.address->prefix_length == subject.place->on->address.prefix_length;
         });
}

// By its file, or by what it is heard to advertise: it may run on an older file.
bool Look::IsNamed(const Subject& subject) const {
  if (!facts_.owners.Of(subject.vip).empty()) return true;
  const Speech* speech = subject.instance->speech;
  return speech != nullptr && speech->instance != nullptr && subject.instance->advertises && speech->last != nullptr &&
         Names(*speech->last, subject.vip);
}

// Frozen is the process, and never the silence alone: adverts that do not reach the wire, a daemon in FAULT, and what a
// reload left on a backup are silent as well.
hold::DaemonState Look::DaemonOf(const Subject& subject) const {
  const InstanceView& instance = *subject.instance;
  const bool holds = subject.place && subject.place->on && !subject.answers_on.empty() && IsNamed(subject);
  if (facts_.daemon != hold::DaemonState::kRunning || !holds || instance.advertises) return facts_.daemon;
  const std::string& speaks_on = instance.router.interface;
  const bool deaf = !facts_.interfaces.empty() && !speaks_on.empty() && !Contains(facts_.interfaces, speaks_on);
  const Duration limit = instance.master_down_interval;
  const bool silent = !deaf && now_ - subject.place->on->address.since > limit;
  return silent && facts_.daemon_stuck_for > limit ? hold::DaemonState::kFrozen : facts_.daemon;
}

void Look::FillState(const Subject& subject, hold::VipState* state) const {
  const InstanceView& instance = *subject.instance;
  const VipPlace* place = subject.place ? &*subject.place : nullptr;
  state->vip = subject.vip;
  state->gate = GateOf(subject.vip, facts_);
  state->daemon = DaemonOf(subject);
  state->configured = place != nullptr && place->on.has_value();
  state->effective = state->configured && !subject.answers_on.empty();
  const bool named = IsNamed(subject);
  state->in_daemon_config = named && IsOfDaemon(subject);
  state->bound_together = instance.bound_together;
  const bool listed = facts_.listed.contains(subject.vip);
  state->other_manager = listed && !named && !facts_.formerly_owned.contains(subject.vip) && !instance.advertises;
  if (state->other_manager) state->daemon = hold::DaemonState::kUnknown;
  state->master_down_interval = instance.master_down_interval;
  const bool may_be_owned = named || facts_.formerly_owned.contains(subject.vip);
  const Vouching vouching = VouchingFor(subject.vip, facts_, layout_);
  state->not_ours = vouching.not_ours;
  const std::string why_stays = WhyNoRemoval(subject.vip, vouching.voucher, facts_, layout_);
  state->rungs = {GateRung(subject.gate_points, layout_, facts_), instance.track_file,
                  RemovalRung(*state, place, may_be_owned, why_stays, facts_),
                  StopRungOf(instance.stop_daemon, *state)};
  if (facts_.actuators.contains(hold::RungKind::kExec)) {
    const bool own = vouching.voucher == Voucher::kOwn;
    state->rungs.push_back({hold::RungKind::kExec, own, own ? "" : "only other nodes name it as a VIP", {}});
  }
  if (!state->not_ours.empty()) Refuse(state->not_ours, &state->rungs);
}

void Look::PutOwn(const Subject& subject, const hold::VipState& state, VipReport* own) const {
  own->set_address(subject.vip.ToString());
  own->set_configured(state.configured);
  own->set_effective(state.effective);
  own->set_in_daemon_config(state.in_daemon_config);
  own->set_gate(ToProto(state.gate));
  own->set_gate_reason(facts_.why_no_gate);
  own->set_not_ours(state.not_ours);
  own->set_vouched(state.not_ours.empty());
  own->set_other_manager(state.other_manager);
  const auto shut = facts_.gates.find(subject.vip);
  if (shut != facts_.gates.end()) *own->mutable_gate_shut_for() = ToProto(now_ - shut->second.since);
  if (!subject.place) return;
  own->set_interface(subject.place->on ? subject.place->on->link.name : subject.place->interface);
  if (subject.place->on) *own->mutable_configured_for() = ToProto(now_ - subject.place->on->address.since);
  for (const Hindrance& hindrance : HindrancesAt(*subject.place)) *own->add_hindrances() = ToProto(hindrance);
}

// Others that speak as the VIP's virtual router, or name the VIP: on its segments and where its instance speaks. A host
// may have legs on several segments, and what is heard on another one does not reach this virtual router.
std::vector<std::size_t> Look::HeardOf(const Subject& subject) const {
  const RouterKey& router = subject.instance->router;
  std::vector<std::size_t> heard;
  if (router.vrid != 0) heard = layout_.HeardAs(router);
  for (const std::size_t i : layout_.HeardNaming(subject.vip)) {
    const std::string on = layout_.HeardOn(i);
    // What arrives on another network than the instance's and the VIP's own reaches neither: two instances on
    // different interfaces do not hear each other, although the node does.
    const bool somewhere = router.interface.empty() && (subject.segments.empty() || Contains(subject.segments, on));
    if (somewhere || on == router.interface || on == subject.facing) {
      heard.push_back(i);
    }
  }
  std::sort(heard.begin(), heard.end());
  heard.erase(std::unique(heard.begin(), heard.end()), heard.end());
  if (heard.size() > kMostHeard) heard.resize(kMostHeard);
  return heard;
}

void Look::PutClaims(const Subject& subject, std::size_t heard, VipReport* own) const {
  const auto claims = facts_.claims.find(subject.vip);
  if (claims == facts_.claims.end()) return;
  for (const StrangeClaim& claim : claims->second) {
    if (heard + static_cast<std::size_t>(own->heard_size()) >= kMostHeard) return;
    if (!IsOfAnotherNow(claim, subject.place)) continue;
    arbiter::v1::HeardRouter* message = own->add_heard();
    message->set_source(subject.vip.ToString());
    message->set_mac(claim.mac.ToString());
    message->set_on_wire(true);
    message->set_names_vip(true);
    message->add_defects(claim.how);
    message->set_answers(claim.answers);
  }
}

std::string Look::NetworkOf(const Subject& subject) const {
  std::vector<std::string> interfaces = subject.answers_on;
  interfaces.insert(interfaces.end(), subject.segments.begin(), subject.segments.end());
  const auto first = Contains(subject.segments, subject.facing) ? interfaces.begin() : interfaces.end();
  interfaces.insert(first, subject.facing);
  for (const std::string& interface : interfaces) {
    std::string network = layout_.NetworkOn(interface, subject.vip);
    if (!network.empty()) return network;
  }
  const std::optional<netlink::AddressOnLink>& on = subject.place->on;
  return on && !on->link.loopback ? NetworkText(subject.vip, on->address.prefix_length) : std::string();
}

void Look::PutPlace(const Subject& subject, VipReport* report) const {
  const std::string& speaks_on = subject.instance->router.interface;
  if (subject.instance->speech != nullptr && speaks_on != subject.facing) report->set_advert_interface(speaks_on);
  if (subject.answers_on.size() > 1 || (!subject.answers_on.empty() && subject.answers_on.front() != subject.facing)) {
    for (const std::string& interface : subject.answers_on) report->add_answers_on(interface);
  }
  // FRR's vrrpd takes the macvlan of a backup down, which says nothing of the link: the one that faces the segment
  // does.
  const auto carries = [this](const std::string& interface) {
    const netlink::Link* link = layout_.LinkOf(interface);
    return link != nullptr && link->CanAnswer();
  };
  report->set_link_down(!carries(subject.facing) &&
                        std::none_of(subject.answers_on.begin(), subject.answers_on.end(), carries));
  report->set_segment(NetworkOf(subject));
}

void Look::PutDrop(const RouterAdverts& adverts, arbiter::v1::HeardRouter* router) const {
  if (!adverts.on_wire || adverts.delivered || !facts_.reverse_path) return;
  const std::optional<Drop> drop = facts_.reverse_path(adverts.router.interface, adverts.source);
  if (!drop) return;
  router->set_dropped_by(drop->by);
  router->set_drop_repair(drop->repair);
}

void Look::PutFilters(const Subject& subject, const std::vector<filter::AdvertPath>& ways_out,
                      const std::vector<std::size_t>& heard, VipReport* common) const {
  if (!facts_.filters) return;
  for (const filter::AdvertPath& way : ways_out) {
    report::PutFilters(facts_.filters(way), common->mutable_advert_filters());
  }
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto way = WayInOf(subject, heard[i]);
    if (way) report::PutFilters(facts_.filters(*way), common->mutable_heard(static_cast<int>(i))->mutable_filters());
  }
}

std::optional<filter::AdvertPath> Look::WayInOf(const Subject& subject, std::size_t heard) const {
  return WayIn(layout_.heard()[heard], layout_.HeardOn(heard), *subject.instance, facts_);
}

std::shared_ptr<const VipReport> Look::CommonOf(const Subject& subject, const hold::VipState& state,
                                                const std::vector<std::size_t>& heard,
                                                const std::vector<filter::AdvertPath>& ways_out) {
  VipReport place;
  if (subject.place) PutPlace(subject, &place);
  std::string key = absl::StrCat(place.SerializeAsString(), ";", static_cast<int>(state.daemon), ways_out.empty());
  for (const std::size_t i : heard) absl::StrAppend(&key, " ", i, Names(layout_.heard()[i], subject.vip) ? "n" : "");
  for (const hold::Rung& rung : state.rungs) {
    absl::StrAppend(&key, ";", rung.usable ? "" : rung.reason, ";", rung.scope.size());
    if (rung.kind == hold::RungKind::kRemoveAddress && !rung.scope.empty())
      absl::StrAppend(&key, subject.vip.ToString());
  }
  std::shared_ptr<const VipReport>& known = subject.instance->reports[key];
  if (known != nullptr) return known;
  VipReport common = subject.instance->base;
  common.MergeFrom(place);
  common.set_daemon(ToProto(state.daemon));
  for (const hold::Rung& rung : state.rungs) PutRung(subject.vip, rung, &common);
  for (const std::size_t i : heard) {
    arbiter::v1::HeardRouter* router = common.add_heard();
    *router = ToProto(layout_.heard()[i], subject.vip);
    PutDrop(layout_.heard()[i], router);
  }
  PutFilters(subject, ways_out, heard, &common);
  known = facts_.shared_reports != nullptr ? facts_.shared_reports->Keep(std::move(common))
                                           : std::make_shared<const VipReport>(std::move(common));
  return known;
}

VipView Look::ViewOf(const IpAddress& vip) {
  Subject subject;
  subject.vip = vip;
  FindPlace(&subject);
  subject.gate_points = layout_.GatePointsOf(vip);
  subject.instance = &InstanceOf(subject);
  VipView view;
  FillState(subject, &view.state);
  PutOwn(subject, view.state, &view.report.own);
  const std::vector<std::size_t> heard = HeardOf(subject);
  PutClaims(subject, heard.size(), &view.report.own);
  const std::vector<filter::AdvertPath> ways_out = WaysOut(view.state, *subject.instance);
  view.report.common = CommonOf(subject, view.state, heard, ways_out);
  view.asks_filters = !ways_out.empty() || std::any_of(heard.begin(), heard.end(),
                                                       [&](std::size_t i) { return WayInOf(subject, i).has_value(); });
  return view;
}

VipView ViewOf(const IpAddress& vip, const Facts& facts, Instant now) { return Look(facts, now).ViewOf(vip); }

}  // namespace probe::report
