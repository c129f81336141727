// Whom to ask on a segment, and what the answers amount to. Pure.
#ifndef PROBE_ACTUATE_REACH_H_
#define PROBE_ACTUATE_REACH_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "probe/netlink/link.h"
#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::actuate {

inline constexpr std::size_t kMaxReferences = 3;  // a few frames, in a contest only

// From where reference hosts may be taken, best first. All of the VIP's family.
struct ReferenceSources {
  std::vector<arbiter::IpAddress> configured;
  std::optional<arbiter::IpAddress> gateway;    // the default gateway by the VIP's link
  std::vector<arbiter::IpAddress> heard;        // hosts lately heard on the segment, the latest first
  std::vector<netlink::Address> own_addresses;  // of this node on the link: they say what the segment's subnets are
  std::set<arbiter::IpAddress> cluster;         // addresses of the cluster's nodes, VIPs included: never asked
};

// The reference hosts to ask: those configured (all of them); else the gateway if it is on the segment; else up to
// kMaxReferences of those heard. Empty: cannot tell. Nobody of the cluster and none of our own addresses is among them.
std::vector<arbiter::IpAddress> ChooseReferences(const ReferenceSources& sources);

// From which address to ask for `target`: one of ours on the link, of its family, not a VIP; for IPv6 a link-local one
// where there is any, for IPv4 one in the target's subnet where there is any. Nothing: ask as nobody (0.0.0.0 or ::).
std::optional<arbiter::IpAddress> ChooseSource(absl::Span<const netlink::Address> own_addresses,
                                               const std::set<arbiter::IpAddress>& vips,
                                               const arbiter::IpAddress& target);

// "Reaches n of m." Counts each host once.
class ReachTally {
 public:
  struct Answer {
    arbiter::IpAddress ip;
    arbiter::MacAddress mac;
    std::chrono::nanoseconds after{};  // since the question
  };

  ReachTally() = default;
  ReachTally(absl::Span<const arbiter::IpAddress> targets, netlink::Instant asked_at);

  // Notes that `ip` spoke from `mac` at `now`; false if it was not asked or had answered already.
  bool Hear(const arbiter::IpAddress& ip, const arbiter::MacAddress& mac, netlink::Instant now);

  [[nodiscard]] netlink::Instant asked_at() const { return asked_at_; }
  [[nodiscard]] std::size_t asked() const { return targets_.size(); }
  [[nodiscard]] std::size_t answered() const { return answers_.size(); }
  [[nodiscard]] bool complete() const { return answers_.size() == targets_.size(); }
  [[nodiscard]] std::vector<Answer> answers() const;
  [[nodiscard]] std::vector<arbiter::IpAddress> silent() const;

 private:
  std::set<arbiter::IpAddress> targets_;
  std::map<arbiter::IpAddress, Answer> answers_;
  netlink::Instant asked_at_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_REACH_H_
