#include "arbiter/core/cause_side.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause_settings.h"

namespace arbiter::core {
namespace {

const InstanceConfig* FindInstance(const CauseParty& party, const IpAddress& vip) {
  const std::vector<InstanceConfig>& instances = party.report->instances;
  const auto named = [&](const InstanceConfig& instance) {
    return !party.vip->instance.empty() && instance.name == party.vip->instance;
  };
  const auto lists = [&](const InstanceConfig& instance) {
    return Contains(instance.addresses, vip) || Contains(instance.excluded_addresses, vip);
  };
  const auto by_name = std::find_if(instances.begin(), instances.end(), named);
  if (by_name != instances.end()) return &*by_name;
  const auto by_address = std::find_if(instances.begin(), instances.end(), lists);
  return by_address == instances.end() ? nullptr : &*by_address;
}

std::vector<IpAddress> OfFamily(const std::vector<IpAddress>& addresses, IpAddress::Family family) {
  std::vector<IpAddress> result;
  std::copy_if(addresses.begin(), addresses.end(), std::back_inserter(result),
               [family](const IpAddress& address) { return address.family() == family; });
  return AsSet(std::move(result));
}

// What is configured, where nothing was sent.
void FillFromConfig(const InstanceConfig& config, IpAddress::Family family, Side& side) {
  if (!side.vrid.has_value() && config.vrid != 0) side.vrid = config.vrid;
  if (side.version == 0) side.version = config.version;
  if (side.priority == 0) side.priority = config.priority;
  if (side.interval == Duration::zero()) side.interval = config.advert_interval;
  if (side.listed.empty()) side.listed = OfFamily(config.addresses, family);
  if (!config.interface.empty()) side.interface = config.interface;
  if (!config.segment.empty()) side.segment = config.segment;
}

Side MakeSide(const CauseInput& input, const CauseParty& party) {
  const VipReport& vip = *party.vip;
  Side side;
  side.party = &party;
  side.config = FindInstance(party, input.vip);
  if (vip.advertises) {
    side.vrid = vip.vrid;
    side.version = vip.version.value_or(0);
    side.priority = vip.priority.value_or(0);
    side.interval = vip.advert_interval;
    side.listed = OfFamily(vip.advertised_addresses.list(), input.vip.family());
  }
  side.interface = vip.interface;
  side.segment = vip.segment;
  if (side.config != nullptr) FillFromConfig(*side.config, input.vip.family(), side);
  side.own = OwnAddresses(*party.report);
  if (vip.primary_address.has_value()) {
    side.own.push_back(*vip.primary_address);
    side.own = AsSet(std::move(side.own));
  }
  return side;
}

}  // namespace

DaemonState Side::daemon() const { return vip().daemon == DaemonState::kUnknown ? report().daemon : vip().daemon; }

bool Side::config_read() const {
  return !report().instances.empty() || (!report().config_path.empty() && report().config_problems.empty());
}

bool Side::listens() const {
  const std::vector<std::string>& taps = report().interfaces;
  return taps.empty() || std::find(taps.begin(), taps.end(), interface) != taps.end() ||
         std::find(taps.begin(), taps.end(), vip().interface) != taps.end();
}

bool Side::source_known() const {
  if (vip().primary_address.has_value()) return true;
  // RFC 9568, section 5.1.2.1: over IPv6 adverts come from the link-local address.
  return std::any_of(own.begin(), own.end(), [this](const IpAddress& address) {
    return address.family() == vip().vip.family() && (address.is_v4() || address.IsLinkLocal());
  });
}

Duration IntervalOf(const Side& side) {
  constexpr Duration kUsual = std::chrono::seconds(1);
  return side.interval == Duration::zero() ? kUsual : side.interval;
}

std::vector<Side> MakeSides(const CauseInput& input) {
  std::vector<Side> sides;
  sides.reserve(input.claimants.size());
  for (const CauseParty& party : input.claimants) sides.push_back(MakeSide(input, party));
  std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) { return a.name() < b.name(); });
  return sides;
}

const HeardRouter* Hears(const Side& listener, const Side& speaker) {
  const auto& heard = listener.vip().heard;
  const auto theirs = [&](const HeardRouter& router) {
    const bool relevant = router.names_vip || !speaker.vrid.has_value() || router.vrid == *speaker.vrid;
    return relevant && router.version != 0 && (router.on_wire || router.delivered) &&
           Contains(speaker.own, router.source);
  };
  const auto found = std::find_if(heard.begin(), heard.end(), theirs);
  return found == heard.end() ? nullptr : &*found;
}

bool OnDifferentSegments(const Side& a, const Side& b) {
  const bool unicast = a.config != nullptr && b.config != nullptr && !a.config->unicast_peers.empty() &&
                       !b.config->unicast_peers.empty();
  if (unicast) return false;
  const bool apart = SegmentsDisjoint(a.segment, b.segment) &&
                     (a.config == nullptr || b.config == nullptr || NetworksDisjoint(*a.config, *b.config));
  return apart && Hears(a, b) == nullptr && Hears(b, a) == nullptr;
}

const Side& Model(const std::vector<const Side*>& sides) {
  return **std::max_element(sides.begin(), sides.end(),
                            [](const Side* a, const Side* b) { return a->priority < b->priority; });
}

std::string Place(const Side& side, absl::string_view keyword) {
  if (side.config != nullptr) {
    for (const absl::string_view key : {keyword, absl::string_view("vrrp_instance")}) {
      std::string origin = OriginOf(*side.config, key);
      if (!origin.empty()) return origin;
    }
  }
  return side.report().config_path.empty() ? "its configuration" : side.report().config_path;
}

std::string Whereabouts(const Side& side) {
  if (!side.vip().primary_address.has_value()) return side.interface;
  return absl::StrCat(side.vip().primary_address->ToString(), side.interface.empty() ? "" : ", ", side.interface);
}

}  // namespace arbiter::core
