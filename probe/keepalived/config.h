// What a node's keepalived is configured to do, as far as VRRP is concerned: a plain value, with the daemon's defaults
// filled in as it fills them in (keepalived 2.2, man keepalived.conf(5), and its own dump of its data).
#ifndef PROBE_KEEPALIVED_CONFIG_H_
#define PROBE_KEEPALIVED_CONFIG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/keepalived/ids.h"
#include "probe/keepalived/origin.h"
#include "probe/keepalived/secret.h"
#include "proto/value/ip_address.h"

namespace probe::keepalived {

// keepalived's initial state; "MASTER" and "BACKUP" in its file.
enum class InitialState : std::uint8_t { kBackup, kMaster };

enum class AuthType : std::uint8_t { kNone, kPassword, kHeader };

// As keepalived's configuration has it: "none", "PASS" or "AH".
constexpr absl::string_view NameOf(AuthType type) {
  switch (type) {
    case AuthType::kNone:
      return "none";
    case AuthType::kPassword:
      return "PASS";
    case AuthType::kHeader:
      return "AH";
  }
  return "none";
}

struct Authentication {
  AuthType type = AuthType::kNone;
  Secret password;  // at most 8 characters: the daemon uses no more
  Origin at;
};

// One address that an instance adds when it becomes active.
struct VirtualAddress {
  arbiter::IpAddress address;
  int prefix_length = 0;  // 32 or 128 when none is written
  std::string device;     // the interface it goes to: its own `dev`, else the instance's. Under use_vmac the parent one
  std::string label;      // empty when none is written
  bool on_vmac = false;   // it goes to a macvlan over `device`
  Origin at;
};

// A reference from a track_interface, track_script or track_file block.
struct Tracked {
  std::string name;
  std::optional<int> weight;    // as written here; else the definition's applies
  std::optional<bool> reverse;  // as written here; else the definition's applies
  bool defined = false;         // the definition stands before this reference: otherwise the daemon drops the reference
  Origin at;
};

// A top-level `track_file` (or `vrrp_track_file`) block.
struct TrackFile {
  std::string name;
  Setting<std::string> path;
  Setting<int> weight{1};
  bool reverse = false;
  std::optional<std::int64_t> initial_value;  // from init_file
  bool overwrite = false;
  Origin at;
};

// A `vrrp_script` block.
struct Script {
  std::string name;
  Setting<std::string> command;        // as the daemon stores it, before it is split
  std::vector<std::string> arguments;  // what it executes: the program, then its arguments
  std::chrono::seconds interval{1};
  std::optional<std::chrono::seconds> timeout;
  int weight = 0;
  bool reverse = false;
  int rise = 1;
  int fall = 1;
  std::string user;   // empty: script_user, else "keepalived_script" if there is one, else root
  std::string group;  // empty: the user's
  bool starts_failed = false;
  Origin at;
};

// A notify script of an instance or a group.
struct Notify {
  std::string event;  // the keyword: notify, notify_master, ...
  std::string command;
  std::string user;
  Origin at;
};

struct Vmac {
  std::string interface;  // empty: the daemon's own choice, vrrp.<VRID>
  bool on_base = false;   // adverts leave on the parent: vmac_xmit_base, or because the peers are unicast
  Origin at;
};

struct UnicastPeer {
  arbiter::IpAddress address;
  Origin at;
};

struct Instance {
  std::string name;
  Origin at;
  Setting<std::string> interface;     // default_interface, else eth0, when not stated
  std::optional<Setting<Vrid>> vrid;  // missing: the daemon refuses to run
  Setting<InitialState> state;
  Setting<int> version{2};  // 2 or 3
  Setting<Priority> priority;
  Setting<std::chrono::milliseconds> advert_interval{std::chrono::seconds(1)};  // rounded as the daemon does
  bool preempts = true;                                                         // in force
  std::optional<Origin> nopreempt;  // where it is written, even if it has no effect (with state MASTER)
  Setting<std::chrono::milliseconds> preempt_delay;
  Setting<bool> accept{true};
  Setting<bool> strict;
  std::optional<Vmac> vmac;
  bool vmac_for_each = false;               // use_vmac_addr: a macvlan for every interface that an address names
  std::optional<Origin> transmits_on_base;  // where vmac_xmit_base is written
  std::optional<Origin> ipvlan;
  bool tracks_own_interface = true;                      // false under dont_track_primary
  std::optional<Setting<arbiter::IpAddress>> source;     // unicast_src_ip, mcast_src_ip or use_ipvlan's address
  std::optional<Setting<arbiter::IpAddress>> multicast;  // mcast_dst_ip
  bool says_unicast = false;                             // a keyword of unicast is there, with peers or without
  bool unicast = false;                                  // it has peers: without any the daemon takes multicast
  std::optional<Origin> fault_without_peers;             // unicast_fault_no_peer
  std::vector<UnicastPeer> peers;
  Authentication authentication;
  std::vector<VirtualAddress> addresses;
  std::vector<VirtualAddress> excluded;  // held, never advertised
  std::vector<Tracked> interfaces;
  std::vector<Tracked> scripts;
  std::vector<Tracked> files;
  std::vector<Notify> notify;

  // Decided by the first address of any kind in the block; nothing when there is none.
  std::optional<arbiter::IpAddress::Family> family;
  [[nodiscard]] bool IsV6() const { return family == arbiter::IpAddress::Family::kV6; }
};

struct SyncGroup {
  std::string name;
  Origin at;
  struct Member {
    std::string instance;
    Origin at;
  };
  std::vector<Member> members;  // of instances that exist
  std::vector<Tracked> interfaces;
  std::vector<Tracked> scripts;
  std::vector<Tracked> files;
  std::vector<Notify> notify;
  bool keeps_weights = false;  // sync_group_tracking_weight, or the older global_tracking
};

struct Globals {
  Setting<int> vrrp_version{2};
  Setting<std::string> router_id;
  Setting<std::string> default_interface;
  Setting<std::string> script_user;
  std::string script_group;  // empty: the user's
  Setting<bool> script_security;
  Setting<bool> strict;
  Setting<std::string> notify_fifo;
  Setting<std::string> net_namespace;
  Setting<std::string> vrrp_process_name;
  bool dynamic_interfaces = false;
};

// Something in the file that an operator may want to know about. Never holds a password.
struct Diagnostic {
  enum class Kind : std::uint8_t {
    kUnknown,    // a keyword we do not know: it is skipped
    kBadValue,   // a value that the daemon refuses or replaces
    kStructure,  // braces, quotes, definitions, sequences: lines count elsewhere than they are meant to, or not at all
    kTolerated,  // written wrongly, and the daemon reads it as it is meant
    kRefused,    // the daemon does not run with it
    kFile,       // an include that leads nowhere, or back to itself
    kConflict,   // settings that cancel each other
  };
  Kind kind = Kind::kUnknown;
  Origin at;
  std::string text;

  // "/etc/keepalived/keepalived.conf:12: unknown keyword 'foo' (skipped)".
  [[nodiscard]] std::string ToString() const { return at.ToString() + ": " + text; }
};

struct Config {
  Globals globals;
  std::vector<Instance> instances;
  std::vector<SyncGroup> groups;
  std::vector<Script> scripts;
  std::vector<TrackFile> track_files;

  std::vector<std::string> files;        // every file read, the first is the one asked for
  std::vector<std::string> directories;  // where an include looks: a file that appears there may belong to it

  std::vector<Diagnostic> diagnostics;  // the first kMaxDiagnostics
  std::size_t diagnostics_dropped = 0;
  std::size_t skipped = 0;  // statements of blocks and keywords that we do not know
};

inline constexpr std::size_t kMaxDiagnostics = 1000;

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_CONFIG_H_
