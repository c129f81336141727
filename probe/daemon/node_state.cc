#include "probe/daemon/node_state.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "arbiter/process/private_directory.h"
#include "probe/daemon/session_end.h"
#include "probe/daemon/system.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/scope.h"
#include "probe/report/advert_lists.h"
#include "probe/report/foreign_routers.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;
using observe::Vantage;

constexpr char kDefaultConfig[] = "/etc/keepalived/keepalived.conf";

hold::DaemonState ToHold(keepalived::DaemonState state) {
  switch (state) {
    case keepalived::DaemonState::kRunning:
      return hold::DaemonState::kRunning;
    case keepalived::DaemonState::kFrozen:
      return hold::DaemonState::kFrozen;
    case keepalived::DaemonState::kGone:
      return hold::DaemonState::kGone;
    case keepalived::DaemonState::kUnknown:
      return hold::DaemonState::kUnknown;
  }
  return hold::DaemonState::kUnknown;
}

std::optional<observe::Claim> ClaimIn(const vrrp::ParseResult& content) {
  if (const auto* arp = std::get_if<vrrp::ArpClaim>(&content)) return observe::Claim::From(*arp);
  if (const auto* neighbor = std::get_if<vrrp::NeighborClaim>(&content)) return observe::Claim::From(*neighbor);
  return std::nullopt;
}

}  // namespace

struct NodeState::Picture {
  std::uint64_t version = 0;
  std::uint64_t table = 0;
  std::uint64_t adverts = 0;
  report::Facts facts;
  std::optional<report::Layout> layout{};
};

NodeState::NodeState(const Settings& settings, netlink::AddressWatch& addresses, keepalived::DaemonWatch& daemon,
                     actuate::Gate& gate)
    : settings_(settings),
      addresses_(addresses),
      daemon_(daemon),
      config_(std::make_unique<keepalived::Config>()),
      gates_(
          gate, [this](const IpAddress& vip) { return GateKeys(vip); },
          [this](const std::string& name) { return addresses_.table().FindLink(name) != nullptr; }),
      why_no_removal_(CheckMayAdminister().message()) {
  node_facts_.dry_run = settings.dry_run;
}

NodeState::~NodeState() = default;

void NodeState::ReadConfig() {
  const keepalived::DaemonArguments arguments = daemon_.Arguments();
  std::string path = settings_.keepalived_conf;
  if (path.empty()) path = arguments.config_path.empty() ? kDefaultConfig : arguments.config_path;
  node_facts_.config_path = path;
  daemon_.WatchConfiguration({path}, {});
  absl::StatusOr<keepalived::Config> config =
      keepalived::ReadConfig(path, {.config_id = arguments.config_id, .limits = {}});
  if (!config.ok()) {
    SetProblems("configuration", {std::string(config.status().message())});
    return;
  }
  SetProblems("configuration", {});
  picture_.reset();  // it points into what goes now
  const report::OwnerIndex before = std::exchange(owners_, {});
  config_ = std::make_unique<keepalived::Config>(*std::move(config));
  owners_ = report::OwnerIndex(*config_);
  FollowOwners(before);
  daemon_.WatchConfiguration(config_->files, config_->directories);
  claims_.Watch(Vips());
}

// A file that has changed says nothing of the daemon, which reads it when it is told to: what the file named in the
// daemon's life may be its own still.
void NodeState::FollowOwners(const report::OwnerIndex& before) {
  ++version_;
  const keepalived::DaemonStatus last = std::exchange(config_reader_, daemon_.status());
  const bool same = last.parent == config_reader_.parent && last.vrrp == config_reader_.vrrp &&
                    last.vrrp_start_ticks == config_reader_.vrrp_start_ticks;
  if (!same) {
    formerly_owned_.clear();
    adverts_.ForgetLegacyChecksums();
    ++adverts_version_;
    return;
  }
  for (const auto& [vip, owners] : before.all()) formerly_owned_.insert(vip);
  std::erase_if(formerly_owned_, [this](const IpAddress& vip) { return !owners_.Of(vip).empty(); });
}

void NodeState::SetKnownElsewhere(std::set<IpAddress> vips) {
  if (vips == known_elsewhere_) return;
  ++version_;
  known_elsewhere_ = std::move(vips);
  arrivals_.OnKnown(known_elsewhere_, held_, addresses_.table());
  claims_.Watch(Vips());
}

void NodeState::SetSessionPeer(const std::string& peer) {
  session_peer_ = peer;
  session_ends_.clear();
  ++version_;
  FindSessionEnd();
}

void NodeState::FindSessionEnd() {
  const absl::StatusOr<IpAddress> end = LocalEndTo(session_peer_);
  if (end.ok() && session_ends_.insert(*end).second) ++version_;
}

void NodeState::SetHeld(std::set<IpAddress> vips) {
  ++version_;
  held_ = std::move(vips);
  claims_.Watch(Vips());
}

Concern NodeState::Hear(const std::string& interface, Vantage vantage, const capture::Packet& packet, Instant now) {
  if (const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content)) {
    ++node_facts_.adverts[static_cast<std::size_t>(vantage)];
    if (!ForgesOurName(vantage, *advert)) return HearAdvert(interface, vantage, *advert, now);
    vrrp::Advertisement forged = *advert;
    forged.defects.Add(vrrp::Defect::kSource);
    return HearAdvert(interface, vantage, forged, now);
  }
  if (const auto* malformed = std::get_if<vrrp::Malformed>(&packet.content)) {
    if (vantage != Vantage::kDelivered) CountMalformed(*malformed);
    return {};
  }
  if (vantage == Vantage::kDelivered) return {};
  if (vantage == Vantage::kOnWire) HearGateway(interface, packet, now);
  const auto claim = ClaimIn(packet.content);
  if (!claim) return {};
  const auto news = claims_.Hear(interface, vantage == Vantage::kSent, *claim, now);
  if (!news) return {};
  return Paced(pace_.Add(news->own ? Concern{} : Concern{false, {news->address}}, now));
}

void NodeState::HearGateway(const std::string& interface, const capture::Packet& packet, Instant now) {
  if (const auto* carp = std::get_if<vrrp::CarpAdvertisement>(&packet.content)) gateways_.Hear(interface, *carp, now);
  if (const auto* hsrp = std::get_if<vrrp::HsrpHello>(&packet.content)) gateways_.Hear(interface, *hsrp, now);
}

bool NodeState::RefreshForeign(Instant now) {
  gateways_.Expire(now);
  node_facts_.gateways = gateways_.All();
  std::vector<std::string> foreign;
  const report::Facts& facts = FactsNow(now);
  for (const arbiter::v1::ForeignRouter& router :
       report::ForeignRoutersOf(facts, *facts.layout, node_facts_.gateways)) {
    foreign.push_back(router.SerializeAsString());
  }
  return std::exchange(foreign_, foreign) != foreign;
}

void NodeState::SetReversePath(ReversePath reverse_path) {
  ++version_;
  reverse_path_ = std::move(reverse_path);
}

void NodeState::SetFilters(Filters filters) {
  ++version_;
  filters_ = std::move(filters);
}

Concern NodeState::HearAdvert(const std::string& interface, Vantage vantage, const vrrp::Advertisement& advert,
                              Instant now) {
  if (vantage == Vantage::kOnWire && !advert.defects.empty()) CountDefects(advert);
  const std::vector<observe::Change> changes = adverts_.Hear(interface, vantage, advert, now);
  if (changes.empty()) return {};
  if (vantage != Vantage::kSent) return Paced(pace_.Add(ConcernOf(changes), now));
  ++version_;
  ++adverts_version_;
  return ConcernOf(changes);
}

Concern NodeState::Paced(std::optional<Concern> due) {
  if (!due) return {};
  ++version_;
  ++adverts_version_;
  return *std::move(due);
}

Concern NodeState::TakeHeard(const std::vector<IpAddress>& vips, Instant now) {
  return Paced(pace_.TakeFor(vips, now));
}

bool NodeState::ForgesOurName(Vantage vantage, const vrrp::Advertisement& advert) const {
  return vantage != Vantage::kSent && !addresses_.table().Find(advert.origin.source).empty();
}

Concern NodeState::Expire(Instant now) {
  ++version_;
  ++adverts_version_;
  Concern concern = ConcernOf(adverts_.Expire(now));
  concern.vips.merge(claims_.Expire(now));
  concern.Merge(Paced(pace_.TakeDue(now)));
  return concern;
}

// An advert concerns all VIPs of the instances that it may be of: excluded ones stand in no advert.
Concern NodeState::ConcernOf(const std::vector<observe::Change>& changes) const {
  Concern concern;
  std::set<const keepalived::Instance*> instances;
  for (const observe::Change& change : changes) {
    const observe::Source* source = adverts_.Find(change.key);
    // Other contents: the VIPs that it named before are not known any more.
    if (change.kind == observe::Change::Kind::kContents || source == nullptr) {
      concern.all = true;
      return concern;
    }
    for (const IpAddress& vip : source->last.addresses) {
      concern.vips.insert(vip);
      for (const keepalived::Owner& owner : owners_.Of(vip)) instances.insert(owner.instance);
    }
    for (const keepalived::Instance& instance : config_->instances) {
      if (instance.vrid && instance.vrid->value.value() == change.key.vrid) instances.insert(&instance);
    }
  }
  for (const keepalived::Instance* instance : instances) {
    for (const keepalived::VirtualAddress& address : instance->addresses) concern.vips.insert(address.address);
    for (const keepalived::VirtualAddress& address : instance->excluded) concern.vips.insert(address.address);
  }
  return concern;
}

void NodeState::ForgetInterface(const std::string& interface) {
  ++version_;
  ++adverts_version_;
  adverts_.ForgetInterface(interface);
  claims_.ForgetInterface(interface);
  gateways_.ForgetInterface(interface);
}

void NodeState::SetProblems(const std::string& about, std::vector<std::string> problems) {
  problems_[about] = std::move(problems);
}

std::map<IpAddress, std::vector<report::StrangeClaim>> NodeState::StrangeClaims(Instant now) const {
  std::map<IpAddress, std::vector<report::StrangeClaim>> claims;
  for (const IpAddress& vip : claims_.Claimed()) {
    for (const observe::Claimant& claimant : claims_.ClaimantsOf(vip, now, observe::ClaimTracker::kClaimLasts)) {
      if (claimant.own) continue;
      claims[vip].push_back({claimant.mac, claimant.interface, std::string(observe::NameOf(claimant.kind)),
                             claimant.last, claims_.Answers(claimant, now)});
    }
  }
  return claims;
}

// What this node may act on, and what not.
void NodeState::PutRights(report::Facts& facts) const {
  for (const auto& [vip, owners] : owners_.all()) own_names_.insert(own_names_.end(), vip);
  for (const report::RouterAdverts& adverts : facts.own) {
    if (addresses_.table().Find(adverts.source).empty()) continue;  // of a guest, say
    own_names_.insert(adverts.addresses.begin(), adverts.addresses.end());
  }
  facts.own_names = own_names_;
  facts.own_names.insert(settings_.vips.begin(), settings_.vips.end());
  arrivals_.OnAddresses(addresses_.table());
  facts.came_later = arrivals_.later();
  for (const IpAddress& end : session_ends_) {
    facts.guarded[end] = "not touched: the session to the arbiter leaves from it";
  }
  for (const IpAddress& address : settings_.protect) {
    facts.guarded[address] = "not touched: it is listed under protect";
  }
}

namespace {

// What would be found when a track file is written there.
std::string WhyNotPrivate(const std::string& directory) {
  return std::string(arbiter::process::PrivateDirectory::Open(directory).status().message());
}

}  // namespace

NodeState::Picture& NodeState::PictureNow(Instant now) const {
  const std::uint64_t table = addresses_.table().version();
  if (picture_ != nullptr && picture_->version == version_ && picture_->table == table) return *picture_;
  // Lists of hundreds of senders are not made anew for an address that came.
  const bool same = picture_ != nullptr && picture_->adverts == adverts_version_;
  report::AdvertLists adverts =
      same ? report::AdvertLists{std::move(picture_->facts.own), std::move(picture_->facts.heard)}
           : report::ListAdverts(adverts_);
  picture_.reset(new Picture{
      version_, table, adverts_version_, {.addresses = addresses_.table(), .config = *config_, .owners = owners_}});
  report::Facts& facts = picture_->facts;
  facts.runtime_dir = settings_.runtime_dir;
  facts.own = std::move(adverts.own);
  facts.heard = std::move(adverts.heard);
  facts.claims = StrangeClaims(now);
  facts.actuators = settings_.actuators;
  facts.why_no_removal = why_no_removal_;
  facts.why_no_track_file = WhyNotPrivate(settings_.runtime_dir);
  facts.promotes_secondaries = PromotesSecondaries;
  facts.arp_ignore = [this](const std::string& link) { return arp_ignore_[link] = ArpIgnore(link); };
  facts.reverse_path = reverse_path_;
  facts.filters = filters_;
  facts.named = held_;
  facts.named.insert(settings_.vips.begin(), settings_.vips.end());
  facts.listed.insert(settings_.vips.begin(), settings_.vips.end());
  facts.known_elsewhere = known_elsewhere_;
  PutRights(facts);
  facts.formerly_owned = formerly_owned_;
  facts.shared_reports = &shared_reports_;
  facts.layout = &picture_->layout.emplace(facts);
  return *picture_;
}

const report::Facts& NodeState::FactsNow(Instant now) const {
  report::Facts& facts = PictureNow(now).facts;
  facts.daemon = daemon();
  facts.daemon_stuck_for = daemon_.StandsStillFor(now);
  facts.interfaces = node_facts_.interfaces;
  facts.why_no_gate = std::string(gates_.usable().message());
  facts.gates = gates_.facts();
  facts.stopped_adverts = gates_.StoppedAdverts();
  return facts;
}

const report::Layout& NodeState::LayoutNow() const { return *PictureNow(std::chrono::steady_clock::now()).layout; }

bool NodeState::RereadSettings() {
  return std::any_of(arp_ignore_.begin(), arp_ignore_.end(),
                     [](const auto& known) { return ArpIgnore(known.first) != known.second; });
}

arbiter::v1::NodeReport NodeState::NodeReport(const report::Facts& facts) {
  node_facts_.problems.clear();
  for (const auto& [about, problems] : problems_) {
    node_facts_.problems.insert(node_facts_.problems.end(), problems.begin(), problems.end());
  }
  node_facts_.netlink_overruns = addresses_.overruns();
  return report::NodeReportOf(facts, node_facts_);
}

std::vector<report::VipPlace> NodeState::Places(const IpAddress& vip) const { return LayoutNow().PlacesOf(vip); }

std::vector<actuate::GateKey> NodeState::GateKeys(const IpAddress& vip) const {
  std::vector<actuate::GateKey> keys;
  for (report::GatePoint& point : LayoutNow().GatePointsOf(vip)) {
    actuate::GateKey key{vip, std::move(point.interface), point.vrid, point.vmac};
    if (point.vrid && point.family != vip.family()) key.adverts = point.family;
    keys.push_back(std::move(key));
  }
  return keys;
}

absl::StatusOr<std::string> NodeState::TrackFileOf(const IpAddress& vip) const {
  const std::vector<keepalived::Owner>& owners = owners_.Of(vip);
  if (owners.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("track file of ", vip.ToString(), ": no VRRP instance owns it"));
  }
  const auto found = owners_.scopes().FindTrackFile(*owners.front().instance, settings_.runtime_dir);
  if (const auto* rung = std::get_if<keepalived::TrackFileRung>(&found)) return rung->path;
  return absl::FailedPreconditionError(
      absl::StrCat("track file of ", vip.ToString(), ": ", std::get<keepalived::NoTrackFile>(found).why));
}

std::vector<IpAddress> NodeState::VipsOfInstance(const std::string& name) const {
  const keepalived::Instance* instance = keepalived::FindInstance(*config_, name);
  if (instance == nullptr) return {};
  return keepalived::AddressesOf({instance});
}

hold::DaemonState NodeState::daemon() const { return ToHold(daemon_.status().state); }

std::set<IpAddress> NodeState::Vips() const {
  std::set<IpAddress> vips = known_elsewhere_;
  vips.insert(held_.begin(), held_.end());
  vips.insert(settings_.vips.begin(), settings_.vips.end());
  for (const auto& [vip, owners] : owners_.all()) vips.insert(vip);
  return vips;
}

void NodeState::CountDefects(const vrrp::Advertisement& advert) {
  for (const vrrp::Defect defect : advert.defects.ToVector()) {
    ++node_facts_.dropped_adverts[std::string(vrrp::NameOf(defect))];
  }
}

void NodeState::CountMalformed(const vrrp::Malformed& malformed) {
  ++node_facts_.dropped_adverts[std::string(vrrp::NameOf(malformed.reason))];
}

}  // namespace probe::daemon
