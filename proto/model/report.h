// What nodes say of themselves. proto/arbiter/v1/report.proto has the same words.
#ifndef PROTO_MODEL_REPORT_H_
#define PROTO_MODEL_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "proto/model/rung.h"
#include "proto/model/states.h"
#include "proto/value/addresses.h"
#include "proto/value/instant.h"
#include "proto/value/ip_address.h"

namespace arbiter::model {

enum class HindranceKind : std::uint8_t { kLink, kNoSource, kDadFailed };

// What keeps a node from serving a VIP, by its own word.
struct Hindrance {
  HindranceKind kind = HindranceKind::kLink;
  std::string evidence;  // names neither the node nor the VIP
  std::string repair;

  friend bool operator==(const Hindrance&, const Hindrance&) = default;
};

enum class FilterKind : std::uint8_t { kDrops, kMayDrop };

// What of a node's packet filter stands in the way of adverts, by its own word. For texts only: nothing is done because
// of it.
struct AdvertFilter {
  FilterKind kind = FilterKind::kMayDrop;
  std::string by;  // "nft rule `inet filter input ip protocol 112 drop`"
  std::string repair;

  friend bool operator==(const AdvertFilter&, const AdvertFilter&) = default;
};

// Another router's adverts, as one node knows them.
struct HeardRouter {
  IpAddress source;
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;
  std::uint8_t version = 0;
  bool on_wire = false;
  bool delivered = false;
  bool names_vip = false;
  Addresses addresses;
  std::vector<std::string> defects;
  std::uint8_t auth_type = 0;
  Duration advert_interval{};
  std::optional<IpAddress> destination;
  std::string checksum_habit;
  std::string mac;       // of a claim by ARP or neighbour discovery (version 0), who made it
  bool answers = false;  // of a claim: whoever made it answers those who ask for the VIP, now and a moment ago
  // On the wire and not delivered: what drops it there, and the repair, by the node's own word; empty: not known.
  std::string dropped_by;
  std::string drop_repair;
  std::vector<AdvertFilter> filters;  // on the wire and not delivered: what of the packet filter drops them

  friend bool operator==(const HeardRouter&, const HeardRouter&) = default;
};

// All that one node knows of one VIP. `Instant`s are the arbiter's clock at arrival less the age that was sent.
struct VipReport {
  IpAddress vip;
  bool configured = false;
  std::string interface;
  Instant configured_since{};
  // Would answer for the VIP if no gate of ours were shut.
  bool effective = false;

  GateState gate = GateState::kOpen;
  std::string gate_reason;
  Instant gate_since{};

  bool advertises = false;
  std::optional<std::uint8_t> vrid;
  std::optional<std::uint8_t> priority;
  std::optional<std::uint8_t> version;
  Duration advert_interval{};
  Duration master_down_interval{};
  std::optional<IpAddress> primary_address;
  Addresses advertised_addresses;

  std::string instance;
  std::string sync_group;
  Addresses bound_together;  // what has to stay on one node with it, itself included: its instance's, its group's
  DaemonState daemon = DaemonState::kUnknown;
  bool in_daemon_config = false;
  absl::InlinedVector<Rung, 1> rungs;
  absl::InlinedVector<HeardRouter, 1> heard;
  std::string segment;
  bool link_down = false;               // the interface that it is on, or would be, carries nothing
  std::vector<std::string> answers_on;  // interfaces on which it would answer; empty: `interface` alone
  std::string advert_interface;         // where its instance advertises, if that is not `interface`
  std::string not_ours;               // why the node does nothing to it, by its own word; empty: nothing is against it
  bool vouched = false;               // by its own word the node gives it up when it is told to
  std::vector<Hindrance> hindrances;  // empty: nothing is known against its serving it
  std::vector<AdvertFilter> advert_filters;  // what keeps its instance's own adverts from the wire
  std::vector<std::string> fault_suspects;   // what else may keep its instance in FAULT
  bool other_manager = false;                // of the node's own list, and no VRRP instance there names it
  bool own_address = false;                  // the node reports it among its own addresses; the World sees to it
  std::optional<Instant> link_back_since;    // that link was down and carries again; the World sees to it

  // The gate keeps the node from answering.
  [[nodiscard]] bool gated() const { return IsShut(gate); }
  // The node itself calls it a VIP that it may have to give up. Where it does not, others' words are no reason to act
  // there. A probe of 0.1.0 says nothing of that: then its daemon's configuration and its adverts count.
  [[nodiscard]] bool vouches() const {
    return not_ours.empty() && !own_address && (vouched || in_daemon_config || advertises || vrid.has_value());
  }
  [[nodiscard]] bool answers() const { return configured && effective && !gated(); }
  // A claimant has the VIP, would answer for it and vouches for it; it answers where it is not gated: then it is a
  // holder.
  [[nodiscard]] bool claims() const { return configured && effective && vouches(); }
  [[nodiscard]] bool holds() const { return claims() && !gated(); }
  // A running daemon owns it. What a dead daemon left behind, or a hand put there, is not.
  [[nodiscard]] bool live() const { return daemon == DaemonState::kRunning && in_daemon_config; }

  friend bool operator==(const VipReport&, const VipReport&) = default;
};

// A VRRP instance as the daemon's configuration on one node has it.
struct InstanceConfig {
  std::string name;
  std::string interface;
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;
  std::uint8_t version = 0;
  Duration advert_interval{};
  std::string initial_state;
  bool nopreempt = false;
  bool use_vmac = false;
  bool vmac_xmit_base = false;
  std::string auth_type;
  std::string auth_fingerprint;
  std::vector<IpAddress> addresses;
  std::vector<IpAddress> excluded_addresses;
  std::optional<IpAddress> unicast_source;
  std::vector<IpAddress> unicast_peers;
  std::string sync_group;
  std::string track_file;
  std::vector<std::pair<std::string, std::string>> origin;  // key -> "file:line", sorted by key
  std::string segment;
  bool link_down = false;             // the interface that it speaks on carries nothing
  bool ignores_link = false;          // and it goes on all the same (dont_track_primary)
  std::vector<std::string> networks;  // all of that interface; `segment` is one of them

  friend bool operator==(const InstanceConfig&, const InstanceConfig&) = default;
};

// A router on a node's segment that is none of the cluster's.
struct ForeignRouter {
  std::string protocol;  // "VRRPv2", "VRRPv3", "CARP", "HSRP"
  std::string interface;
  std::uint32_t group = 0;
  std::string source;
  std::uint32_t priority = 0;
  std::vector<std::string> addresses;

  friend bool operator==(const ForeignRouter&, const ForeignRouter&) = default;
};

// What concerns a node as a whole.
struct NodeReport {
  DaemonState daemon = DaemonState::kUnknown;
  std::string daemon_name;
  std::string config_path;
  std::vector<std::string> config_problems;
  std::vector<InstanceConfig> instances;
  std::vector<std::string> interfaces;
  bool gate_usable = false;
  std::string gate_reason;
  std::uint64_t gate_restores = 0;
  bool dry_run = false;
  std::uint64_t capture_drops = 0;
  std::uint64_t netlink_overruns = 0;
  std::vector<std::pair<std::string, std::uint64_t>> dropped_adverts;  // sorted by name
  std::vector<IpAddress> addresses;
  std::vector<std::string> macs;
  std::vector<IpAddress> loopback_addresses;  // but for those of loopback itself
  std::vector<ForeignRouter> foreign_routers;
  std::vector<std::string> address_managers;  // programs there that give interfaces their addresses

  friend bool operator==(const NodeReport&, const NodeReport&) = default;
};

// A hold as it stands on a node.
struct LocalHold {
  IpAddress vip;
  std::string incident;
  std::string survivor;
  std::string reason;
  Instant since{};
  std::uint64_t term = 0;
  std::vector<IpAddress> survivor_addresses{};  // its adverts come from one of them
  std::uint8_t survivor_vrid = 0;               // as this virtual router; 0: not known

  friend bool operator==(const LocalHold&, const LocalHold&) = default;
};

// Whom a node reaches on the VIP's segment. asked == 0: cannot tell.
struct Reach {
  std::uint32_t asked = 0;
  std::uint32_t answered = 0;
  std::vector<IpAddress> answered_by;
  std::vector<IpAddress> silent;

  friend bool operator==(const Reach&, const Reach&) = default;
};

}  // namespace arbiter::model

#endif  // PROTO_MODEL_REPORT_H_
