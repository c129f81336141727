// Frames: the first byte chooses the link type and how much the capture cut off, the rest is the packet. What is parsed
// is printed and tracked, as the probe would do.
#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "probe/observe/advert_tracker.h"
#include "probe/observe/claim_tracker.h"
#include "probe/observe/gateway_tracker.h"
#include "probe/vrrp/advert_text.h"
#include "probe/vrrp/parse.h"

namespace {

using probe::observe::AdvertTracker;
using probe::observe::Claim;
using probe::observe::ClaimTracker;
using probe::observe::GatewayTracker;
using probe::observe::Instant;
using probe::observe::Vantage;
using namespace probe::vrrp;  // NOLINT(google-build-using-namespace)

// A broken promise of the parser ends the run.
void Require(bool promise) {
  if (!promise) std::abort();
}

void UseAdvert(const Advertisement& advert) {
  Require(advert.version == 2 || advert.version == 3);
  Require(advert.addresses.size() <= advert.addresses.stated());
  Require(ToText(advert, {}).find('\n') == std::string::npos);
  Require(ToJson(advert, {}).back() == '}');
  AdvertTracker tracker;
  tracker.Hear("eth0", Vantage::kOnWire, advert, Instant());
  tracker.Expire(tracker.NextDeadline());
}

template <typename Spoken>
void UseClaim(const Spoken& spoken) {
  ClaimTracker tracker;
  if (const auto claim = Claim::From(spoken)) tracker.Hear("eth0", false, *claim, Instant());
}

template <typename Spoken>
void UseGateway(const Spoken& spoken) {
  GatewayTracker tracker;
  tracker.Hear("eth0", spoken, Instant());
  Require(tracker.All().size() == 1);
  tracker.Expire(Instant() + GatewayTracker::kLasts);
}

void Use(const ParseResult& result) {
  if (const auto* advert = std::get_if<Advertisement>(&result)) UseAdvert(*advert);
  if (const auto* carp = std::get_if<CarpAdvertisement>(&result)) {
    Require(ToText(*carp, {}).find('\n') == std::string::npos && ToJson(*carp, {}).back() == '}');
    UseGateway(*carp);
  }
  if (const auto* hello = std::get_if<HsrpHello>(&result)) UseGateway(*hello);
  if (const auto* arp = std::get_if<ArpClaim>(&result)) UseClaim(*arp);
  if (const auto* neighbor = std::get_if<NeighborClaim>(&result)) UseClaim(*neighbor);
  if (const auto* malformed = std::get_if<Malformed>(&result)) Require(!ToText(*malformed).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const Bytes packet(data + 1, size - 1);
  if (choice % 5 == 4) {
    const auto any = arbiter::IpAddress::FromV6(in6_addr{});
    Use(ParseIpv6Payload(packet, {any, any, static_cast<std::uint8_t>(choice)}));
  } else {
    Use(ParseFrame(packet, packet.size() + choice / 5, static_cast<LinkType>(choice % 5)));
  }
  return 0;
}
