// What the host's own packet filter lets through: adverts as the VRRP daemon's socket would get them.
#ifndef PROBE_CAPTURE_RAW_TAP_H_
#define PROBE_CAPTURE_RAW_TAP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/capture/packet_source.h"
#include "probe/netlink/unique_fd.h"

namespace probe::capture {

// Raw sockets (raw(7), ipv6(7)) bound to one interface and joined to 224.0.0.18 and ff02::12 there: protocol 112 over
// IPv4 and IPv6, and adverts behind an IPv4 authentication header. An advert that a Tap sees and this does not was
// dropped on this host. Adverts that this host sends are not seen, unless their sender loops multicast back.
class RawTap final : public PacketSource {
 public:
  // PermissionDenied without CAP_NET_RAW, NotFound when there is no such interface. A host or interface without IPv6 is
  // no error: see hears_ipv6().
  static absl::StatusOr<std::unique_ptr<RawTap>> Open(const std::string& interface);

  // On the macvlan of a virtual router (keepalived's use_vmac), whose adverts alone are of interest there: the kernel
  // gives multicast frames from the macvlan's own MAC to nobody but the macvlan. It joins no group, which would make
  // this host's macvlan heard on the network: it hears what the daemon's socket there is delivered.
  static absl::StatusOr<std::unique_ptr<RawTap>> OpenOnMacvlan(const std::string& interface, std::uint8_t vrid);

  [[nodiscard]] int fd() const override { return poll_fd_.get(); }
  // An interface that goes away cannot be noticed here: the tap falls silent. Whoever follows the interfaces closes it.
  absl::Status Drain(PacketSink sink) override;

  // False when the host or the interface knows no IPv6 (one that is merely disabled does): open it anew when it gets
  // some.
  [[nodiscard]] bool hears_ipv6() const { return hears_ipv6_; }
  // Packets that the sockets had no room for, as far as the packets that came after them have told.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  struct Ear {
    netlink::UniqueFd socket;
    bool v6 = false;
    std::uint32_t dropped = 0;
  };

  explicit RawTap(std::string interface) : interface_(std::move(interface)) {}
  absl::Status Add(absl::StatusOr<netlink::UniqueFd> socket, bool v6);
  absl::StatusOr<bool> HandOverNext(Ear& ear, PacketSink sink);

  std::string interface_;
  netlink::UniqueFd poll_fd_;
  std::vector<Ear> ears_;
  std::vector<std::uint8_t> buffer_;
  bool hears_ipv6_ = false;
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_RAW_TAP_H_
