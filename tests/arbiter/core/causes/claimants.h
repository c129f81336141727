// Nodes that claim one VIP, with the reports that their probes would send: the ground on which causes are tested.
#ifndef TESTS_ARBITER_CORE_CAUSES_CLAIMANTS_H_
#define TESTS_ARBITER_CORE_CAUSES_CLAIMANTS_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "arbiter/core/cause.h"
#include "arbiter/core/vocabulary.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

IpAddress Ip(const std::string& text);

inline constexpr Instant kStart = Instant{} + std::chrono::hours(1);
// The second node got the VIP then.
inline constexpr Instant kSplit = kStart + std::chrono::seconds(100);
// What is named at confirmation is found then.
inline constexpr Instant kConfirmed = kSplit + std::chrono::milliseconds(260);

struct Claimant {
  std::string name;
  NodeReport report;
  VipReport vip;
  std::optional<Reach> reach;
  bool fresh = true;
  std::optional<Instant> listening_since;

  [[nodiscard]] InstanceConfig& config() { return report.instances.front(); }
  // Changes what is configured and what is sent alike.
  void SetVrid(std::uint8_t vrid);
  void SetVersion(std::uint8_t version);
  void SetInterval(Duration interval);
  void SetList(const std::vector<std::string>& addresses);
  // The daemon sends nothing from now on.
  void FallSilent(DaemonState daemon);
};

// a (192.168.1.1, priority 100, active for long) and b (192.168.1.2, priority 90, active since kSplit), both with VIP
// 192.168.1.212 under VRID 66 and VRRPv2 on 192.168.1.0/24, in agreement about everything, gates open.
struct Claimants {
  Claimants();

  std::deque<Claimant> nodes;
  std::optional<Instant> now = kConfirmed;
  std::vector<CauseEvidence> previous;
  std::vector<IpAddress> more_cluster_addresses;
  std::vector<std::string> cluster_macs = {"02:00:00:00:00:0a", "02:00:00:00:00:0b"};

  [[nodiscard]] Claimant& a() { return nodes[0]; }
  [[nodiscard]] Claimant& b() { return nodes[1]; }
  // One more that agrees with them: c is 192.168.1.3, priority 80.
  Claimant& AddC();

  // Everybody who advertises is on everybody's wire and delivered, with what it sends.
  void LetAllHear();
  // What `listener` has of `speaker`; the test fails where there is nothing.
  HeardRouter& Heard(Claimant& listener, const Claimant& speaker);
  static void Forget(Claimant& listener, const Claimant& speaker);
  // The node's gate is shut, and by now its adverts are off everybody's wire.
  void ShutGateOf(Claimant& node);

  [[nodiscard]] std::vector<CauseEvidence> Find() const;
};

// For messages of failed tests.
void PrintTo(Cause cause, std::ostream* out);

std::vector<Cause> CausesOf(const std::vector<CauseEvidence>& found);

}  // namespace arbiter::core

#endif  // TESTS_ARBITER_CORE_CAUSES_CLAIMANTS_H_
