// The gates of this node by VIP: which interfaces and virtual routers each one means now, and how each one stands.
#ifndef PROBE_DAEMON_VIP_GATES_H_
#define PROBE_DAEMON_VIP_GATES_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/gate.h"
#include "probe/hold/actuators.h"
#include "probe/hold/directive.h"
#include "probe/hold/vip_state.h"
#include "probe/report/facts.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

using Instant = std::chrono::steady_clock::time_point;

// Not thread-safe. A VIP that is on several interfaces is shut when all of them are.
class VipGates {
 public:
  // Where the VIP is now, or would be; empty where that is not known.
  using KeysOf = std::function<std::vector<actuate::GateKey>(const arbiter::IpAddress&)>;
  using InterfaceExists = std::function<bool(const std::string&)>;

  static constexpr std::chrono::seconds kIdleFor{60};
  static constexpr std::chrono::seconds kQuietAfter{180};  // longer than any master-down interval in use

  // `gate` must outlive it.
  VipGates(actuate::Gate& gate, KeysOf keys_of, InterfaceExists exists);

  // Takes over what an earlier life left. The VIPs that it found shut without end.
  absl::StatusOr<std::vector<arbiter::IpAddress>> Adopt(Instant now);

  // OK, or why the gate cannot work here; tried once.
  [[nodiscard]] const absl::Status& usable() const { return usable_; }

  // Makes our rules on the VIPs' interfaces, with nothing shut, so that gates which may have to shut in a moment do so
  // in one small transaction. Does nothing where our table stands.
  absl::Status MakeReady(hold::Vips vips);

  // Each is one transaction for all of the VIPs (and one more where a VIP has left a place behind). A VIP for which it
  // cannot be done is left out and among what is returned.
  hold::Troubles Shut(hold::Vips vips, std::optional<hold::Duration> for_time, const std::string& why);
  hold::Troubles AdvertsOnly(hold::Vips vips, hold::Duration for_time);
  hold::Troubles Open(hold::Vips vips);
  // Out of one dump of the kernel's, taken now.
  absl::StatusOr<std::map<arbiter::IpAddress, hold::GateState>> Read(hold::Vips vips, Instant now);

  // Reads the kernel's dump: gates, and whether daemons still advertise behind them. A table in which nothing has been
  // shut for kIdleFor is removed: its hooks cost every packet of their interfaces.
  absl::Status Refresh(Instant now);
  // Interfaces came or went, virtual routers may have other VRIDs: what is shut moves along.
  absl::Status Follow(Instant now);
  // Somebody else touched the table; what had to be mended, empty: nothing.
  absl::StatusOr<std::string> Restore(Instant now);
  absl::Status OpenAll();

  // As of the last dump.
  [[nodiscard]] const std::map<arbiter::IpAddress, report::GateFact>& facts() const { return facts_; }
  // When the counters of shut gates last moved.
  [[nodiscard]] std::map<report::RouterKey, Instant> StoppedAdverts() const;
  // Whether since the last call adverts behind shut gates began or ended, or may just have ended: who tells of them has
  // to look again. Those that come as ever, or have not come for kQuietAfter, are no news.
  [[nodiscard]] bool TakeUnsettled() { return std::exchange(unsettled_, false); }
  [[nodiscard]] bool any_shut() const { return !facts_.empty(); }
  // Our table is in the kernel, as far as is known: Refresh has something to look at.
  [[nodiscard]] bool table() const { return table_; }
  // The VIPs whose gates the dumps since the last call showed changed, by whomever: by the kernel's own timer, too.
  [[nodiscard]] std::set<arbiter::IpAddress> TakeChanged() { return std::exchange(changed_, {}); }

 private:
  using Keys = std::set<actuate::GateKey>;
  struct Counter {
    std::uint64_t seen = 0;
    std::optional<Instant> moved;
    bool moving = false;  // at the last dump
  };

  using KeysByVip = std::map<arbiter::IpAddress, Keys>;
  using Verb = std::function<absl::Status(actuate::Gate::Keys)>;

  [[nodiscard]] Keys Wanted(const arbiter::IpAddress& vip) const;
  // One transaction with the keys of all.
  static hold::Troubles Apply(const KeysByVip& keys, const Verb& verb);
  // Opens what is shut for the VIPs and not among their keys.
  hold::Troubles Leave(const KeysByVip& keys);
  [[nodiscard]] hold::GateState StateIn(const actuate::GateState& dump, const arbiter::IpAddress& vip) const;
  void Take(const actuate::GateState& dump, Instant now);
  void TakeCounters(const actuate::GateState& dump, Instant now);
  absl::Status RemoveIfIdle(Instant now);

  actuate::Gate& gate_;
  const KeysOf keys_of_;
  const InterfaceExists exists_;
  absl::Status usable_;
  bool table_ = false;
  bool stands_ = false;                      // the last dump showed something of ours shut, whether known here or not
  std::optional<Instant> idle_since_;        // nothing is shut, and the table is still there
  std::map<arbiter::IpAddress, Keys> shut_;  // under which keys the kernel has each VIP
  std::map<arbiter::IpAddress, report::GateFact> facts_;
  std::map<report::RouterKey, Counter> counters_;
  std::set<arbiter::IpAddress> changed_;
  bool unsettled_ = false;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_VIP_GATES_H_
