// Where packets come from, live: a descriptor to poll and a way to take what has come.
#ifndef PROBE_CAPTURE_PACKET_SOURCE_H_
#define PROBE_CAPTURE_PACKET_SOURCE_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "probe/vrrp/origin.h"
#include "probe/vrrp/parse.h"

namespace probe::capture {

// One packet, parsed.
struct Packet {
  // When the kernel saw it, for people to read; decisions take the time at which the packet is handled.
  absl::Time time;
  vrrp::Direction direction = vrrp::Direction::kUnknown;
  vrrp::ParseResult content;
};

using PacketSink = absl::FunctionRef<void(const Packet&)>;

// Not thread-safe.
class PacketSource {
 public:
  // Drain returns after about so many packets even when there are more, so that a flood cannot keep the loop from its
  // other work.
  static constexpr std::size_t kMaxPerDrain = 64;

  PacketSource() = default;
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;
  virtual ~PacketSource() = default;

  // For poll and epoll, level-triggered: readable while there is something to drain. Lives as long as this object.
  [[nodiscard]] virtual int fd() const = 0;

  // Hands over what has come, oldest first; never blocks. An error is final: the source is to be closed.
  virtual absl::Status Drain(PacketSink sink) = 0;
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_PACKET_SOURCE_H_
