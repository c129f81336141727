// The ears of the probe: a tap and a raw tap on every interface where VRRP may be spoken.
#ifndef PROBE_DAEMON_TAPS_H_
#define PROBE_DAEMON_TAPS_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/process/log.h"
#include "probe/capture/packet_source.h"
#include "probe/capture/raw_tap.h"
#include "probe/capture/tap.h"
#include "probe/daemon/event_loop.h"
#include "probe/netlink/address_table.h"
#include "probe/observe/advert_budget.h"
#include "probe/observe/advert_tracker.h"
#include "probe/observe/claim_budget.h"
#include "probe/observe/flood_watch.h"

namespace probe::daemon {

// Follows the interfaces as they come and go, lose carrier or are renamed. Reads as many packets of each as there is a
// budget for; where more come it listens in intervals, lest each of them wake the probe. Not thread-safe.
class Taps {
 public:
  // What came, on which interface, seen from where.
  using Heard = std::function<void(const std::string& interface, observe::Vantage, const capture::Packet&)>;
  // An interface is not listened on any more: what was heard there is void.
  using Closed = std::function<void(const std::string& interface)>;

  // Whether somebody's claim to this address matters: a VIP's.
  using IsVip = std::function<bool(const arbiter::IpAddress&)>;

  // `only`: these interfaces and no others; empty: every Ethernet-like one that is up. References must outlive it.
  Taps(EventLoop& loop, const arbiter::process::Log& log, std::set<std::string> only, IsVip is_vip, Heard heard,
       Closed closed);
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;
  ~Taps();

  // Opens and closes taps so that they fit the links. One that could not be opened is tried again by OnTick.
  void Follow(const netlink::AddressTable& table, Instant now);
  void OnTick(const netlink::AddressTable& table, Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;
  // Hears now what has come in and waits, as after a time in which this process stood still. Opens and closes nothing.
  void CatchUp();
  // Whose adverts come before those of strangers.
  void Expect(observe::Expected expected) { expected_ = std::move(expected); }
  // Logs floods, folded. To be called about once a second.
  void LogFloods(Instant now);

  [[nodiscard]] std::vector<std::string> Interfaces() const;
  // Interfaces that were asked for and are not there, or cannot be listened on, and why.
  [[nodiscard]] std::vector<std::string> Problems() const;
  // Packets that were lost since the start.
  [[nodiscard]] std::uint64_t Drops() const;
  // What was not read since the start, because there was no budget for it; each packet is counted at the wire.
  struct NotRead {
    std::uint64_t adverts = 0;
    std::uint64_t claims = 0;  // ARP and neighbour discovery
  };
  [[nodiscard]] NotRead PassedOver() const;

 private:
  struct Budgets {
    observe::AdvertBudget adverts;
    observe::ClaimBudget claims;
    // What this host answers to whoever asks for its VIPs, be it hundreds of times a second, is no flood, and leaves
    // what others claim unread nowhere.
    observe::ClaimBudget own_claims;
  };
  struct Ear {
    int link = 0;
    std::unique_ptr<capture::Tap> tap;
    std::unique_ptr<capture::RawTap> raw;
    // What passes on the wire has its own, and what the packet filter delivers.
    std::unique_ptr<Budgets> budgets;
    std::unique_ptr<Budgets> raw_budgets;
    observe::FloodWatch adverts{};
    observe::FloodWatch claims{};
  };
  // What the kernel delivers to a virtual router's macvlan only.
  struct Above {
    int link = 0;
    std::string parent;
    std::unique_ptr<capture::RawTap> raw;
    std::unique_ptr<Budgets> budgets;
  };
  struct Resting {
    std::string name;
    bool raw = false;

    friend auto operator<=>(const Resting&, const Resting&) = default;
  };

  [[nodiscard]] bool Wanted(const netlink::Link& link) const;
  void Open(const netlink::Link& link, Instant now);
  void FollowMacvlans(const netlink::AddressTable& table, Instant now);
  void CloseAbove(const std::string& name);
  void WatchAbove(const std::string& name);
  void DrainAbove(const std::string& name);
  void OpenRaw(Ear& ear, const std::string& name, Instant now);
  void Close(const std::string& name);
  // The same, for the log and for whoever remembers what was heard there.
  void Lose(const std::string& name);
  void CloseRaw(Ear& ear);
  void Watch(const std::string& name, bool raw);
  void Drain(const std::string& name, bool raw);
  // False where nothing had come.
  bool DrainOnce(const std::string& interface, observe::Vantage from, capture::PacketSource& source);
  // Leaves a source alone for a moment.
  void Rest(const std::string& name, bool raw, Instant now, std::chrono::milliseconds rest);
  void Wake();
  [[nodiscard]] capture::PacketSource* SourceOf(const std::string& name, bool raw);
  capture::PacketSource::Sieve SieveOf(Budgets& budgets);
  void LogFlood(const std::string& name, absl::string_view what,
                const std::optional<observe::FloodWatch::News>& news) const;
  void Complain(const std::string& name, const std::string& problem);

  EventLoop& loop_;
  const arbiter::process::Log& log_;
  const std::set<std::string> only_;
  const IsVip is_vip_;
  const Heard heard_;
  const Closed closed_;
  std::map<std::string, Ear> ears_;
  std::map<std::string, Above> above_;  // by the macvlan
  std::map<std::string, std::string> problems_;
  std::optional<Instant> try_again_;
  std::uint64_t drops_of_closed_ = 0;
  NotRead passed_over_of_closed_;
  observe::Expected expected_;
  Instant drained_at_{};  // when the drain that is under way began
  std::set<Resting> resting_;
  std::set<std::string> resting_above_;
  std::optional<Instant> wake_at_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_TAPS_H_
