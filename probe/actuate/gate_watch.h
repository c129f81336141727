// Notices that somebody else changed our table: a firewall reload that flushes everything, a deleted element. Follows
// nf_tables notifications, never polls. Not thread-safe.
#ifndef PROBE_ACTUATE_GATE_WATCH_H_
#define PROBE_ACTUATE_GATE_WATCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "probe/netlink/netlink_socket.h"

namespace probe::actuate {

// What the notifications since the last Drain amount to.
struct GateNews {
  bool touched = false;  // by somebody else, or some were lost and we cannot tell: call Gate::Restore
  std::string what;      // "table deleted", "element deleted", "notifications lost"; the first of them
};

class GateWatch {
 public:
  // `own_change` makes any nftables change by the socket that the gate uses (Gate::Usable does); by it the watch learns
  // which changes are our own. Its error is returned.
  static absl::StatusOr<std::unique_ptr<GateWatch>> Open(const std::function<absl::Status()>& own_change);

  // Poll for reading.
  [[nodiscard]] int fd() const { return socket_.fd(); }

  absl::StatusOr<GateNews> Drain();

  // How often a Drain said touched.
  [[nodiscard]] std::uint64_t touches() const { return touches_; }

 private:
  explicit GateWatch(netlink::NetlinkSocket socket) : socket_(std::move(socket)) {}

  netlink::NetlinkSocket socket_;
  std::uint32_t own_port_ = 0;
  std::uint64_t touches_ = 0;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_WATCH_H_
