// What a hold has to know of a VIP on this node. Facts come in as values; nothing here asks the system.
#ifndef PROBE_HOLD_VIP_STATE_H_
#define PROBE_HOLD_VIP_STATE_H_

#include <string>
#include <vector>

#include "probe/hold/directive.h"
#include "proto/value/addresses.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

struct VipState {
  arbiter::IpAddress vip;
  bool configured = false;  // on an interface
  bool effective = false;   // would be answered for if no gate of ours were shut
  GateState gate = GateState::kOpen;
  DaemonState daemon = DaemonState::kUnknown;
  // The VRRP daemon's configuration names the VIP: its file, or what it is heard to advertise.
  bool in_daemon_config = false;
  // Why this node does nothing to the address, whoever asks; empty: nothing stands against it.
  std::string not_ours;
  // Another manager's (Pacemaker, kube-vip): the operator has listed it, and no VRRP instance here names it. Only the
  // gate is right for it: whoever put the address there minds when it is taken away, or does not notice.
  bool other_manager = false;
  std::vector<Rung> rungs;
  arbiter::Addresses bound_together;  // VIPs whose adverts speak for this one too
  Duration master_down_interval{};    // 0: not known

  // The node answers for the VIP.
  [[nodiscard]] bool Answers() const { return configured && effective && !IsShut(gate); }

  // The rung of that kind, or nullptr.
  [[nodiscard]] const Rung* Find(RungKind kind) const;

  friend bool operator==(const VipState&, const VipState&) = default;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_VIP_STATE_H_
