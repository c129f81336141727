// When to tell the segment again that a VIP is here.
#ifndef PROBE_HOLD_ANNOUNCEMENTS_H_
#define PROBE_HOLD_ANNOUNCEMENTS_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "probe/hold/directive.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// A series for each VIP: at once, and again after 100 ms, 1 s and 5 s, for frames that were lost and switches that
// learned late. Those of many VIPs go out in bursts, so that no queue on their way overflows: 250 VIPs take 3 ms.
// Whoever sends asks first whether the VIP is still held.
class Announcements {
 public:
  static constexpr std::size_t kBurst = 64;
  static constexpr Duration kBetweenBursts = std::chrono::milliseconds(1);

  // Begins a series; one that is under way begins anew.
  void Begin(const arbiter::IpAddress& vip, Instant now);
  void Stop(const arbiter::IpAddress& vip);

  // The VIPs to announce now, each once and no more than a burst; several missed ones count as one.
  [[nodiscard]] std::vector<arbiter::IpAddress> Due(Instant now);

  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  struct Series {
    Instant started;
    std::size_t next = 0;
  };
  std::map<arbiter::IpAddress, Series> series_;
  Instant next_burst_{};  // after a full one
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_ANNOUNCEMENTS_H_
