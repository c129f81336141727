// Answers to "do you hold it now, and whom do you reach".
#ifndef PROBE_DAEMON_AFFIRMATIONS_H_
#define PROBE_DAEMON_AFFIRMATIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "arbiter/v1/probe_service.pb.h"
#include "probe/daemon/node_state.h"
#include "probe/daemon/questions.h"
#include "probe/netlink/kernel_reader.h"

namespace probe::daemon {

// Asks reference hosts on each segment that the question concerns, and where it wants that who else answers for the
// VIPs there; lets the answer go as soon as all have spoken, or at the deadline. What the node holds is read when the
// answer goes. Not thread-safe.
class Affirmations {
 public:
  // Hosts that answer do so in a millisecond or two; the arbiter waits 150 ms in all.
  static constexpr std::chrono::milliseconds kReachWithin{100};
  // In a contest, who else answers for the VIPs: one that does is as quick, and where nobody does a gate waits for it.
  static constexpr std::chrono::milliseconds kOthersWithin{40};
  static constexpr std::size_t kMostAtOnce = 256;

  // The answer but for the VIPs' reports. `vips` is what was asked for, each once.
  using Send = std::function<void(arbiter::v1::Affirmation, const std::vector<arbiter::IpAddress>& vips)>;

  // References must outlive it.
  Affirmations(NodeState& node, netlink::KernelReader& kernel, Questions& questions, Send send);

  // `protocol` is what the arbiter understands.
  void Ask(const arbiter::v1::AffirmRequest& request, std::uint32_t protocol, Instant now);

  // Of VIPs that share their reference hosts: what these came to.
  struct Reached {
    arbiter::v1::Reach reach;
    std::vector<arbiter::IpAddress> vips;
  };
  // Writes who was reached for each VIP; for an arbiter that understands it, that of most of them once, as that of "".
  static void PutReach(const std::vector<Reached>& reached, const std::vector<arbiter::IpAddress>& vips,
                       std::uint32_t protocol, arbiter::v1::Affirmation* answer);

  // The stream is gone, and with it whoever asked.
  void Drop() { pending_.clear(); }

 private:
  struct Pending {
    arbiter::v1::Affirmation answer;
    std::vector<arbiter::IpAddress> vips;
    std::vector<Reached> reached;
    std::uint32_t protocol = 0;
    int awaited = 0;
  };
  // Counts the question among those that are awaited; `done` gets the pending answer, if that still matters.
  void AskOne(std::uint64_t key, const actuate::ReachQuestion& question, Instant now, std::chrono::nanoseconds within,
              std::function<void(Pending&, const actuate::ReachTally&)> done);
  // Does another host answer for the VIPs?
  void AskSegment(std::uint64_t key, Instant now, std::chrono::nanoseconds within);
  void AskOthers(std::uint64_t key, const actuate::ReachQuestion& question, Instant now,
                 std::chrono::nanoseconds within);
  // VIPs of one segment and family share their reference hosts.
  struct Group {
    actuate::ReachQuestion question;
    std::vector<arbiter::IpAddress> vips;
  };

  // The same of a few VIPs of the group: whoever serves them serves all.
  void AskInContest(std::uint64_t key, Group group, Instant now, std::chrono::nanoseconds within);
  [[nodiscard]] std::vector<Group> GroupBySegment(const Pending& pending, const arbiter::v1::AffirmRequest& request,
                                                  Instant now) const;
  void Finish(std::uint64_t key);

  NodeState& node_;
  netlink::KernelReader& kernel_;
  Questions& questions_;
  const Send send_;
  std::map<std::uint64_t, Pending> pending_;  // by a number of our own: a nonce is the arbiter's affair
  std::uint64_t next_key_ = 0;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_AFFIRMATIONS_H_
