#include "probe/doctor/check_filter.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "probe/doctor/wording.h"
#include "probe/filter/advert_path.h"
#include "probe/filter/filter_walk.h"
#include "probe/filter/links.h"
#include "probe/filter/repair.h"
#include "probe/keepalived/scope.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using filter::AdvertPacket;
using filter::DropPlace;
using filter::Ruleset;
using filter::WalkEnd;

constexpr char kCheck[] = "packet-filter";
constexpr char kDeliveryCheck[] = "delivery";
constexpr int kAhProtocol = 51;

bool IsVip(const keepalived::Config& config, const IpAddress& address) {
  return std::any_of(config.instances.begin(), config.instances.end(), [&](const keepalived::Instance& instance) {
    const std::vector<IpAddress> vips = keepalived::AddressesOf({&instance});
    return std::find(vips.begin(), vips.end(), address) != vips.end();
  });
}

// Who sends to this instance, as far as is known.
std::vector<std::optional<IpAddress>> SendersTo(const keepalived::Instance& instance, const Heard& heard) {
  std::vector<std::optional<IpAddress>> senders;
  for (const keepalived::UnicastPeer& peer : instance.peers) senders.emplace_back(peer.address);
  for (const HeardSource& source : heard.sources) {
    const bool here = source.foreign() && source.interface == instance.interface.value &&
                      source.last.origin.source.is_v6() == instance.IsV6() && instance.vrid &&
                      source.last.vrid == instance.vrid->value.value();
    if (here && instance.peers.empty()) senders.emplace_back(source.last.origin.source);
  }
  if (senders.empty()) senders.emplace_back(std::nullopt);
  return senders;
}

// Where an advert may come from that does not say it: this host's own addresses, or the networks of the interface. Over
// IPv6 they are link-local (RFC 9568, section 5.1.2.1).
void PutSources(const keepalived::Config& config, const netlink::AddressTable& table, AdvertPacket* packet) {
  const netlink::Link* link = table.FindLink(packet->interface);
  if (link == nullptr) return;
  filter::PutLinks(table, packet);
  if (packet->source) return;
  for (const netlink::Address& address : table.AddressesOn(link->index)) {
    if (address.ip.is_v6() != packet->v6 || (packet->v6 && !address.ip.IsLinkLocal()) || IsVip(config, address.ip)) {
      continue;
    }
    const auto one = std::pair(address.ip, address.ip);
    packet->sources.push_back(packet->incoming ? filter::EndsOf(address.ip, address.prefix_length) : one);
  }
}

void AddIncoming(const keepalived::Instance& instance, const Heard& heard, std::vector<AdvertPacket>* packets) {
  const std::vector<filter::AdvertPath> ways = filter::WaysOut(instance);
  if (ways.empty()) return;
  for (const std::optional<IpAddress>& sender : SendersTo(instance, heard)) {
    AdvertPacket packet = filter::PacketOn(ways.front());
    packet.instance = instance.name;
    packet.incoming = true;
    packet.source = sender;
    if (instance.unicast) packet.destination = instance.source ? instance.source->value : IpAddress();
    packets->push_back(std::move(packet));
  }
}

void AddOutgoing(const keepalived::Instance& instance, std::vector<AdvertPacket>* packets) {
  for (const filter::AdvertPath& way : filter::WaysOut(instance)) {
    packets->push_back(filter::PacketOn(way));
    packets->back().instance = instance.name;
  }
}

// One place, and whose adverts it drops.
struct Culprit {
  DropPlace place;
  bool certain = false;
  AdvertPacket packet;  // the first that it drops
  std::vector<std::string> adverts;
};

std::string Describe(const AdvertPacket& packet) {
  return absl::StrCat("adverts that ", packet.incoming ? "come in" : "go out", " on ", packet.interface, " (",
                      packet.instance, ")");
}

void Blame(const DropPlace& place, bool certain, const AdvertPacket& packet, std::vector<Culprit>* culprits) {
  auto found = std::find_if(culprits->begin(), culprits->end(), [&](const Culprit& c) { return c.place == place; });
  if (found == culprits->end()) {
    culprits->push_back({place, certain, packet, {}});
    found = culprits->end() - 1;
  }
  found->certain = found->certain || certain;
  const std::string advert = Describe(packet);
  if (std::find(found->adverts.begin(), found->adverts.end(), advert) == found->adverts.end()) {
    found->adverts.push_back(advert);
  }
}

Finding ToFinding(const Culprit& culprit) {
  Finding finding{kCheck, culprit.packet.interface, culprit.certain ? Verdict::kFault : Verdict::kWarning, "", ""};
  finding.evidence = absl::StrCat(
      absl::StrJoin(culprit.adverts, " and "), culprit.certain ? " are dropped by " : " may be dropped by ",
      culprit.place.ToString(), culprit.certain ? "" : " (that depends on more than can be told here)");
  finding.repair = filter::RepairOf(culprit.place, culprit.packet);
  return finding;
}

std::string InterfacesOf(const std::vector<AdvertPacket>& packets) {
  std::set<std::string> names;
  for (const AdvertPacket& packet : packets) names.insert(packet.interface);
  return absl::StrJoin(names, ", ");
}

// Adverts that came in and were not delivered.
Finding OfLost(const HeardSource& source, const absl::StatusOr<Ruleset>& ruleset, const FindOtherDrop& find_other) {
  AdvertPacket packet;
  packet.interface = source.interface;
  packet.v6 = source.last.origin.source.is_v6();
  packet.protocol = source.last.origin.behind_ah ? kAhProtocol : packet.protocol;
  packet.source = source.last.origin.source;
  packet.destination = source.last.origin.destination;
  packet.vrid = source.last.vrid;
  std::optional<DropPlace> place;
  if (ruleset.ok()) place = filter::Walk(packet, *ruleset).dropped;
  OtherDrop other;
  if (!place && find_other) other = find_other(source.interface, *packet.source);
  if (other.evidence.empty()) other.evidence = "this host drops them";
  if (other.repair.empty()) {
    other.repair = absl::StrCat("look for the rule: nft list ruleset; iptables-legacy -S; tc filter show dev ",
                                source.interface, " ingress");
  }
  return {kDeliveryCheck, source.interface, Verdict::kFault,
          absl::StrCat(Counted(source.on_wire, "advert"), " of ", source.last.origin.source.ToString(), " for VRID ",
                       source.last.vrid,
                       " came in on the wire, none was delivered: ", place ? place->ToString() : other.evidence),
          place ? filter::RepairOf(*place, packet) : other.repair};
}

}  // namespace

std::vector<AdvertPacket> PacketsOf(const keepalived::Config& config, const Heard& heard,
                                    const netlink::AddressTable& table) {
  std::vector<AdvertPacket> packets;
  for (const keepalived::Instance& instance : config.instances) {
    AddIncoming(instance, heard, &packets);
    AddOutgoing(instance, &packets);
  }
  for (AdvertPacket& packet : packets) PutSources(config, table, &packet);
  return packets;
}

Findings CheckFilter(const absl::StatusOr<Ruleset>& ruleset, const std::vector<AdvertPacket>& packets,
                     const std::vector<std::string>& legacy_tables) {
  Findings findings;
  if (!legacy_tables.empty()) {
    findings.push_back({kCheck, "iptables-legacy", Verdict::kCouldNotLook,
                        absl::StrCat("iptables-legacy has the tables ", absl::StrJoin(legacy_tables, ", "),
                                     ", which nftables does not list"),
                        "look yourself: iptables-legacy -S | grep -iE 'vrrp|112|224.0.0|policy'"});
  }
  if (!ruleset.ok()) {
    findings.push_back({kCheck, "nftables", Verdict::kCouldNotLook, std::string(ruleset.status().message()),
                        "run it as root (CAP_NET_ADMIN)"});
    return findings;
  }
  std::vector<Culprit> culprits;
  for (const AdvertPacket& packet : packets) {
    const WalkEnd end = filter::Walk(packet, *ruleset);
    if (end.dropped) Blame(*end.dropped, true, packet, &culprits);
    for (const DropPlace& place : end.may_drop) Blame(place, false, packet, &culprits);
  }
  for (const Culprit& culprit : culprits) findings.push_back(ToFinding(culprit));
  if (culprits.empty() && !packets.empty()) {
    findings.push_back({kCheck, InterfacesOf(packets), Verdict::kOk,
                        absl::StrCat("no rule drops VRRP (", Counted(ruleset->tables, "nftables table"), " read)"),
                        ""});
  }
  return findings;
}

Findings CheckStrict(const keepalived::Config& config, const absl::StatusOr<Ruleset>& ruleset) {
  Findings findings;
  const bool has_table = ruleset.ok() && std::any_of(ruleset->chains.begin(), ruleset->chains.end(),
                                                     [](const auto& c) { return c.second.table == "keepalived"; });
  for (const keepalived::Instance& instance : config.instances) {
    if (!has_table || !instance.strict.value || instance.accept.value) continue;
    findings.push_back({kCheck, instance.interface.value, Verdict::kOk,
                        absl::StrCat("vrrp_strict without `accept`: the table keepalived of the daemon itself drops ",
                                     "what is sent to the VIPs of ", instance.name, ", ping too; where they are to be ",
                                     "reached, write ", instance.version.value == 2 ? "vrrp_version 3 and " : "",
                                     "`accept` in the instance (", instance.at.ToString(), ")"),
                        ""});
  }
  return findings;
}

Findings CheckDelivery(const Heard& heard, const absl::StatusOr<Ruleset>& ruleset, const FindOtherDrop& other) {
  Findings findings;
  std::set<std::string> well;
  for (const HeardSource& source : heard.sources) {
    if (!source.foreign() || source.on_wire == 0 || heard.without_raw_socket.contains(source.interface)) continue;
    if (source.delivered > 0) {
      well.insert(source.interface);
      continue;
    }
    findings.push_back(OfLost(source, ruleset, other));
  }
  for (const std::string& interface : well) {
    findings.push_back({kDeliveryCheck, interface, Verdict::kOk, "what comes in on the wire is delivered", ""});
  }
  for (const std::string& interface : heard.without_raw_socket) {
    findings.push_back({kDeliveryCheck, interface, Verdict::kCouldNotLook, "no raw socket could be opened",
                        "run it as root (CAP_NET_RAW)"});
  }
  return findings;
}

}  // namespace probe::doctor
