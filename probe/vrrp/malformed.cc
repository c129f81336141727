#include "probe/vrrp/malformed.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace probe::vrrp {
namespace {

struct Wording {
  absl::string_view name;
  absl::string_view text;
  absl::string_view unit;
};

// In the order of MalformedReason.
constexpr std::array<Wording, kMalformedReasons> kWordings = {{
    {"link-header-cut", "link-layer header cut off", " bytes"},
    {"too-many-vlan-tags", "more VLAN tags than can be right", " tags"},
    {"ip-header-cut", "IP header cut off", " bytes"},
    {"ip-version", "IP version does not fit", ""},
    {"ip-length", "IP header or total length too small", " bytes"},
    {"ip-truncated", "packet shorter than its IP header says", " bytes"},
    {"ip-fragment", "VRRP in an IP fragment", ""},
    {"ip-extension-cut", "IPv6 extension header cut off", " bytes"},
    {"authentication-header-cut", "authentication header cut off", " bytes"},
    {"vrrp-header-cut", "VRRP header cut off", " bytes"},
    {"vrrp-version", "VRRP version not known for this IP version", ""},
    {"vrrp-type", "VRRP packet type is not advertisement", ""},
    {"carp-cut", "CARP advertisement cut off", " bytes"},
    {"arp-cut", "ARP packet cut off", " bytes"},
    {"neighbor-cut", "neighbour discovery message cut off", " bytes"},
    {"neighbor-hop-limit", "neighbour discovery message from beyond the link: hop limit", ""},
    {"neighbor-checksum", "neighbour discovery message with a wrong checksum", ""},
    {"neighbor-option", "neighbour discovery option with an impossible length", " bytes"},
    {"inside-gre", "VRRP inside GRE", ""},
    {"inside-ip", "VRRP inside IP in IP", ""},
    {"inside-vxlan", "VRRP inside VXLAN", ""},
    {"inside-mpls", "VRRP inside MPLS", ""},
    {"inside-pppoe", "VRRP inside PPPoE", ""},
    {"inside-llc", "VRRP inside LLC", ""},
}};

// Whether there is a number that was wanted and another one that was found.
bool HasNumbers(MalformedReason reason) {
  return reason != MalformedReason::kNeighborChecksum && reason != MalformedReason::kIpFragment &&
         reason < MalformedReason::kInsideGre;
}

const Wording& WordingOf(MalformedReason reason) { return kWordings[static_cast<std::size_t>(reason)]; }

}  // namespace

absl::string_view NameOf(MalformedReason reason) { return WordingOf(reason).name; }

std::string ToText(const Malformed& malformed) {
  const Wording& wording = WordingOf(malformed.reason);
  std::string text = absl::StrCat(wording.text, " at byte ", malformed.offset);
  if (HasNumbers(malformed.reason)) {
    absl::StrAppend(&text, ": ", malformed.wanted, wording.unit, " wanted, ", malformed.found, " found");
  }
  if (malformed.source) absl::StrAppend(&text, " (from ", malformed.source->ToString(), ")");
  return text;
}

}  // namespace probe::vrrp
