// Follows links and addresses by netlink notifications, never by polling. After an overrun it reads everything anew and
// counts it. Not thread-safe. Stays in the network namespace of the thread that opened it.
#ifndef PROBE_NETLINK_ADDRESS_WATCH_H_
#define PROBE_NETLINK_ADDRESS_WATCH_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/netlink/address_table.h"
#include "probe/netlink/netlink_socket.h"

namespace probe::netlink {

class AddressWatch {
 public:
  // Subscribes, then reads the whole table; the state after Open is in table(). `receive_buffer` is in bytes.
  static absl::StatusOr<std::unique_ptr<AddressWatch>> Open(Instant now, int receive_buffer = 1 << 20);

  // Poll for reading.
  [[nodiscard]] int fd() const { return notifications_.fd(); }

  // Takes everything queued and returns what changed, in the kernel's order. After an overrun the differences found by
  // reading anew, then Resynced. An error means that the table may be stale; call again.
  absl::StatusOr<std::vector<Change>> Drain(Instant now);

  [[nodiscard]] const AddressTable& table() const { return table_; }
  [[nodiscard]] std::uint64_t overruns() const { return overruns_; }

 private:
  AddressWatch(NetlinkSocket notifications, NetlinkSocket requests);
  absl::StatusOr<std::vector<Change>> ReadAll(Instant now);

  NetlinkSocket notifications_;
  NetlinkSocket requests_;
  AddressTable table_;
  std::uint64_t overruns_ = 0;
  bool stale_ = false;  // an overrun whose reading anew has not succeeded yet
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_ADDRESS_WATCH_H_
