#include "arbiter/core/cause_source.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause_settings.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

bool IsVip(const Side& side, const IpAddress& address) {
  if (address == side.vip().vip) return true;
  const auto& instances = side.report().instances;
  return std::any_of(instances.begin(), instances.end(), [&](const InstanceConfig& instance) {
    return Contains(instance.addresses, address) || Contains(instance.excluded_addresses, address);
  });
}

// An address by which both would send, or be sent to. A container bridge has the same one on every host, and that is no
// fault: it counts on the VIP's own segment alone. A link-local address means one host only within its link.
std::optional<IpAddress> SharedAddress(const Side& a, const Side& b) {
  if (OnDifferentSegments(a, b)) return std::nullopt;
  const bool one_source = a.vip().primary_address.has_value() && a.vip().primary_address == b.vip().primary_address;
  for (const IpAddress& address : a.report().addresses) {
    if (!Contains(b.report().addresses, address) || IsVip(a, address) || IsVip(b, address)) continue;
    if (one_source && address == *a.vip().primary_address) return address;
    if (!address.IsLinkLocal() && SegmentContains(a.segment, address) && SegmentContains(b.segment, address)) {
      return address;
    }
  }
  return std::nullopt;
}

// keepalived has a word for either way of sending; a configured source stands under the first one's name.
absl::string_view KeywordOf(const Side& side) {
  return side.config != nullptr && side.config->unicast_peers.empty() ? "mcast_src_ip" : "unicast_src_ip";
}

std::string SourceInWords(const Side& side) {
  return absl::StrCat(side.config->unicast_source->ToString(), InBrackets(OriginOf(*side.config, "unicast_src_ip")));
}

bool LacksSource(const Side& side) {
  return side.config != nullptr && side.config->unicast_source.has_value() && !side.report().addresses.empty() &&
         !Contains(side.report().addresses, *side.config->unicast_source) &&
         !Contains(side.report().loopback_addresses, *side.config->unicast_source);
}

// Addresses of its own from which it could send on its segment.
std::string CouldSendFrom(const Side& side) {
  for (const IpAddress& address : side.report().addresses) {
    if (SegmentContains(side.segment, address) && !IsVip(side, address)) return address.ToString();
  }
  return "an address that it has";
}

void FindMissing(const Side& side, const std::vector<Side>& sides, Findings& findings) {
  const auto owner = std::find_if(sides.begin(), sides.end(),
                                  [&](const Side& other) { return &other != &side && SendsAsOther(side, other); });
  const std::string where = absl::StrCat("on ", side.name(), ", in ", Place(side, "unicast_src_ip"));
  if (owner != sides.end()) {
    const bool to_itself = Intersect(side.config->unicast_peers, side.report().addresses);
    findings.Add(Cause::kSourceAddress,
                 absl::StrCat(side.name(), " sends from ", SourceInWords(side), ", which is an address of ",
                              owner->name(), " and none of its own"),
                 absl::StrCat(where, ", write `", KeywordOf(side), " ", CouldSendFrom(side), "`",
                              to_itself ? absl::StrCat(" and ", owner->name(), "'s address into unicast_peer") : "",
                              ", then reload"));
    return;
  }
  if (!SourceMissing(side)) return;
  const bool is_reached = std::any_of(sides.begin(), sides.end(), [&](const Side& other) {
    const HeardRouter* heard = &other == &side ? nullptr : Hears(side, other);
    return heard != nullptr && heard->delivered && heard->destination == side.config->unicast_source;
  });
  if (is_reached) return;  // it lies where no list of ours has it: on the loopback interface
  findings.Add(
      Cause::kSourceAddress,
      absl::StrCat(side.name(), " is to send from ", SourceInWords(side), ", which none of its interfaces has"),
      absl::StrCat("on ", side.name(), ", give ", side.interface, " the address ",
                   side.config->unicast_source->ToString(), " again (and look who took it), or, in ",
                   Place(side, "unicast_src_ip"), ", write one that it has, and have the peers list that"));
}

// What the speaker sends from is not what the listener lists, although that is an address of the speaker as well.
void FindUnlisted(const Side& listener, const Side& speaker, Findings& findings) {
  const HeardRouter* heard = Hears(listener, speaker);
  if (heard == nullptr || listener.config == nullptr || listener.config->unicast_peers.empty()) return;
  const std::vector<IpAddress>& peers = listener.config->unicast_peers;
  if (!heard->destination.has_value() || heard->destination->IsMulticast() || Contains(peers, heard->source)) return;
  const auto meant = std::find_if(peers.begin(), peers.end(), [&](const IpAddress& peer) {
    return Contains(speaker.report().addresses, peer) && peer.family() == heard->source.family();
  });
  if (meant == peers.end()) return;
  findings.Add(Cause::kSourceAddress,
               absl::StrCat("adverts of ", speaker.name(), " come from ", heard->source.ToString(), ", ",
                            listener.name(), " lists ", meant->ToString(),
                            InBrackets(OriginOf(*listener.config, "unicast_peer")), " and drops them"),
               absl::StrCat("on ", speaker.name(), ", in ", Place(speaker, "unicast_src_ip"),
                            ", write `unicast_src_ip ", meant->ToString(), "`, then reload"));
}

}  // namespace

bool SourceMissing(const Side& side) { return LacksSource(side) && !side.config->unicast_peers.empty(); }

bool SendsAsOther(const Side& side, const Side& other) {
  return LacksSource(side) && Contains(other.report().addresses, *side.config->unicast_source);
}

bool ShareAnAddress(const Side& a, const Side& b) { return SharedAddress(a, b).has_value(); }

void FindSourceCauses(const std::vector<Side>& sides, Findings& findings) {
  for (const Side& side : sides) FindMissing(side, sides, findings);
  for (auto a = sides.begin(); a != sides.end(); ++a) {
    for (auto b = a + 1; b != sides.end(); ++b) {
      FindUnlisted(*a, *b, findings);
      FindUnlisted(*b, *a, findings);
      const std::optional<IpAddress> shared = SharedAddress(*a, *b);
      if (!shared.has_value()) continue;
      findings.Add(Cause::kDuplicateNodeAddress,
                   absl::StrCat(a->name(), " and ", b->name(), " both have ", shared->ToString(),
                                " as an address of their own: each takes the other's adverts for its own"),
                   absl::StrCat("give ", a->name(), " or ", b->name(), " another address in place of ",
                                shared->ToString(), ", then restart its ", DaemonName(b->report())));
    }
  }
}

}  // namespace arbiter::core
