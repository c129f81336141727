// Which of the adverts that come in are read at all: a flood must cost neither the processor nor those who matter.
#ifndef PROBE_OBSERVE_ADVERT_BUDGET_H_
#define PROBE_OBSERVE_ADVERT_BUDGET_H_

#include <array>
#include <bitset>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "probe/vrrp/glance.h"
#include "proto/value/ip_address.h"
#include "proto/value/token_bucket.h"

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;

// Whom this node has reason to listen to.
struct Expected {
  // Configured peers, nodes of the cluster, survivors of holds.
  std::set<arbiter::IpAddress> sources{};
  // VRIDs of the own configuration.
  std::bitset<256> vrids{};
};

// Spent before an advert is parsed, by its source and VRID alone. Three kinds of senders have budgets of their own, so
// that none is heard less for what another sends:
// - an expected source: each of its routers as often as a router can have to say something;
// - a VRID of ours from a source that nobody named, which may be the peer of a split: by source and in all;
// - strangers: the same, and they get no place that one of the others needs.
// A source that was not heard lately counts as a newcomer, of whom there are few a second: they are what makes the
// tables of the node change.
// A value; not thread-safe. Memory is bounded: the longest silent gives its place away.
class AdvertBudget {
 public:
  static constexpr std::size_t kMostKept = 1024;

  AdvertBudget();

  // Whether to read it; counts it otherwise. `now` never goes back.
  bool Take(const vrrp::Glance& sender, const Expected& expected, Instant now);
  // Of what this host sends, each of its routers as often as it can have to say something.
  bool TakeOwn(const vrrp::Glance& sender, Instant now);

  // Those that were not read.
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

 private:
  enum class Standing : std::uint8_t { kOwn, kExpected, kOurRouter, kStranger };

  // Of a kind of senders.
  struct Budget {
    arbiter::Rate each;
    arbiter::TokenBucket all;
    arbiter::TokenBucket newcomers;
  };
  // A router of this host or of an expected source, or any other source with all of its routers (VRID 0). Who speaks in
  // this host's name from outside is another sender.
  struct Sender {
    arbiter::IpAddress source;
    std::uint8_t vrid = 0;
    bool own = false;

    friend auto operator<=>(const Sender&, const Sender&) = default;
    friend bool operator==(const Sender&, const Sender&) = default;
  };
  struct Kept {
    arbiter::TokenBucket bucket;
    Standing standing = Standing::kStranger;
    Instant last{};
  };
  using Senders = std::map<Sender, Kept>;

  static Standing StandingOf(const vrrp::Glance& sender, const Expected& expected);
  bool TakeAs(Standing standing, const vrrp::Glance& sender, Instant now);
  bool MayBeRead(const vrrp::Glance& sender, Standing standing, Instant now);
  void MakeRoom();

  std::array<Budget, 4> budgets_;
  Senders kept_;
  std::uint64_t passed_over_ = 0;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_ADVERT_BUDGET_H_
