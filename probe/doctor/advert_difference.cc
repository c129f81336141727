#include "probe/doctor/advert_difference.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "probe/doctor/wording.h"
#include "probe/report/vip_place.h"
#include "probe/vrrp/advert_text.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using keepalived::AuthType;
using keepalived::Instance;
using vrrp::Advertisement;

std::vector<IpAddress> Sorted(std::vector<IpAddress> addresses) {
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

void CompareAddresses(const Instance& instance, const Advertisement& advert, std::vector<AdvertDifference>* found) {
  if (advert.addresses.cut()) return;
  const std::vector<IpAddress> ours = AdvertisedBy(instance);
  const std::vector<IpAddress> theirs = AddressesIn(advert);
  if (ours == theirs) return;
  found->push_back({absl::StrCat("it lists ", Listed(theirs), ", ", instance.name, " has ", Listed(ours), " (",
                                 instance.at.ToString(), ")"),
                    absl::StrCat("write the same virtual_ipaddress on both, below ", instance.at.ToString())});
}

void CompareVersion(const Instance& instance, const Advertisement& advert, std::vector<AdvertDifference>* found) {
  if (instance.version.value == advert.version) return;
  found->push_back({absl::StrCat("it sends VRRPv", advert.version, ", ", instance.name, " has VRRPv",
                                 instance.version.value, " (", instance.version.at.ToString(), ")"),
                    "set the same vrrp_version on both"});
}

void CompareInterval(const Instance& instance, const Advertisement& advert, std::vector<AdvertDifference>* found) {
  if (advert.version != 2 || instance.version.value != 2) return;
  const std::chrono::milliseconds theirs(10 * advert.interval_cs);
  if (theirs == instance.advert_interval.value) return;
  found->push_back(
      {absl::StrCat("it sends an interval of ", theirs.count() / 1000, " s, ", instance.name, " has ",
                    instance.advert_interval.value.count() / 1000, " s (", instance.advert_interval.at.ToString(), ")"),
       "set the same advert_int on both"});
}

bool SamePassword(const keepalived::Secret& ours, const vrrp::AuthData& theirs) {
  std::array<std::uint8_t, vrrp::AuthData::kSize> padded{};
  if (!ours.empty()) std::memcpy(padded.data(), ours.bytes().data(), std::min(padded.size(), ours.size()));
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < padded.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (padded[i] ^ theirs.bytes()[i]));
  }
  return difference == 0;
}

// Version 3 has no authentication, and what keepalived adds to it is no part of this.
void CompareAuthentication(const Instance& instance, const Advertisement& advert,
                           std::vector<AdvertDifference>* found) {
  if (advert.version != 2 || instance.version.value != 2) return;
  const AuthType ours = instance.authentication.type;
  AuthType theirs = advert.auth_type == vrrp::kAuthSimple ? AuthType::kPassword : AuthType::kNone;
  if (advert.origin.behind_ah) theirs = AuthType::kHeader;
  const std::string at = ours == AuthType::kNone ? instance.at.ToString() : instance.authentication.at.ToString();
  if (ours != theirs) {
    found->push_back({absl::StrCat("its authentication is ", keepalived::NameOf(theirs), ", that of ", instance.name,
                                   " is ", keepalived::NameOf(ours), " (", at, ")"),
                      "set the same authentication on both"});
  } else if (ours == AuthType::kPassword && !SamePassword(instance.authentication.password, advert.auth_data)) {
    found->push_back(
        {absl::StrCat("its password is not that of ", instance.name, " (", at, ")"), "set the same auth_pass on both"});
  }
}

void CompareDestination(const Instance& instance, const Advertisement& advert, std::vector<AdvertDifference>* found) {
  const bool multicast = advert.origin.destination.IsMulticast();
  if (multicast == instance.unicast) {
    found->push_back({absl::StrCat("it sends to ", advert.origin.destination.ToString(), ", ", instance.name,
                                   instance.unicast ? " has unicast peers" : " has no unicast_peer", " (",
                                   instance.at.ToString(), ")"),
                      "give both nodes unicast_peer, or neither"});
    return;
  }
  const bool listed =
      std::any_of(instance.peers.begin(), instance.peers.end(),
                  [&](const keepalived::UnicastPeer& peer) { return peer.address == advert.origin.source; });
  if (instance.unicast && !listed) {
    found->push_back({absl::StrCat("it is no unicast_peer of ", instance.name, " (", instance.at.ToString(), ")"),
                      absl::StrCat("add ", advert.origin.source.ToString(), " to unicast_peer")});
  }
}

// A macvlan takes multicast frames from its own MAC away from the interface below, where this node's daemon listens.
void CompareVirtualMac(const Instance& instance, const Advertisement& advert, std::vector<AdvertDifference>* found) {
  const bool listens_below = instance.vmac && instance.vmac->on_base && !instance.unicast;
  if (!listens_below || !advert.origin.destination.IsMulticast() || !advert.origin.source_mac) return;
  if (report::VridOfMac(*advert.origin.source_mac) != advert.vrid) return;
  const std::string at =
      instance.transmits_on_base ? instance.transmits_on_base->ToString() : instance.vmac->at.ToString();
  found->push_back({absl::StrCat("it comes from the virtual MAC, and ", instance.name, " has vmac_xmit_base (", at,
                                 "): the macvlan here takes it, and the daemon does not hear it"),
                    "write vmac_xmit_base on both, or on neither"});
}

void CompareChecksum(const Advertisement& advert, std::vector<AdvertDifference>* found) {
  for (const vrrp::Defect defect : advert.defects.ToVector()) {
    found->push_back(
        {defect == vrrp::Defect::kTtl
             ? absl::StrCat("its TTL is ", advert.origin.ttl, " and not 255: something routed or forged it")
             : absl::StrCat("it is malformed (", std::string(vrrp::NameOf(defect)), ")"),
         ""});
  }
  const bool v3_over_v4 = advert.version == 3 && advert.origin.source.is_v4();
  if (v3_over_v4 && advert.checksum == vrrp::ChecksumHabit::kMessageOnly) {
    found->push_back({"its checksum has no pseudo header (RFC 9568), which keepalived drops unless told otherwise",
                      "make the sender use the pseudo header, as keepalived, FRR and MikroTik do"});
  }
}

}  // namespace

std::vector<IpAddress> AdvertisedBy(const Instance& instance) {
  std::vector<IpAddress> addresses;
  for (const keepalived::VirtualAddress& address : instance.addresses) {
    if (address.address.is_v6() == instance.IsV6()) addresses.push_back(address.address);
  }
  return Sorted(std::move(addresses));
}

std::vector<IpAddress> AddressesIn(const Advertisement& advert) { return Sorted(advert.addresses.ToVector()); }

std::vector<AdvertDifference> DifferencesOf(const Instance& instance, const Advertisement& advert) {
  std::vector<AdvertDifference> found;
  CompareVersion(instance, advert, &found);
  CompareAuthentication(instance, advert, &found);
  CompareInterval(instance, advert, &found);
  CompareDestination(instance, advert, &found);
  CompareAddresses(instance, advert, &found);
  CompareVirtualMac(instance, advert, &found);
  CompareChecksum(advert, &found);
  return found;
}

}  // namespace probe::doctor
