#include "arbiter/core/cause_peers.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_settings.h"
#include "arbiter/core/cause_source.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

enum class Sending : std::uint8_t { kUnknown, kMulticast, kUnicast };

// By the configuration, else by how the other one hears it.
Sending SendingOf(const Side& side, const Side& listener) {
  if (side.config != nullptr) return side.config->unicast_peers.empty() ? Sending::kMulticast : Sending::kUnicast;
  const HeardRouter* heard = Hears(listener, side);
  if (heard == nullptr || !heard->destination.has_value()) return Sending::kUnknown;
  return heard->destination->IsMulticast() ? Sending::kMulticast : Sending::kUnicast;
}

// `side` sends unicast adverts, and `other` is not among the receivers. That `other` gets them (through a translated
// address) proves the contrary.
bool Misses(const Side& side, const Side& other) {
  const HeardRouter* heard = Hears(other, side);
  if (heard != nullptr && IsMeantFor(*heard, other)) return false;
  if (heard != nullptr) return true;
  if (side.config == nullptr || side.config->unicast_peers.empty() || other.own.empty()) return false;
  return !Intersect(side.config->unicast_peers, other.own);
}

bool Meet(const Side& a, const Side& b) {
  const Sending of_a = SendingOf(a, b);
  const Sending of_b = SendingOf(b, a);
  return of_a != Sending::kUnknown && of_b != Sending::kUnknown && of_a != of_b;
}

std::string PeersInWords(const Side& side, const Side& other) {
  const Sending sending = SendingOf(side, other);
  if (sending == Sending::kMulticast) return absl::StrCat(side.name(), " sends to the multicast group");
  if (side.config != nullptr) {
    return absl::StrCat(side.name(), " sends to unicast_peer ", InWords(side.config->unicast_peers),
                        InBrackets(OriginOf(*side.config, "unicast_peer")));
  }
  const HeardRouter* heard = Hears(other, side);
  if (heard == nullptr || !heard->destination.has_value()) return "";
  return absl::StrCat(side.name(), " sends to ", heard->destination->ToString());
}

// Where the side sends from; else its addresses of the VIP's family; empty where none is known.
std::string AddressInWords(const Side& side) {
  if (side.vip().primary_address.has_value()) return side.vip().primary_address->ToString();
  std::vector<IpAddress> own;
  std::copy_if(side.own.begin(), side.own.end(), std::back_inserter(own),
               [&](const IpAddress& address) { return address.family() == side.vip().vip.family(); });
  return own.empty() ? "" : absl::StrJoin(own, " or ", [](std::string* out, const IpAddress& address) {
    out->append(address.ToString());
  });
}

void DescribePair(const Side& a, const Side& b, std::vector<std::string>& words, std::vector<std::string>& steps) {
  for (const auto& [side, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    std::string word = PeersInWords(*side, *other);
    if (!word.empty()) words.push_back(std::move(word));
    const std::string address = AddressInWords(*other);
    if (!address.empty()) words.push_back(absl::StrCat(other->name(), " is ", address));
    const bool at_fault = Misses(*side, *other) || (Meet(a, b) && SendingOf(*side, *other) == Sending::kMulticast);
    if (!at_fault) continue;
    const std::string target =
        address.empty() ? absl::StrCat("the address that ", other->name(), " sends from") : address;
    steps.push_back(absl::StrCat("on ", side->name(), ", in ", Place(*side, "unicast_peer"), ", write ", target,
                                 " into unicast_peer"));
  }
}

}  // namespace

bool IsMeantFor(const HeardRouter& advert, const Side& listener) {
  if (!advert.destination.has_value() || advert.destination->IsMulticast() || listener.own.empty()) return true;
  return Contains(listener.own, *advert.destination);
}

bool PeersMismatch(const Side& a, const Side& b) { return Meet(a, b) || Misses(a, b) || Misses(b, a); }

bool SendsToNobody(const Side& side, const std::vector<Side>& sides) {
  if (side.config == nullptr || side.config->unicast_peers.empty() || sides.size() < 2) return false;
  return std::all_of(sides.begin(), sides.end(),
                     [&](const Side& other) { return &other == &side || Misses(side, other); });
}

void FindPeerCauses(const std::vector<Side>& sides, Findings& findings) {
  std::vector<std::string> words;
  std::vector<std::string> steps;
  for (auto a = sides.begin(); a != sides.end(); ++a) {
    for (auto b = a + 1; b != sides.end(); ++b) {
      if (SendsAsOther(*a, *b) || SendsAsOther(*b, *a)) continue;  // one file is the other node's
      if (a->routes() && b->routes() && PeersMismatch(*a, *b)) DescribePair(*a, *b, words, steps);
    }
  }
  if (words.empty()) return;
  findings.Add(Cause::kUnicastPeerMismatch, absl::StrJoin(words, ", "),
               absl::StrCat(absl::StrJoin(steps, "; "), "; then reload (all nodes use unicast, or all multicast)"));
}

}  // namespace arbiter::core
