// Tells the segment where a VIP is now. Without it clients stay with the demoted node until their neighbour entry ends.
#ifndef PROBE_ACTUATE_ANNOUNCER_H_
#define PROBE_ACTUATE_ANNOUNCER_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/frames.h"
#include "probe/actuate/packet_socket.h"
#include "probe/netlink/link.h"

namespace probe::actuate {

// When to announce, counted from the moment in which the loser let go. The caller owns the timers.
inline constexpr std::array<std::chrono::milliseconds, 4> kAnnouncementSchedule = {
    std::chrono::milliseconds(0), std::chrono::milliseconds(100), std::chrono::milliseconds(1000),
    std::chrono::milliseconds(5000)};

// What to say, and where. Under use_vmac `link` is the macvlan, whose MAC is the virtual one; with vmac_xmit_base,
// where the address is on the parent, `link` is the parent and `mac` the virtual one.
struct Announcement {
  arbiter::IpAddress vip;
  arbiter::MacAddress mac;
  int link = 0;
  bool router = false;  // IPv6: the link forwards (net.ipv6.conf.<link>.forwarding)
};

// The announcement for a VIP as it is configured; reads the link's forwarding switch. InvalidArgument where the link
// has no Ethernet address.
absl::StatusOr<Announcement> MakeAnnouncement(const netlink::AddressOnLink& place);

class Announcer {
 public:
  static absl::StatusOr<Announcer> Open();

  // Sends one: for IPv4 gratuitous ARP as request and as reply, for IPv6 an unsolicited neighbour advertisement.
  // Never waits. ResourceExhausted if the gate for the VIP is shut.
  absl::Status Announce(const Announcement& announcement);

 private:
  explicit Announcer(PacketSocket socket) : socket_(std::move(socket)) {}
  PacketSocket socket_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_ANNOUNCER_H_
