// What a node's reports are made of: plain values and tables, gathered by the daemon.
#ifndef PROBE_REPORT_FACTS_H_
#define PROBE_REPORT_FACTS_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/filter/advert_path.h"
#include "probe/filter/culprit.h"
#include "probe/hold/directive.h"
#include "probe/hold/vip_state.h"
#include "probe/keepalived/config.h"
#include "probe/netlink/address_table.h"
#include "probe/report/owner_index.h"
#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::report {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// A virtual router as adverts know it.
struct RouterKey {
  std::string interface;
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;
  std::uint8_t vrid = 0;

  friend auto operator<=>(const RouterKey&, const RouterKey&) = default;
  friend bool operator==(const RouterKey&, const RouterKey&) = default;
};

// The newest advert of one sender for one virtual router.
struct RouterAdverts {
  RouterKey router;
  arbiter::IpAddress source;
  arbiter::IpAddress destination;
  std::uint8_t priority = 0;
  std::uint8_t version = 0;
  Duration interval{};
  std::vector<arbiter::IpAddress> addresses;
  std::vector<std::string> defects;
  std::uint8_t auth_type = 0;
  std::string checksum_habit;
  // Another one than keepalived here has adapted itself to: it takes no other from this sender until it is started
  // anew.
  bool checksum_not_taken = false;
  // Within the sender's master-down interval. Of own adverts `on_wire` says that they are still sent.
  bool on_wire = false;
  bool delivered = false;
  Instant last{};  // when the newest of them was heard
};

// Somebody else spoke for a VIP by ARP or neighbour discovery.
struct StrangeClaim {
  arbiter::MacAddress mac;
  std::string interface;
  std::string how;  // "ARP reply"
  Instant last;
  bool answers = false;  // to those who ask for the VIP, more than once
};

// Why the kernel does not deliver what is on the wire, and how to mend it.
struct Drop {
  std::string by;
  std::string repair;
};

struct GateFact {
  hold::GateState state = hold::GateState::kOpen;
  Instant since;
};

class Layout;
class SharedReports;

// Lives as long as the call that takes it.
struct Facts {
  const netlink::AddressTable& addresses;
  const keepalived::Config& config;  // empty where there is none
  const OwnerIndex& owners;          // of that configuration
  hold::DaemonState daemon = hold::DaemonState::kUnknown;
  // For how long the daemon's process wants to run and does not (uninterruptible, starved); 0: it runs.
  Duration daemon_stuck_for{};
  std::string runtime_dir{};

  std::vector<std::string> interfaces{};  // that are listened on; empty: not known
  std::vector<RouterAdverts> own{};
  std::vector<RouterAdverts> heard{};
  std::map<arbiter::IpAddress, std::vector<StrangeClaim>> claims{};  // by the VIP

  std::string why_no_gate{};                       // empty: the gate works here
  std::map<arbiter::IpAddress, GateFact> gates{};  // those that are not open
  // When shut gates last counted an advert of a router of this node.
  std::map<RouterKey, Instant> stopped_adverts{};

  std::set<hold::RungKind> actuators{};  // those that the operator allows
  std::string why_no_removal{};          // empty: addresses can be removed
  std::string why_no_track_file{};       // empty: track files can be written in `runtime_dir`
  // Whether the kernel keeps the secondary addresses of a link when their primary is removed.
  std::function<bool(const std::string& link)> promotes_secondaries{};
  // The arp_ignore in force on a link (the kernel's ip-sysctl.rst); empty: 0 everywhere.
  std::function<int(const std::string& link)> arp_ignore{};

  // What the reverse path filter of a link does to packets of a sender; empty: it is never asked. nullopt: it lets them
  // pass, or it cannot be told.
  std::function<std::optional<Drop>(const std::string& link, const arbiter::IpAddress& sender)> reverse_path{};

  // What of the packet filter drops adverts on that way, as far as it has been looked up; who asks may be told more
  // later. Empty: it is never asked.
  std::function<std::vector<filter::Culprit>(const filter::AdvertPath& way)> filters{};

  // VIPs besides those that adverts and the configuration name: of the operator, of the arbiter, under a hold.
  std::set<arbiter::IpAddress> named{};
  std::set<arbiter::IpAddress> known_elsewhere{};
  // Those of `named` that are the operator's (`vips`).
  std::set<arbiter::IpAddress> listed{};
  // Those of `named` that are the operator's, or were named by the daemon's configuration or own adverts in this life
  // of the probe: they are this node's to give up.
  std::set<arbiter::IpAddress> own_names{};
  // Addresses that came here after the cluster had known them as VIPs.
  std::set<arbiter::IpAddress> came_later{};
  // Addresses that nothing may be done to, and why.
  std::map<arbiter::IpAddress, std::string> guarded{};
  // VIPs that the configuration named when the daemon may have read it, and names no more: they may still be its own.
  std::set<arbiter::IpAddress> formerly_owned{};

  const Layout* layout = nullptr;           // of these facts; nullptr: not made yet
  SharedReports* shared_reports = nullptr;  // nullptr: what VIPs have in common is kept for one look only
};

}  // namespace probe::report

#endif  // PROBE_REPORT_FACTS_H_
