// The ears of the probe: a tap and a raw tap on every interface where VRRP may be spoken.
#ifndef PROBE_DAEMON_TAPS_H_
#define PROBE_DAEMON_TAPS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/capture/packet_source.h"
#include "probe/capture/raw_tap.h"
#include "probe/capture/tap.h"
#include "probe/daemon/event_loop.h"
#include "probe/daemon/log.h"
#include "probe/netlink/address_table.h"
#include "probe/observe/advert_tracker.h"

namespace probe::daemon {

// Follows the interfaces as they come and go, lose carrier or are renamed. Not thread-safe.
class Taps {
 public:
  // What came, on which interface, seen from where.
  using Heard = std::function<void(const std::string& interface, observe::Vantage, const capture::Packet&)>;
  // An interface is not listened on any more: what was heard there is void.
  using Closed = std::function<void(const std::string& interface)>;

  // `only`: these interfaces and no others; empty: every Ethernet-like one that is up. References must outlive it.
  Taps(EventLoop& loop, const Log& log, std::set<std::string> only, Heard heard, Closed closed);
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;
  ~Taps();

  // Opens and closes taps so that they fit the links. One that could not be opened is tried again by OnTick.
  void Follow(const netlink::AddressTable& table, Instant now);
  void OnTick(const netlink::AddressTable& table, Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const { return try_again_; }

  [[nodiscard]] std::vector<std::string> Interfaces() const;
  // Interfaces that were asked for and are not there, or cannot be listened on, and why.
  [[nodiscard]] std::vector<std::string> Problems() const;
  // Packets that were lost since the start.
  [[nodiscard]] std::uint64_t Drops() const;

 private:
  struct Ear {
    int link = 0;
    std::unique_ptr<capture::Tap> tap;
    std::unique_ptr<capture::RawTap> raw;
  };

  [[nodiscard]] bool Wanted(const netlink::Link& link) const;
  void Open(const netlink::Link& link, Instant now);
  void OpenRaw(Ear& ear, const std::string& name, Instant now);
  void Close(const std::string& name);
  // The same, for the log and for whoever remembers what was heard there.
  void Lose(const std::string& name);
  void CloseRaw(Ear& ear);
  void Drain(const std::string& name, bool raw);
  void Complain(const std::string& name, const std::string& problem);

  EventLoop& loop_;
  const Log& log_;
  const std::set<std::string> only_;
  const Heard heard_;
  const Closed closed_;
  std::map<std::string, Ear> ears_;
  std::map<std::string, std::string> problems_;
  std::optional<Instant> try_again_;
  std::uint64_t drops_of_closed_ = 0;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_TAPS_H_
