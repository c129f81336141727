// What the probe shows of itself.
#include "probe/daemon/probe.h"

namespace probe::daemon {

void Probe::ShowMetrics() {
  const report::NodeFacts& facts = parts_.node.node_facts();
  // Every reason is there from the start, at 0: increase() does not see the first of a series that appears with it.
  std::map<std::string, std::uint64_t> dropped = facts.dropped_adverts;
  for (const vrrp::Defect defect : vrrp::kAllDefects) dropped.try_emplace(std::string(vrrp::NameOf(defect)));
  for (std::size_t reason = 0; reason < vrrp::kMalformedReasons; ++reason) {
    dropped.try_emplace(std::string(vrrp::NameOf(static_cast<vrrp::MalformedReason>(reason))));
  }
  dropped.try_emplace(kOverBudget);
  const auto seen = [&facts](observe::Vantage vantage) { return facts.adverts[static_cast<std::size_t>(vantage)]; };
  const std::map<arbiter::IpAddress, report::GateFact>& gates = parts_.node.gates().facts();
  parts_.metrics.Show({
      .attached = uplink_.attached(),
      .newest_term = keeper_.newest_term(),
      .holds = keeper_.holds().size(),
      .gates_shut = gates.size(),
      .interfaces = taps_.Interfaces().size(),
      .daemon_running = parts_.node.daemon() == hold::DaemonState::kRunning,
      .adverts_sent = seen(observe::Vantage::kSent),
      .adverts_heard = seen(observe::Vantage::kOnWire),
      .adverts_delivered = seen(observe::Vantage::kDelivered),
      .adverts_dropped = std::move(dropped),
      .claims_passed_over = taps_.PassedOver().claims,
      .packets_dropped = facts.capture_drops,
      .netlink_overruns = parts_.addresses.overruns(),
      .gate_restores = facts.gate_restores,
  });
}

void Probe::ShowHealth() {
  parts_.health.Show({.interfaces = taps_.Interfaces(),
                      .problems = taps_.Problems(),
                      .addresses = addresses_,
                      .attached = uplink_.attached()},
                     std::chrono::steady_clock::now());
}

}  // namespace probe::daemon
