// A node's kernel: the addresses that it has, and our gate in it. Lives through crashes of the probe, not through a
// reboot.
#ifndef TESTS_SIM_KERNEL_H_
#define TESTS_SIM_KERNEL_H_

#include <map>
#include <optional>
#include <set>

#include "probe/hold/vip_state.h"
#include "proto/value/ip_address.h"
#include "tests/sim/schedule.h"

namespace sim {

using arbiter::IpAddress;

struct Gate {
  bool shut = false;  // until somebody opens it
  Instant shut_until{};
  Instant shut_from{};  // when it last was open and shut
  Instant adverts_until{};
};

struct Kernel {
  std::set<IpAddress> addresses;  // on the interface of the VIP's own segment
  std::set<IpAddress> elsewhere;  // on another one, by somebody's hand
  bool arp_ignore = false;        // false: the weak host, which answers for them all the same
  std::map<IpAddress, Gate> gates;
  bool drops_vrrp = false;  // the host's packet filter, in input

  [[nodiscard]] probe::hold::GateState GateOf(const IpAddress& vip, Instant now) const {
    using probe::hold::GateState;
    const auto found = gates.find(vip);
    if (found == gates.end()) return GateState::kOpen;
    const Gate& gate = found->second;
    if (gate.shut) return now < gate.adverts_until ? GateState::kAdvertsOnly : GateState::kShut;
    return now < gate.shut_until ? GateState::kShutForAWhile : GateState::kOpen;
  }
  [[nodiscard]] bool Has(const IpAddress& vip) const { return addresses.contains(vip) || elsewhere.contains(vip); }
  // It would be answered for if no gate were shut.
  [[nodiscard]] bool IsEffective(const IpAddress& vip) const {
    return addresses.contains(vip) || (elsewhere.contains(vip) && !arp_ignore);
  }
  // Somebody who asks for the VIP gets an answer from here.
  [[nodiscard]] bool Answers(const IpAddress& vip, Instant now) const {
    return IsEffective(vip) && !probe::hold::IsShut(GateOf(vip, now));
  }
  // Adverts that speak for the VIP leave the host.
  [[nodiscard]] bool LetsAdvertsOut(const IpAddress& vip, Instant now) const {
    using probe::hold::GateState;
    const GateState gate = GateOf(vip, now);
    return gate == GateState::kOpen || gate == GateState::kAdvertsOnly;
  }
};

}  // namespace sim

#endif  // TESTS_SIM_KERNEL_H_
