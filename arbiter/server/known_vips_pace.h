// When the probes of a cluster are told its VIPs again.
#ifndef ARBITER_SERVER_KNOWN_VIPS_PACE_H_
#define ARBITER_SERVER_KNOWN_VIPS_PACE_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

// Each probe gets the whole list, and while a cluster comes up the list changes with every probe. So it is told at most
// every kEvery, and the more seldom the more it is: telling takes a tenth of a core at most, whatever comes and goes.
// Not thread-safe.
class KnownVipsPace {
 public:
  static constexpr core::Duration kEvery = std::chrono::milliseconds(100);
  // Between two rounds, for each VIP that a probe was told: ten times what it costs (50 ns).
  static constexpr core::Duration kForEach = std::chrono::nanoseconds(500);

  // The cluster's VIPs changed.
  void Changed(const std::string& cluster) { rounds_[cluster].waiting = true; }

  // When Take has something to give; nullopt: not before something changes.
  [[nodiscard]] std::optional<core::Instant> Due() const;

  // The clusters that are to be told now. Told is to be called for each.
  [[nodiscard]] std::vector<std::string> Take(core::Instant now);

  // So many probes were told so many VIPs each.
  void Told(const std::string& cluster, core::Instant now, std::size_t probes, std::size_t vips);

 private:
  struct Round {
    bool waiting = false;
    core::Instant due{};
  };
  std::map<std::string, Round> rounds_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_KNOWN_VIPS_PACE_H_
