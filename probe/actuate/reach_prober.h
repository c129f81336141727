// Asks hosts on a segment whether they are there, by ARP request or neighbour solicitation: reference hosts, or the VIP
// itself ("does anybody else answer for it?"). Works while the VIP's gate is shut, because it never speaks as the VIP.
#ifndef PROBE_ACTUATE_REACH_PROBER_H_
#define PROBE_ACTUATE_REACH_PROBER_H_

#include <cstddef>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/actuate/packet_socket.h"
#include "probe/actuate/reach.h"
#include "probe/netlink/link.h"
#include "probe/netlink/unique_fd.h"

namespace probe::actuate {

// One question on one segment.
struct ReachQuestion {
  int link = 0;                                 // under use_vmac the parent
  arbiter::MacAddress mac;                      // that link's own
  std::vector<netlink::Address> own_addresses;  // on that link
  std::set<arbiter::IpAddress> vips;            // never to be spoken for
  std::vector<arbiter::IpAddress> targets;      // at most kMaxTargets
};

// One question at a time. Never waits; the deadline is the caller's. Not thread-safe.
class ReachProber {
 public:
  static constexpr std::size_t kMaxTargets = 16;

  // PermissionDenied without CAP_NET_RAW.
  static absl::StatusOr<ReachProber> Open();

  // Sends the question; what was asked before is forgotten. InvalidArgument for no or too many targets.
  absl::Status Start(const ReachQuestion& question, netlink::Instant now);

  // Sends it again to those who have not answered, against a lost frame.
  absl::Status AskAgain();

  // Poll for reading while a question is out.
  [[nodiscard]] int fd() const { return poll_.get(); }

  // Takes the answers that came; returns the new ones.
  absl::StatusOr<std::vector<ReachTally::Answer>> Drain(netlink::Instant now);

  // Stops listening; the tally stays. Call at the deadline, or when the tally is complete.
  void Finish();

  [[nodiscard]] const ReachTally& tally() const { return tally_; }

 private:
  ReachProber(PacketSocket arp, PacketSocket discovery, netlink::UniqueFd poll);
  absl::Status Ask(const arbiter::IpAddress& target);
  [[nodiscard]] arbiter::IpAddress SourceFor(const arbiter::IpAddress& target) const;
  absl::Status DrainSocket(PacketSocket& socket, netlink::Instant now, std::vector<ReachTally::Answer>& answers);

  PacketSocket arp_;
  PacketSocket discovery_;
  netlink::UniqueFd poll_;  // an epoll of the two
  ReachQuestion question_;
  ReachTally tally_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_REACH_PROBER_H_
