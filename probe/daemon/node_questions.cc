// What a node asks on its segments: references, the VIPs themselves, and who else answers for them.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "probe/actuate/reach.h"
#include "probe/daemon/node_state.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

constexpr std::chrono::minutes kHostsHeardWithin(10);
constexpr std::size_t kMostHosts = 8;

// The VIP's network with the host's part turned over: nobody has that.
IpAddress Opposite(const IpAddress& vip) {
  std::array<std::uint8_t, 16> bytes{};
  const auto from = vip.bytes();
  std::copy(from.begin(), from.end(), bytes.begin());
  for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(~bytes[i]);
  return *IpAddress::FromBytes(absl::MakeConstSpan(bytes.data(), from.size()));
}

}  // namespace

std::vector<NodeState::AskingPlace> NodeState::AskingPlaces(const IpAddress& vip) const {
  const std::set<IpAddress> vips = Vips();
  std::vector<AskingPlace> places;
  for (const std::string& segment : LayoutNow().SegmentsOf(vip)) {
    const netlink::Link* link = addresses_.table().FindLink(segment);
    if (link == nullptr || !link->CanAnswer() || !link->has_mac || link->loopback) continue;
    const std::vector<netlink::Address> own = addresses_.table().AddressesOn(link->index);
    const std::optional<IpAddress> source = actuate::ChooseSource(own, vips, vip);
    AskingPlace place{segment, link->index, link->mac, IpAddress(), IpAddress(), false};
    if (vip.is_v6()) {
      // As nobody (::) it would be duplicate address detection, and a host that is about to use the address gives up.
      if (!source || !source->IsLinkLocal()) continue;
      place.source = *source;
      place.nobodys = Opposite(vip);
    } else {
      if (source) place.nobodys = *source;
      place.beyond_subnets = std::none_of(own.begin(), own.end(), [&](const netlink::Address& address) {
        return address.ip != vip && vip.SamePrefix(address.ip, address.prefix_length);
      });
    }
    places.push_back(std::move(place));
  }
  return places;
}

std::vector<std::string> NodeState::SegmentsOf(const IpAddress& vip) const { return LayoutNow().SegmentsOf(vip); }

absl::StatusOr<actuate::ReachQuestion> NodeState::QuestionFor(const IpAddress& vip) const {
  const std::vector<std::string> segments = LayoutNow().SegmentsOf(vip);
  const std::string what = absl::StrCat("ask on the segment of ", vip.ToString());
  if (segments.empty()) return absl::FailedPreconditionError(absl::StrCat(what, ": no interface is known for it"));
  const netlink::Link* link = nullptr;
  for (const std::string& segment : segments) {
    const netlink::Link* one = addresses_.table().FindLink(segment);
    if (link == nullptr && one != nullptr && one->CanAnswer() && one->has_mac) link = one;
  }
  if (link == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(what, ": interface ", segments.front(), " is not up"));
  }
  actuate::ReachQuestion question;
  question.link = link->index;
  question.mac = link->mac;
  question.own_addresses = addresses_.table().AddressesOn(link->index);
  question.vips = Vips();
  question.vips.insert(vip);
  return question;
}

std::vector<IpAddress> NodeState::ReferencesFor(const IpAddress& vip, const actuate::ReachQuestion& question,
                                                const std::set<IpAddress>& cluster, netlink::KernelReader& kernel,
                                                Instant now) const {
  actuate::ReferenceSources sources;
  for (const IpAddress& reference : settings_.references) {
    if (reference.family() == vip.family()) sources.configured.push_back(reference);
  }
  const auto gateway = kernel.DefaultGateway(question.link, vip.family());
  if (gateway.ok()) sources.gateway = *gateway;
  const netlink::Link* link = addresses_.table().FindLink(question.link);
  for (const IpAddress& host : claims_.HostsHeard(link->name, now, kHostsHeardWithin, kMostHosts)) {
    if (host.family() == vip.family()) sources.heard.push_back(host);
  }
  if (const auto neighbours = kernel.Neighbours(question.link, vip.family()); neighbours.ok()) {
    for (const netlink::Neighbour& neighbour : *neighbours) sources.heard.push_back(neighbour.ip);
  }
  sources.own_addresses = question.own_addresses;
  sources.cluster = cluster;
  sources.cluster.insert(question.vips.begin(), question.vips.end());
  return actuate::ChooseReferences(sources);
}

}  // namespace probe::daemon
