#include "probe/actuate/packet_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace probe::actuate {

absl::StatusOr<PacketSocket> PacketSocket::Open() {
  netlink::UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, "open packet socket");
  return PacketSocket(std::move(fd));
}

absl::Status PacketSocket::Listen(std::uint16_t ether_type) {
  if (absl::Status status = SetFilter({}); !status.ok()) return status;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ether_type);
  if (bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("bind packet socket to EtherType ", absl::Hex(ether_type)));
  }
  return absl::OkStatus();
}

absl::Status PacketSocket::SetFilter(absl::Span<const sock_filter> program) {
  std::vector<sock_filter> instructions(program.begin(), program.end());
  if (instructions.empty()) instructions.push_back({BPF_RET | BPF_K, 0, 0, 0});
  const sock_fprog filter{static_cast<unsigned short>(instructions.size()), instructions.data()};
  if (setsockopt(fd_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
    return absl::ErrnoToStatus(errno, "attach filter to packet socket");
  }
  return absl::OkStatus();
}

absl::Status PacketSocket::Send(int link, const Frame& frame) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = link;
  if (sendto(fd_.get(), frame.data(), frame.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&address),
             sizeof address) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("send frame out of link ", link));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<PacketSocket::Received>> PacketSocket::Receive(absl::Span<std::uint8_t> buffer) {
  sockaddr_ll from{};
  socklen_t from_length = sizeof from;
  while (true) {
    const ssize_t length = recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&from), &from_length);
    if (length >= 0) return Received{from.sll_ifindex, buffer.first(static_cast<std::size_t>(length))};
    if (errno == EAGAIN) return std::nullopt;
    // ENETDOWN: a link went down; the socket goes on for the others.
    if (errno != EINTR && errno != ENETDOWN) return absl::ErrnoToStatus(errno, "read packet socket");
  }
}

}  // namespace probe::actuate
