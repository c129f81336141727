// Which of the ARP and neighbour discovery packets that pass are read: a flood of them must cost neither the processor
// nor what is to be learnt of the VIPs.
#ifndef PROBE_OBSERVE_CLAIM_BUDGET_H_
#define PROBE_OBSERVE_CLAIM_BUDGET_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "proto/value/ip_address.h"
#include "proto/value/token_bucket.h"

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;

// Spent before a packet is parsed, by the address that it claims. Each VIP has a budget of its own; all other addresses
// have one together, for they only tell who lives on the segment. A value; not thread-safe. Memory is bounded by the
// number of VIPs.
class ClaimBudget {
 public:
  ClaimBudget();

  // Whether to read it; counts it otherwise. `is_vip`: the address is one that is watched. `now` never goes back.
  bool Take(const arbiter::IpAddress& claimed, bool is_vip, Instant now);

  // Those that were not read.
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }
  [[nodiscard]] std::size_t kept() const { return vips_.size(); }

 private:
  bool MayBeRead(const arbiter::IpAddress& claimed, bool is_vip, Instant now);

  arbiter::TokenBucket all_vips_;
  arbiter::TokenBucket others_;
  std::map<arbiter::IpAddress, arbiter::TokenBucket> vips_;
  std::uint64_t passed_over_ = 0;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_CLAIM_BUDGET_H_
