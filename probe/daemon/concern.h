// Which VIPs a fact concerns, and how soon they are looked at again.
#ifndef PROBE_DAEMON_CONCERN_H_
#define PROBE_DAEMON_CONCERN_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "proto/value/ip_address.h"

namespace probe::daemon {

using Instant = std::chrono::steady_clock::time_point;

// VIPs whose reports may be others now.
struct Concern {
  bool all = false;
  std::set<arbiter::IpAddress> vips;

  void Merge(Concern other);
};

// What others say has consequences ten times a second at most, so that whoever says much cannot keep the probe busy: at
// once after a pause, else together with all that comes until the pause is over. A value.
class ConcernPace {
 public:
  static constexpr std::chrono::milliseconds kPause{100};
  // Beyond so many the VIPs are not listed one by one.
  static constexpr std::size_t kMostVips = 1000;

  // What is to be looked at now; nothing while the pause lasts.
  std::optional<Concern> Add(Concern concern, Instant now);
  // What has waited for long enough.
  std::optional<Concern> TakeDue(Instant now);
  // What waits, whether its time has come or not, where any of these VIPs may be among it.
  std::optional<Concern> TakeFor(const std::vector<arbiter::IpAddress>& vips, Instant now);
  // When TakeDue has something; Instant::max() for never.
  [[nodiscard]] Instant Due() const { return waiting_ ? due_ : Instant::max(); }

 private:
  std::optional<Concern> TakeAll(Instant now);

  std::optional<Concern> waiting_;
  Instant due_ = Instant::min();  // the end of the pause
};

// When what has changed is looked at: at once after a pause, and where much changes no more than a quarter of the time,
// so that a daemon that configures hundreds of addresses is not kept from it. A value.
class LookPace {
 public:
  static constexpr std::chrono::milliseconds kLongestPause{10};

  [[nodiscard]] bool IsDue(Instant now) const { return now >= due_; }
  // When it is.
  [[nodiscard]] Instant Due() const { return due_; }
  void Looked(Instant began, Instant ended) {
    due_ = ended + std::min<Instant::duration>(3 * (ended - began), kLongestPause);
  }

 private:
  Instant due_ = Instant::min();
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_CONCERN_H_
