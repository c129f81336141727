#include "probe/report/layout.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;
using keepalived::Instance;

int BitsOf(const IpAddress& address) { return address.is_v4() ? 32 : 128; }

// Where the file has its adverts leave.
std::string InterfaceOf(const Instance& instance) {
  if (!instance.interface.value.empty()) return instance.interface.value;
  if (!instance.addresses.empty()) return instance.addresses.front().device;
  return instance.excluded.empty() ? std::string() : instance.excluded.front().device;
}

IpAddress::Family FamilyOf(const Instance& instance) {
  return instance.IsV6() ? IpAddress::Family::kV6 : IpAddress::Family::kV4;
}

RouterKey RouterOf(const Instance& instance) {
  const std::uint8_t vrid = instance.vrid ? instance.vrid->value.value() : std::uint8_t{0};
  return {InterfaceOf(instance), FamilyOf(instance), vrid};
}

bool IsSent(const RouterAdverts& adverts) { return adverts.on_wire && adverts.priority != 0; }

void AddOnce(std::string name, std::vector<std::string>* names) {
  if (name.empty() || std::find(names->begin(), names->end(), name) != names->end()) return;
  names->push_back(std::move(name));
}

}  // namespace

std::string NetworkText(const IpAddress& address, int prefix_length) {
  if (prefix_length >= BitsOf(address)) return "";
  std::array<std::uint8_t, 16> bytes{};
  const auto from = address.bytes();
  std::copy(from.begin(), from.end(), bytes.begin());
  for (auto bit = static_cast<std::size_t>(prefix_length); bit < from.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  const auto network = IpAddress::FromBytes(absl::MakeConstSpan(bytes.data(), from.size()));
  return absl::StrCat(network->ToString(), "/", prefix_length);
}

Layout::Layout(const Facts& facts)
    : table_(facts.addresses), owners_(facts.owners), heard_(facts.heard), claims_(facts.claims) {
  IndexLinks();
  IndexOwnAddresses(facts);
  IndexInstances(facts.config);
  IndexSources(facts.config);
  IndexOwnAdverts(facts.own);
  IndexHeard();
}

void Layout::IndexLinks() {
  links_ = table_.Links();
  for (std::size_t i = 0; i < links_.size(); ++i) link_by_name_[links_[i].name] = i;
  for (const netlink::Link& link : links_) {
    const netlink::Link* master = link.master ? table_.FindLink(*link.master) : nullptr;
    if (master != nullptr && master->kind == "bridge") bridge_of_[link.name] = master->name;
    if (!IsVirtualRouter(link) || !link.parent) continue;
    const netlink::Link* parent = table_.FindLink(*link.parent);
    if (parent != nullptr) facing_[link.name] = parent->name;
  }
}

void Layout::IndexOwnAddresses(const Facts& facts) {
  for (const netlink::Address& address : table_.Addresses()) {
    const netlink::Link* link = table_.FindLink(address.link);
    if (link == nullptr || link->loopback || address.prefix_length >= BitsOf(address.ip)) continue;
    networks_[address.link].push_back(address);
    // That others call an address of this node a VIP makes it none.
    const bool vip =
        !owners_.Of(address.ip).empty() || facts.named.contains(address.ip) || facts.came_later.contains(address.ip);
    if (!vip) own_addresses_.push_back({address.ip, address.prefix_length, FacingOf(link->name)});
  }
}

void Layout::IndexInstances(const keepalived::Config& config) {
  for (const Instance& instance : config.instances) {
    Speech& speech = speeches_.emplace_back();
    speech.instance = &instance;
    speech.router = RouterOf(instance);
    speech.router.interface = FacingOf(speech.router.interface);
    speech.vmac = instance.vmac.has_value();
    speech.configured = speech.router;
    speech.routers.insert(speech.router);
    by_instance_[&instance] = &speech;
    by_router_.try_emplace(speech.router, &instance);
  }
}

// Adverts name the addresses of whoever sends them, and that outweighs the VRID, which a reload may have given to
// another instance. Adverts that name nothing the file knows are of the instance that has their VRID there.
const Instance* Layout::Sender(const RouterKey& router, const RouterAdverts& adverts) const {
  const auto of_file = by_router_.find(router);
  const Instance* by_vrid = of_file == by_router_.end() ? nullptr : of_file->second;
  absl::flat_hash_map<const Instance*, int> named;
  const Instance* best = nullptr;
  for (const IpAddress& address : adverts.addresses) {
    for (const keepalived::Owner& owner : owners_.Of(address)) {
      if (owner.instance == by_vrid) return by_vrid;
      const int count = ++named[owner.instance];
      if (best == nullptr || count > named[best]) best = owner.instance;
    }
  }
  return best != nullptr ? best : by_vrid;
}

// Of several that are sent the newest counts, and of equally new ones what the file says: after a reload the old
// adverts count no longer, and before it they do.
void Layout::Take(Speech& speech, const RouterKey& router, const RouterAdverts& adverts) const {
  const auto of_file = by_router_.find(router);
  // A VRID that the file gives to another instance is not this one's to stop.
  if (of_file == by_router_.end() || of_file->second == speech.instance) speech.routers.insert(router);
  if (!IsSent(adverts)) return;
  const auto rank = [&speech](const RouterKey& as, const RouterAdverts& said) {
    return std::pair(said.last, as == speech.configured);
  };
  if (speech.sent != nullptr && rank(router, adverts) <= rank(speech.router, *speech.sent)) return;
  speech.sent = &adverts;
  speech.router = router;
}

void Layout::IndexOwnAdverts(const std::vector<RouterAdverts>& own) {
  std::map<RouterKey, Speech*> strays;
  std::vector<std::pair<Speech*, const RouterAdverts*>> said;
  for (const RouterAdverts& adverts : own) {
    const RouterKey router = Facing(adverts.router);
    const Instance* sender = Sender(router, adverts);
    Speech*& speech = sender != nullptr ? by_instance_.at(sender) : strays[router];
    if (speech == nullptr) {
      speech = &speeches_.emplace_back();
      speech->router = speech->configured = router;
    }
    Take(*speech, router, adverts);
    said.emplace_back(speech, &adverts);
    AddSpeaker(speech, adverts);
    if (!IsFromHere(adverts)) continue;
    sources_.insert(adverts.source);
    own_words_.insert(adverts.addresses.begin(), adverts.addresses.end());
  }
  // Only now is it known as whom each speaks.
  for (const auto& [speech, adverts] : said) {
    if (Facing(adverts->router) != speech->router) continue;
    if (speech->last == nullptr || adverts->last > speech->last->last) speech->last = adverts;
  }
  for (Speech& speech : speeches_) {
    if (speech.sent != nullptr) speech.last = speech.sent;
  }
}

// As whom the instances speak, or would: configured, else the interface's own address.
void Layout::IndexSources(const keepalived::Config& config) {
  for (const Instance& instance : config.instances) {
    if (instance.source) {
      sources_.insert(instance.source->value);
    } else if (const auto primary = PrimaryOn(FacingOf(InterfaceOf(instance)), FamilyOf(instance))) {
      sources_.insert(*primary);
    }
  }
}

// A host that bridges sends what its guests say: that is not its own word.
bool Layout::IsFromHere(const RouterAdverts& adverts) const {
  return sources_.contains(adverts.source) || !table_.Find(adverts.source).empty();
}

void Layout::AddSpeaker(Speech* speech, const RouterAdverts& adverts) {
  for (const IpAddress& vip : adverts.addresses) {
    std::vector<Speech*>& speakers = speakers_[vip];
    if (std::find(speakers.begin(), speakers.end(), speech) == speakers.end()) speakers.push_back(speech);
  }
}

bool Layout::CameToTheBridge(const RouterAdverts& at_port, const std::string& bridge) const {
  return std::any_of(heard_.begin(), heard_.end(), [&](const RouterAdverts& other) {
    return other.router.interface == bridge && other.router.vrid == at_port.router.vrid &&
           other.source == at_port.source && (other.on_wire || other.delivered || !at_port.on_wire);
  });
}

std::string Layout::HeardOn(std::size_t heard) const {
  const std::string facing = FacingOf(heard_[heard].router.interface);
  const auto bridge = bridge_of_.find(facing);
  return bridge == bridge_of_.end() ? facing : bridge->second;
}

void Layout::IndexHeard() {
  for (std::size_t i = 0; i < heard_.size(); ++i) {
    RouterKey router = Facing(heard_[i].router);
    if (const auto bridge = bridge_of_.find(router.interface); bridge != bridge_of_.end()) {
      if (CameToTheBridge(heard_[i], bridge->second)) continue;
      router.interface = bridge->second;
    }
    heard_as_[router].push_back(i);
    for (const IpAddress& vip : heard_[i].addresses) {
      std::vector<std::size_t>& naming = heard_naming_[vip];
      if (naming.empty() || naming.back() != i) naming.push_back(i);
    }
  }
}

const Speech* Layout::SpeechOf(const Instance& instance) const {
  const auto found = by_instance_.find(&instance);
  return found == by_instance_.end() ? nullptr : found->second;
}

std::vector<const Speech*> Layout::SpeechesOf(const IpAddress& vip) const {
  std::vector<const Speech*> speeches;
  for (const keepalived::Owner& owner : owners_.Of(vip)) speeches.push_back(SpeechOf(*owner.instance));
  if (!speeches.empty()) return speeches;
  const auto speakers = speakers_.find(vip);
  if (speakers != speakers_.end()) speeches.assign(speakers->second.begin(), speakers->second.end());
  // What is being said comes first.
  std::stable_partition(speeches.begin(), speeches.end(), [](const Speech* speech) { return speech->sent != nullptr; });
  return speeches;
}

const Speech* Layout::SpeechOf(const VipPlace& place) const {
  if (place.instance != nullptr) return SpeechOf(*place.instance);
  const std::vector<const Speech*> speeches = SpeechesOf(place.vip);
  return speeches.empty() ? nullptr : speeches.front();
}

std::vector<VipPlace> Layout::PlacesOf(const IpAddress& vip) const {
  std::vector<VipPlace> places = report::PlacesOf(vip, table_, owners_);
  if (places.size() < 2) return places;
  const std::vector<std::string> segments = SegmentsOf(vip);
  std::stable_partition(places.begin(), places.end(), [&segments](const VipPlace& place) {
    return std::find(segments.begin(), segments.end(), place.interface) != segments.end();
  });
  return places;
}

// The narrowest subnet counts, as for a route: a leg on 10.0.0.0/8 is not where the VIPs of 10.1.2.0/24 are.
void Layout::AddSubnetsOf(const IpAddress& vip, std::vector<std::string>* segments) const {
  const auto holds = [&vip](const OwnAddress& own) {
    return !own.ip.IsLinkLocal() && own.ip.SamePrefix(vip, own.prefix_length);
  };
  int narrowest = 0;
  for (const OwnAddress& own : own_addresses_) {
    if (holds(own)) narrowest = std::max(narrowest, own.prefix_length);
  }
  for (const OwnAddress& own : own_addresses_) {
    if (own.prefix_length == narrowest && holds(own)) AddOnce(own.interface, segments);
  }
}

std::vector<std::string> Layout::SegmentsOf(const IpAddress& vip) const {
  std::vector<std::string> segments;
  for (const keepalived::Owner& owner : owners_.Of(vip)) AddOnce(owner.address->device, &segments);
  AddSubnetsOf(vip, &segments);
  if (const auto claims = claims_.find(vip); claims != claims_.end()) {
    for (const StrangeClaim& claim : claims->second) AddOnce(FacingOf(claim.interface), &segments);
  }
  if (!segments.empty()) return segments;
  for (const std::size_t i : HeardNaming(vip)) {
    if (!heard_[i].defects.empty()) continue;
    if (heard_[i].on_wire || heard_[i].delivered) AddOnce(FacingOf(heard_[i].router.interface), &segments);
  }
  if (!segments.empty()) return segments;
  for (const netlink::AddressOnLink& on : table_.Find(vip)) {
    if (!on.link.loopback) AddOnce(FacingOf(on.link.name), &segments);
  }
  return segments;
}

std::vector<GatePoint> Layout::GatePointsOf(const IpAddress& vip) const {
  std::vector<GatePoint> points;
  std::vector<std::string> silent = SegmentsOf(vip);  // where nothing of ours speaks
  // Under a virtual MAC the frames to that MAC have to stop as well.
  const auto add = [&](const RouterKey& router, bool vmac) {
    if (router.interface.empty() || router.vrid == 0) return;
    std::erase(silent, router.interface);
    const auto known = std::find_if(points.begin(), points.end(), [&router](const GatePoint& point) {
      return RouterKey{point.interface, point.family, point.vrid.value_or(0)} == router;
    });
    if (known == points.end()) {
      points.push_back({router.interface, router.vrid, router.family, vmac});
    } else {
      known->vmac = known->vmac || vmac;
    }
  };
  for (const Speech* speech : SpeechesOf(vip)) {
    for (const RouterKey& router : speech->routers) add(router, speech->vmac);
  }
  for (const VipPlace& place : PlacesOf(vip)) {
    if (!place.vmac || !place.vrid) continue;
    const Speech* speech = SpeechOf(place);
    add({place.interface, speech == nullptr ? vip.family() : speech->router.family, *place.vrid}, true);
  }
  for (std::string& interface : silent) points.push_back({std::move(interface), std::nullopt, vip.family(), false});
  return points;
}

const std::vector<std::size_t>& Layout::HeardAs(const RouterKey& router) const {
  const auto found = heard_as_.find(router);
  return found == heard_as_.end() ? nothing_ : found->second;
}

const std::vector<std::size_t>& Layout::HeardNaming(const IpAddress& vip) const {
  const auto found = heard_naming_.find(vip);
  return found == heard_naming_.end() ? nothing_ : found->second;
}

std::string Layout::NetworkOn(const std::string& interface, const IpAddress& vip) const {
  const OwnAddress* best = nullptr;
  for (const OwnAddress& own : own_addresses_) {
    if (own.interface != interface || own.ip.family() != vip.family() || own.ip.IsLinkLocal()) continue;
    if (own.ip.SamePrefix(vip, own.prefix_length)) return NetworkText(own.ip, own.prefix_length);
    if (best == nullptr) best = &own;
  }
  return best == nullptr ? std::string() : NetworkText(best->ip, best->prefix_length);
}

std::vector<std::string> Layout::NetworksOn(const std::string& interface, IpAddress::Family family) const {
  std::vector<std::string> networks;
  for (const OwnAddress& own : own_addresses_) {
    const bool there = own.interface == interface && own.ip.family() == family && !own.ip.IsLinkLocal();
    if (there) AddOnce(NetworkText(own.ip, own.prefix_length), &networks);
  }
  return networks;
}

std::optional<IpAddress> Layout::PrimaryOn(const std::string& interface, IpAddress::Family family) const {
  const OwnAddress* best = nullptr;
  for (const OwnAddress& own : own_addresses_) {
    if (own.interface != interface || own.ip.family() != family) continue;
    // VRRP over IPv6 speaks from link-local addresses (RFC 9568, section 5.1.2.1).
    if (own.ip.is_v6() && own.ip.IsLinkLocal()) return own.ip;
    if (best == nullptr) best = &own;
  }
  return best == nullptr ? std::nullopt : std::optional(best->ip);
}

bool Layout::IsOwnRouter(const RouterKey& router) const {
  const RouterKey facing = Facing(router);
  return std::any_of(speeches_.begin(), speeches_.end(),
                     [&facing](const Speech& speech) { return speech.routers.contains(facing); });
}

bool Layout::HasSourceOn(const std::string& interface, IpAddress::Family family) const {
  const netlink::Link* link = LinkOf(interface);
  if (link == nullptr) return false;
  const std::vector<netlink::Address> addresses = table_.AddressesOn(link->index);
  return std::any_of(addresses.begin(), addresses.end(), [&](const netlink::Address& address) {
    return address.ip.family() == family && owners_.Of(address.ip).empty() &&
           (!address.ip.is_v6() || address.ip.IsLinkLocal());
  });
}

bool Layout::IsHomeOf(const IpAddress& vip, const std::string& link) const {
  const std::string facing = FacingOf(link);
  std::vector<std::string> homes;
  for (const keepalived::Owner& owner : owners_.Of(vip)) AddOnce(FacingOf(owner.address->device), &homes);
  for (const Speech* speech : SpeechesOf(vip)) {
    for (const RouterKey& router : speech->routers) AddOnce(router.interface, &homes);
  }
  AddSubnetsOf(vip, &homes);
  // A VIP of which only the operator speaks, on a subnet that this node has no address of: wherever it is.
  return homes.empty() || std::find(homes.begin(), homes.end(), facing) != homes.end();
}

std::string Layout::FacingOf(const std::string& link) const {
  const auto found = facing_.find(link);
  return found == facing_.end() ? link : found->second;
}

RouterKey Layout::Facing(const RouterKey& router) const {
  return {FacingOf(router.interface), router.family, router.vrid};
}

const netlink::Link* Layout::LinkOf(const std::string& name) const {
  const auto found = link_by_name_.find(name);
  return found == link_by_name_.end() ? nullptr : &links_[found->second];
}

std::vector<const netlink::Link*> Layout::ReceiversOn(const std::string& interface) const {
  std::vector<const netlink::Link*> receivers;
  if (const netlink::Link* link = LinkOf(interface); link != nullptr) receivers.push_back(link);
  for (const auto& [macvlan, facing] : facing_) {
    if (facing == interface) receivers.push_back(LinkOf(macvlan));
  }
  return receivers;
}

bool Layout::HasNetworkOf(const IpAddress& vip, int link) const {
  const auto networks = networks_.find(link);
  if (networks == networks_.end()) return false;
  return std::any_of(networks->second.begin(), networks->second.end(), [&vip](const netlink::Address& address) {
    return address.ip.SamePrefix(vip, address.prefix_length);
  });
}

}  // namespace probe::report
