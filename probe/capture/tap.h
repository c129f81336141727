// What passes on one interface, seen before the host's packet filter: adverts and, if wanted, who claims which address.
#ifndef PROBE_CAPTURE_TAP_H_
#define PROBE_CAPTURE_TAP_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/capture/packet_source.h"
#include "probe/capture/pcap_handle.h"
#include "probe/netlink/unique_fd.h"

namespace probe::capture {

struct TapOptions {
  // ARP and neighbour discovery, too.
  bool claims = true;
  // Also frames that the network card would not pass on: unicast adverts between other hosts. Costs the kernel all
  // traffic.
  bool promiscuous = false;
};

// Since the tap was opened.
struct TapLoss {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;  // the kernel's buffer was full: what was not seen may still have passed
};

// A live capture in libpcap's immediate mode. The kernel filters by protocol and by direction, so that other traffic
// wakes nobody, and each packet's direction is the kernel's own word (PACKET_OUTGOING): addresses cannot tell, for
// under use_vmac every router sends from the same MAC. That takes two handles, one for each direction.
class Tap final : public PacketSource {
 public:
  // PermissionDenied without CAP_NET_RAW, NotFound when there is no such interface, Unavailable when it is down,
  // InvalidArgument when its frames are not understood.
  static absl::StatusOr<std::unique_ptr<Tap>> Open(const std::string& interface, const TapOptions& options);

  [[nodiscard]] int fd() const override { return poll_fd_.get(); }
  // Fails with NotFound when the interface is gone. One that is taken down and up again goes on.
  absl::Status Drain(PacketSink sink) override;
  [[nodiscard]] TapLoss Loss() const;

 private:
  // One direction; `next` is a packet already read, which stays valid until the handle is read again.
  struct Lane {
    PcapHandle handle;
    vrrp::Direction direction = vrrp::Direction::kUnknown;
    vrrp::LinkType link_type = vrrp::LinkType::kEthernet;
    const pcap_pkthdr* header = nullptr;
    bool drained = false;  // nothing was there when this turn looked
    const u_char* bytes = nullptr;
    pcap_stat before{};  // counted before there was a filter
  };

  explicit Tap(std::string interface) : interface_(std::move(interface)) {}
  absl::StatusOr<Lane> OpenLane(vrrp::Direction direction, const TapOptions& options) const;
  absl::Status Poll(const Lane& lane);
  absl::Status Fill(Lane& lane) const;
  // Hands over the oldest of the packets already read, or passes it over; false when there is none.
  bool TakeOldest(PacketSink sink);

  std::string interface_;
  netlink::UniqueFd poll_fd_;
  std::array<Lane, 2> lanes_;
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_TAP_H_
