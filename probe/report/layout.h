// Where the VIPs of this node are answered for and where its virtual routers speak, or would: found once for all VIPs.
// An instance advertises, on one interface and in one family; a VIP is held, on any interface and in either family.
#ifndef PROBE_REPORT_LAYOUT_H_
#define PROBE_REPORT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "probe/report/facts.h"
#include "probe/report/vip_place.h"

namespace probe::report {

// The network of an address ("192.168.1.0/24"); empty for an address that comes with none.
std::string NetworkText(const arbiter::IpAddress& address, int prefix_length);

// What one virtual router of this node says, and as whom.
struct Speech {
  const keepalived::Instance* instance = nullptr;  // nullptr: the configuration has none that says it
  // As whom it speaks, or would. The interface is the one that faces the segment; VRID 0: not known.
  RouterKey router;
  RouterKey configured;  // as the file has it; `router` where it has nothing
  bool vmac = false;
  const RouterAdverts* sent = nullptr;  // what it sends now; nullptr: nothing is seen to leave
  const RouterAdverts* last = nullptr;  // the newest advert as `router`, even of a time that is over
  // As whom it is known to have spoken (a daemon may run on an older configuration than the file's), `router` included.
  std::set<RouterKey> routers;
};

// Where the gate of a VIP has to shut: there it is answered for, or its virtual router speaks, or both.
struct GatePoint {
  std::string interface;
  std::optional<std::uint8_t> vrid;                                     // of the virtual router that speaks there
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;  // of its adverts
  bool vmac = false;

  friend bool operator==(const GatePoint&, const GatePoint&) = default;
};

// Points into all that it was made of. Pure; not thread-safe.
class Layout {
 public:
  explicit Layout(const Facts& facts);
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  // Of the instance that the VIP belongs to there: by the configuration, else by the adverts that name it. nullptr:
  // none.
  [[nodiscard]] const Speech* SpeechOf(const VipPlace& place) const;
  [[nodiscard]] const Speech* SpeechOf(const keepalived::Instance& instance) const;

  // Every place where the VIP is configured, loopback excepted, those on its segments first; where there is none, the
  // place that the daemon's configuration gives it; else nothing.
  [[nodiscard]] std::vector<VipPlace> PlacesOf(const arbiter::IpAddress& vip) const;

  // The interfaces behind which hosts look for the VIP: where the configuration puts it, where this node has an address
  // of the VIP's subnet, and where others speak for it; where nothing of that is known, those that advertise it, else
  // those that it is on. Linux answers on them for addresses that are anywhere on the host.
  [[nodiscard]] std::vector<std::string> SegmentsOf(const arbiter::IpAddress& vip) const;

  [[nodiscard]] std::vector<GatePoint> GatePointsOf(const arbiter::IpAddress& vip) const;

  // Indices into `heard` of what others say as that router, and of what names the VIP.
  [[nodiscard]] const std::vector<std::size_t>& HeardAs(const RouterKey& router) const;
  [[nodiscard]] const std::vector<std::size_t>& HeardNaming(const arbiter::IpAddress& vip) const;
  [[nodiscard]] const std::vector<RouterAdverts>& heard() const { return heard_; }
  // Where one of them was heard, as its segment sees it: at a bridge, if it came to the bridge's port and never farther
  // (what the bridge family's rules drop).
  [[nodiscard]] std::string HeardOn(std::size_t heard) const;

  // The network that the node's own address on the interface is on ("192.168.1.0/24"), the VIP's if it is on several;
  // empty where that is not known.
  [[nodiscard]] std::string NetworkOn(const std::string& interface, const arbiter::IpAddress& vip) const;
  // All of them, in the kernel's order; link-local ones are none.
  [[nodiscard]] std::vector<std::string> NetworksOn(const std::string& interface,
                                                    arbiter::IpAddress::Family family) const;
  // The address from which adverts of that family would leave there, unless the configuration says another.
  [[nodiscard]] std::optional<arbiter::IpAddress> PrimaryOn(const std::string& interface,
                                                            arbiter::IpAddress::Family family) const;

  // Whether the interface has an address of that family that is no VIP of the configuration, of any length: over IPv6 a
  // link-local one.
  [[nodiscard]] bool HasSourceOn(const std::string& interface, arbiter::IpAddress::Family family) const;
  // Whether any interface of this host has it, loopback included.
  [[nodiscard]] bool HasAddress(const arbiter::IpAddress& address) const { return !table_.Find(address).empty(); }
  // Whether own adverts leave from that address, or would.
  [[nodiscard]] bool SendsFrom(const arbiter::IpAddress& address) const { return sources_.contains(address); }
  // Whether adverts of this node have the VIP in their list.
  [[nodiscard]] bool SaysOf(const arbiter::IpAddress& vip) const { return own_words_.contains(vip); }
  // Whether a virtual router of this node speaks as that, or would.
  [[nodiscard]] bool IsOwnRouter(const RouterKey& router) const;
  // Whether a link is where this node would have the VIP: where its configuration puts it, where its virtual router
  // speaks, and where an own address has the VIP's subnet. What others say of the VIP makes no place a home.
  [[nodiscard]] bool IsHomeOf(const arbiter::IpAddress& vip, const std::string& link) const;

  // The interface that faces the segment: of a macvlan with a virtual MAC the one below it.
  [[nodiscard]] std::string FacingOf(const std::string& link) const;
  // nullptr where there is none of that name.
  [[nodiscard]] const netlink::Link* LinkOf(const std::string& name) const;
  // The links that take in what comes from that segment: the interface and the macvlans with a virtual MAC above it.
  [[nodiscard]] std::vector<const netlink::Link*> ReceiversOn(const std::string& interface) const;
  // Whether an address on the link makes the VIP's neighbours its own.
  [[nodiscard]] bool HasNetworkOf(const arbiter::IpAddress& vip, int link) const;

 private:
  struct OwnAddress {
    arbiter::IpAddress ip;
    int prefix_length;
    std::string interface;  // that faces the segment
  };

  void IndexLinks();
  void IndexOwnAddresses(const Facts& facts);
  void IndexInstances(const keepalived::Config& config);
  void IndexOwnAdverts(const std::vector<RouterAdverts>& own);
  void IndexSources(const keepalived::Config& config);
  [[nodiscard]] bool IsFromHere(const RouterAdverts& adverts) const;
  void AddSpeaker(Speech* speech, const RouterAdverts& adverts);
  void IndexHeard();
  [[nodiscard]] bool CameToTheBridge(const RouterAdverts& at_port, const std::string& bridge) const;
  [[nodiscard]] const keepalived::Instance* Sender(const RouterKey& router, const RouterAdverts& adverts) const;
  void Take(Speech& speech, const RouterKey& router, const RouterAdverts& adverts) const;
  [[nodiscard]] RouterKey Facing(const RouterKey& router) const;
  void AddSubnetsOf(const arbiter::IpAddress& vip, std::vector<std::string>* segments) const;
  [[nodiscard]] std::vector<const Speech*> SpeechesOf(const arbiter::IpAddress& vip) const;

  const netlink::AddressTable& table_;
  const OwnerIndex& owners_;
  const std::vector<RouterAdverts>& heard_;
  const std::map<arbiter::IpAddress, std::vector<StrangeClaim>>& claims_;

  std::vector<netlink::Link> links_;
  absl::flat_hash_map<std::string, std::size_t> link_by_name_;
  absl::flat_hash_map<std::string, std::string> facing_;     // of macvlans with a virtual MAC
  absl::flat_hash_map<std::string, std::string> bridge_of_;  // of the ports of bridges
  std::vector<OwnAddress> own_addresses_;
  std::map<int, std::vector<netlink::Address>> networks_;  // by link: the addresses that come with a network

  std::deque<Speech> speeches_;  // of every instance, then of what no instance says
  absl::flat_hash_map<const keepalived::Instance*, Speech*> by_instance_;
  std::map<RouterKey, const keepalived::Instance*> by_router_;              // as the file has it
  absl::flat_hash_map<arbiter::IpAddress, std::vector<Speech*>> speakers_;  // by the VIPs that own adverts name
  absl::flat_hash_set<arbiter::IpAddress> own_words_;                       // all that own adverts name
  absl::flat_hash_set<arbiter::IpAddress> sources_;
  std::map<RouterKey, std::vector<std::size_t>> heard_as_;
  absl::flat_hash_map<arbiter::IpAddress, std::vector<std::size_t>> heard_naming_;
  const std::vector<std::size_t> nothing_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_LAYOUT_H_
