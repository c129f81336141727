// A packet(7) socket: frames out of any link, and frames in through a filter that is shut until it is asked for.
#ifndef PROBE_ACTUATE_PACKET_SOCKET_H_
#define PROBE_ACTUATE_PACKET_SOCKET_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/actuate/frames.h"
#include "probe/netlink/unique_fd.h"

struct sock_filter;

namespace probe::actuate {

// Non-blocking, not thread-safe. Never closed and opened again for a question: the kernel makes closing a bound packet
// socket wait for tens of milliseconds.
class PacketSocket {
 public:
  // A socket that only sends. PermissionDenied without CAP_NET_RAW.
  static absl::StatusOr<PacketSocket> Open();

  // Receives frames of one EtherType from every link, once SetFilter lets any in. Such a socket sits behind the gate's
  // ingress hook (one for all EtherTypes would sit before it), and unrelated traffic never runs its filter.
  absl::Status Listen(std::uint16_t ether_type);

  // Replaces the filter; an empty one lets nothing in.
  absl::Status SetFilter(absl::Span<const sock_filter> program);

  // Sends one frame out of the link. ResourceExhausted (ENOBUFS) also is what a shut gate answers.
  absl::Status Send(int link, const Frame& frame);

  struct Received {
    int link = 0;
    absl::Span<const std::uint8_t> bytes;  // in the caller's buffer
  };
  // The next frame, or nothing when none is queued.
  absl::StatusOr<std::optional<Received>> Receive(absl::Span<std::uint8_t> buffer);

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit PacketSocket(netlink::UniqueFd fd) : fd_(std::move(fd)) {}
  netlink::UniqueFd fd_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_PACKET_SOCKET_H_
