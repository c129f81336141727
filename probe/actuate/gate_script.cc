#include "probe/actuate/gate_script.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace probe::actuate {
namespace {

constexpr char kPriority[] = "-400";  // before every firewall that is likely to be there

// The kernel's timers and ours need not agree to the millisecond.
constexpr std::chrono::milliseconds kMayEndWithin(250);

struct SetSpec {
  GateSet set;
  const char* type;
  bool counted;
};

// A VRID is the second byte of an advert; the target of neighbour discovery is behind its 8-byte head.
constexpr std::array<SetSpec, kGateSets> kSets = {{
    {GateSet::kShutIp4, "type ipv4_addr;", true},
    {GateSet::kShutIp6, "type ipv6_addr;", true},
    {GateSet::kShutTarget6, "typeof @th,64,128;", true},
    {GateSet::kShutVrid4, "typeof @th,8,8;", true},
    {GateSet::kShutVrid6, "typeof @th,8,8;", true},
    {GateSet::kShutMac, "type ether_addr;", true},
    {GateSet::kPassIp4, "type ipv4_addr;", false},
    {GateSet::kPassIp6, "type ipv6_addr;", false},
    {GateSet::kPassTarget6, "typeof @th,64,128;", false},
    {GateSet::kPassVrid4, "typeof @th,8,8;", false},
    {GateSet::kPassVrid6, "typeof @th,8,8;", false},
    {GateSet::kPassMac, "type ether_addr;", false},
    {GateSet::kAdvertVrid4, "typeof @th,8,8;", true},
    {GateSet::kAdvertVrid6, "typeof @th,8,8;", true},
}};

// $-words stand for the interface's objects. What is in a shut set and not let pass is dropped. An IPv4 packet of
// others meets as few tests as can be (each costs it 30 to 100 ns): its own rule comes first, and then it may go. The
// 32-bit test is for 00:00:5e:00, how every virtual MAC begins.
struct Rule {
  const char* text;
  const char* comment;
};

constexpr Rule kIngressVmac = {"@ll,0,32 0x5e00 ether daddr @$shut_mac ether daddr != @$pass_mac drop",
                               "frames to a virtual MAC held back here"};
constexpr Rule kOtherIp4 = {"meta protocol ip accept", "IPv4 packets of others"};
constexpr std::array<Rule, 5> kIngress = {{
    {"ip daddr @$shut_ip4 ip daddr != @$pass_ip4 drop", "packets to a VIP held back here"},
    kOtherIp4,
    {"arp daddr ip @$shut_ip4 arp daddr ip != @$pass_ip4 drop", "ARP for a VIP held back here"},
    {"ip6 daddr @$shut_ip6 ip6 daddr != @$pass_ip6 drop", "packets to a VIP held back here"},
    {"icmpv6 type nd-neighbor-solicit @th,64,128 @$shut_nd @th,64,128 != @$pass_nd drop",
     "solicitations of a VIP held back here"},
}};

// One test for both protocols, 112 and 51 (and 48, 49, 50, 113, 114 and 115, which the chain of adverts lets pass).
constexpr Rule kEgressAdverts = {"meta l4proto & 0xbc == 0x30 jump $adverts",
                                 "VRRP, alone or behind an authentication header"};
constexpr Rule kEgressVmac = {"@ll,48,32 0x5e00 ether saddr @$shut_mac ether saddr != @$pass_mac drop",
                              "frames from a virtual MAC held back here"};
constexpr std::array<Rule, 6> kEgress = {{
    {"ip saddr @$shut_ip4 ip saddr != @$pass_ip4 drop", "packets from a VIP held back here"},
    kOtherIp4,
    {"arp saddr ip @$shut_ip4 arp saddr ip != @$pass_ip4 drop", "ARP that speaks for a VIP held back here"},
    {"ip6 saddr @$shut_ip6 ip6 saddr != @$pass_ip6 drop", "packets from a VIP held back here"},
    {"icmpv6 type nd-neighbor-advert @th,64,128 @$shut_nd @th,64,128 != @$pass_nd drop",
     "advertisements of a VIP held back here"},
    // Duplicate address detection; a probe's own question about the VIP has a source and may leave.
    {"ip6 saddr :: icmpv6 type nd-neighbor-solicit @th,64,128 @$shut_nd @th,64,128 != @$pass_nd drop",
     "duplicate address detection of a VIP held back here"},
}};

// An authentication header with a 96-bit digest is 24 bytes long: next header 112, length 4 (RFC 4302). VRRP has it in
// version 2 only, so over IPv4 only. (Not `meta l4proto 112 meta protocol ip`: listing that makes nft 1.0.6 abort, with
// the whole of the operator's ruleset.)
constexpr std::array<Rule, 3> kLetAdvertsOut = {{
    {"ip protocol 112 @th,8,8 @$advert_vrid4 $own_mac accept", "adverts let out for a while"},
    {"ip6 nexthdr 112 @th,8,8 @$advert_vrid6 $own_mac accept", "adverts let out for a while"},
    {"ip protocol 51 @th,0,16 0x7004 @th,200,8 @$advert_vrid4 $own_mac accept", "adverts let out for a while"},
}};
constexpr std::array<Rule, 3> kStopAdverts = {{
    {"ip protocol 112 @th,8,8 @$shut_vrid4 @th,8,8 != @$pass_vrid4 drop", "adverts of a virtual router held back here"},
    {"ip6 nexthdr 112 @th,8,8 @$shut_vrid6 @th,8,8 != @$pass_vrid6 drop", "adverts of a virtual router held back here"},
    {"ip protocol 51 @th,0,16 0x7004 @th,200,8 @$shut_vrid4 @th,200,8 != @$pass_vrid4 drop",
     "adverts of a virtual router held back here"},
}};

using Words = std::vector<std::pair<std::string, std::string>>;

Words WordsOf(const GateInterface& interface) {
  Words words;
  for (const SetSpec& spec : kSets) {
    words.emplace_back(absl::StrCat("$", SetPrefix(spec.set)), SetName(spec.set, interface.name));
  }
  words.emplace_back("$adverts", AdvertChain(interface.name));
  words.emplace_back("$own_mac",
                     interface.mac ? absl::StrCat("ether saddr set ", interface.mac->ToString()) : std::string());
  return words;
}

// Appends rules to one chain.
class ChainWriter {
 public:
  ChainWriter(std::string& script, absl::string_view table, std::string chain, const Words& words)
      : script_(script), table_(table), chain_(std::move(chain)), words_(words) {}

  void Add(const Rule& rule) {
    absl::StrAppend(&script_, "add rule netdev ", table_, " ", chain_, " ", absl::StrReplaceAll(rule.text, words_),
                    " comment \"arbiter-probe: ", rule.comment, "\"\n");
  }
  void Add(absl::Span<const Rule> rules) {
    for (const Rule& rule : rules) Add(rule);
  }
  // A base chain that may exist, hooked to a link that is no more: out with it, and anew.
  void MakeBase(absl::string_view hook, absl::string_view device) {
    absl::StrAppend(&script_, "add chain netdev ", table_, " ", chain_, "\n");
    absl::StrAppend(&script_, "flush chain netdev ", table_, " ", chain_, "\n");
    absl::StrAppend(&script_, "delete chain netdev ", table_, " ", chain_, "\n");
    absl::StrAppend(&script_, "add chain netdev ", table_, " ", chain_, " { type filter hook ", hook, " device \"",
                    device, "\" priority ", kPriority, "; policy accept; }\n");
  }
  void MakeRegular() {
    absl::StrAppend(&script_, "add chain netdev ", table_, " ", chain_, "\n");
    absl::StrAppend(&script_, "flush chain netdev ", table_, " ", chain_, "\n");
  }

 private:
  std::string& script_;
  absl::string_view table_;
  std::string chain_;
  const Words& words_;
};

std::string ElementText(const ElementId& id, const ElementTerms& terms, Instant now) {
  std::string text = id.value;
  if (terms.until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*terms.until - now).count();
    absl::StrAppend(&text, " timeout ", std::max<std::int64_t>(left, 1), "ms");
  }
  if (!terms.comment.empty()) absl::StrAppend(&text, " comment \"", terms.comment, "\"");
  return text;
}

// Elements grouped by set, so that a thousand of them are one command.
using Grouped = std::map<std::string, std::vector<std::string>>;

std::string ElementScript(absl::string_view verb, absl::string_view table, const Grouped& grouped) {
  std::string script;
  for (const auto& [set, elements] : grouped) {
    absl::StrAppend(&script, verb, " element netdev ", table, " ", set, " { ", absl::StrJoin(elements, ", "), " }\n");
  }
  return script;
}

}  // namespace

RuleCounts ExpectedRules(const GateInterface& interface) {
  const int vmac = interface.vmac ? 1 : 0;
  return {.ingress = static_cast<int>(kIngress.size()) + vmac,
          .egress = 1 + static_cast<int>(kEgress.size()) + vmac,
          .adverts = static_cast<int>(kLetAdvertsOut.size() + kStopAdverts.size())};
}

std::string TableScript(absl::string_view table) {
  return absl::StrCat("add table netdev ", table,
                      " { comment \"arbiter-probe holds VIPs back here; deleting this table opens every gate\"; }\n");
}

std::string InterfaceScript(absl::string_view table, const GateInterface& interface) {
  std::string script;
  for (const SetSpec& spec : kSets) {
    absl::StrAppend(&script, "add set netdev ", table, " ", SetName(spec.set, interface.name), " { ", spec.type,
                    " flags timeout;", spec.counted ? " counter;" : "", " }\n");
  }
  if (!interface.present) return script;
  const Words words = WordsOf(interface);
  ChainWriter adverts(script, table, AdvertChain(interface.name), words);
  adverts.MakeRegular();
  adverts.Add(kLetAdvertsOut);
  adverts.Add(kStopAdverts);
  ChainWriter ingress(script, table, IngressChain(interface.name), words);
  ingress.MakeBase("ingress", interface.name);
  if (interface.vmac) ingress.Add(kIngressVmac);
  ingress.Add(kIngress);
  ChainWriter egress(script, table, EgressChain(interface.name), words);
  egress.MakeBase("egress", interface.name);
  egress.Add(kEgressAdverts);
  if (interface.vmac) egress.Add(kEgressVmac);
  egress.Add(kEgress);
  return script;
}

std::string ChangeScript(absl::string_view table, const Elements& before, const Elements& after, Unchanged unchanged,
                         Instant now) {
  Grouped ending;
  Grouped deleted;
  Grouped created;
  Grouped added;
  for (const auto& [id, terms] : before) {
    const auto at = after.find(id);
    if (at != after.end() && at->second == terms) continue;
    const std::string set = SetName(id.set, id.interface);
    if (terms.until && *terms.until <= now + kMayEndWithin) ending[set].push_back(id.value);
    deleted[set].push_back(id.value);
  }
  for (const auto& [id, terms] : after) {
    const auto at = before.find(id);
    const bool same = at != before.end() && at->second == terms;
    if (same && unchanged == Unchanged::kLeave) continue;
    (same ? added : created)[SetName(id.set, id.interface)].push_back(ElementText(id, terms, now));
  }
  return absl::StrCat(ElementScript("add", table, ending), ElementScript("delete", table, deleted),
                      ElementScript("create", table, created), ElementScript("add", table, added));
}

std::string RebuildScript(absl::string_view table, absl::Span<const GateInterface> interfaces, const Elements& elements,
                          Instant now) {
  std::string script =
      absl::StrCat("add table netdev ", table, "\ndelete table netdev ", table, "\n", TableScript(table));
  for (const GateInterface& interface : interfaces) absl::StrAppend(&script, InterfaceScript(table, interface));
  Grouped added;
  for (const auto& [id, terms] : elements) {
    added[SetName(id.set, id.interface)].push_back(ElementText(id, terms, now));
  }
  return absl::StrCat(script, ElementScript("add", table, added));
}

}  // namespace probe::actuate
