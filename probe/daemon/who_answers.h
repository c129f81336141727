// Asks on the segment whether anybody else answers for the VIPs that this node holds: by an ARP probe (RFC 5227) or a
// neighbour solicitation, each VIP once a second, ten questions a second at most. What is answered the taps hear.
#ifndef PROBE_DAEMON_WHO_ANSWERS_H_
#define PROBE_DAEMON_WHO_ANSWERS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "probe/actuate/frames.h"
#include "probe/daemon/node_state.h"
#include "probe/hold/vip_state.h"
#include "probe/observe/claim_tracker.h"
#include "probe/observe/turns.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// Not thread-safe. A question leaves no trace in the caches of others, and makes nobody give an address up that it has.
//
// One answer is a doubt: who handed the VIP over a moment ago may have sent it. It is followed by a second question,
// and by one for an address that nobody can have: who answers that one as well answers for everything (proxy ARP, a
// cloud).
class WhoAnswers {
 public:
  using Send = std::function<absl::Status(int link, const actuate::Frame& frame)>;

  // References must outlive it. Off: it never asks.
  WhoAnswers(NodeState& node, bool on, Send send) : node_(node), on_(on), send_(std::move(send)) {}
  WhoAnswers(const WhoAnswers&) = delete;
  WhoAnswers& operator=(const WhoAnswers&) = delete;

  // Only a holder asks: one behind a shut gate is not answered for, and whoever answers then is the survivor.
  [[nodiscard]] static bool IsAskedAbout(const hold::VipState& state);

  void Want(const arbiter::IpAddress& vip, bool wanted);
  // What is asked about: for these this node answers.
  [[nodiscard]] const std::set<arbiter::IpAddress>& wanted() const { return wanted_; }
  // Call once a second.
  void AskNext();
  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  void FollowPlaces();
  // False where this second's questions are used up.
  bool AskAgain(const observe::AddressHeard& doubt);
  void AskAbout(const arbiter::IpAddress& address, const NodeState::AskingPlace& place);

  NodeState& node_;
  const bool on_;
  const Send send_;
  std::set<arbiter::IpAddress> wanted_;
  observe::Turns turns_;
  std::set<observe::AddressHeard> doubts_;
  std::optional<Instant> ask_again_at_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_WHO_ANSWERS_H_
