#include "probe/capture/tap.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace probe::capture {
namespace {

using vrrp::Direction;

// All of an advert with 255 IPv4 addresses behind two tags and an authentication header, and all that an Ethernet frame
// has room for. libpcap puts two of these on a page, and of longer ones one.
constexpr int kSnapLength = 1900;
// Room for about 500 packets a lane between two turns of the loop.
constexpr int kBufferBytes = 1024 * 1024;

constexpr char kAdverts[] =
    "ip proto 112 or (ip proto 51 and ip[(ip[0] & 15) << 2] = 112)"
    " or (ip6 and (ip6[6] = 112 or (ip6[6] = 51 and ip6[40] = 112)))";
constexpr char kClaims[] = " or arp or (ip6 and ip6[6] = 58 and (ip6[40] = 135 or ip6[40] = 136))";

// HSRP, to its groups only, so that other UDP wakes nobody.
constexpr char kHsrp[] =
    " or (ip proto 17 and (ip dst 224.0.0.2 or ip dst 224.0.0.102) and udp dst port 1985)"
    " or (ip6 and ip6[6] = 17 and ip6 dst ff02::66)";

// In pcap-filter(7) each `vlan` shifts what comes after it by one tag, so the same words are said three times: for no
// tag, one and two. The kernel may have taken the outermost tag off the frame; libpcap's code for `vlan` looks there,
// too.
std::string Filter(Direction direction, const TapOptions& options) {
  const std::string ours = absl::StrCat("(", kAdverts, options.claims ? kClaims : "", kHsrp, ")");
  return absl::StrCat(direction == Direction::kSent ? "outbound" : "inbound", " and (", ours, " or (vlan and (", ours,
                      " or (vlan and ", ours, "))))");
}

absl::Status OpenError(int code, const std::string& interface, pcap_t* handle) {
  const std::string act = absl::StrCat("capture on ", interface, ": ");
  switch (code) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return absl::NotFoundError(absl::StrCat(act, "no such interface (`ip link` lists them)"));
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return absl::PermissionDeniedError(absl::StrCat(act, "not permitted; run as root or grant CAP_NET_RAW"));
    case PCAP_ERROR_IFACE_NOT_UP:
      return absl::UnavailableError(absl::StrCat(act, "the interface is down"));
    default:  // an open set of texts
      return absl::UnavailableError(absl::StrCat(act, pcap_geterr(handle)));
  }
}

// Lets the card pass the groups of VRRP and HSRP although no socket of this process may have joined them on this
// interface.
void AcceptGroups(int socket, int interface_index) {
  constexpr std::array<std::array<unsigned char, ETH_ALEN>, 5> kGroups = {{{0x01, 0x00, 0x5e, 0x00, 0x00, 0x12},
                                                                           {0x33, 0x33, 0x00, 0x00, 0x00, 0x12},
                                                                           {0x01, 0x00, 0x5e, 0x00, 0x00, 0x02},
                                                                           {0x01, 0x00, 0x5e, 0x00, 0x00, 0x66},
                                                                           {0x33, 0x33, 0x00, 0x00, 0x00, 0x66}}};
  for (const auto& group : kGroups) {
    packet_mreq request{};
    request.mr_ifindex = interface_index;
    request.mr_type = PACKET_MR_MULTICAST;
    request.mr_alen = ETH_ALEN;
    std::copy(group.begin(), group.end(), std::begin(request.mr_address));
    // A device without multicast refuses; then there is nothing to miss.
    static_cast<void>(setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request));
  }
}

// Gives the filter to the socket itself. pcap_setfilter(3) would judge the first packet outside the kernel, where the
// direction is not known, and drop it.
absl::Status AttachFilter(pcap_t* handle, const std::string& interface, const std::string& filter) {
  bpf_program program{};
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return absl::InternalError(absl::StrCat("compile the capture filter for ", interface, ": ", pcap_geterr(handle)));
  }
  static_assert(sizeof(bpf_insn) == sizeof(sock_filter));
  std::vector<sock_filter> code(program.bf_len);
  std::memcpy(code.data(), program.bf_insns, code.size() * sizeof(sock_filter));
  pcap_freecode(&program);
  const sock_fprog attached = {static_cast<unsigned short>(code.size()), code.data()};
  const int socket = pcap_get_selectable_fd(handle);
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof attached) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("set the capture filter on ", interface));
}

// Forgets what came in before there was a filter.
void DiscardAll(pcap_t* handle) {
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(handle, &header, &bytes) == 1) {
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tap>> Tap::Open(const std::string& interface, const TapOptions& options) {
  std::unique_ptr<Tap> tap(new Tap(interface));
  tap->poll_fd_ = netlink::UniqueFd(epoll_create1(EPOLL_CLOEXEC));
  if (!tap->poll_fd_.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("capture on ", interface, ": epoll"));
  constexpr std::array kDirections = {Direction::kReceived, Direction::kSent};
  for (std::size_t i = 0; i < kDirections.size(); ++i) {
    absl::StatusOr<Lane> lane = tap->OpenLane(kDirections[i], options);
    if (!lane.ok()) return lane.status();
    tap->lanes_[i] = *std::move(lane);
    if (absl::Status polled = tap->Poll(tap->lanes_[i]); !polled.ok()) return polled;
  }
  return tap;
}

absl::StatusOr<Tap::Lane> Tap::OpenLane(Direction direction, const TapOptions& options) const {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Lane lane;
  lane.direction = direction;
  lane.handle.reset(pcap_create(interface_.c_str(), error.data()));
  pcap_t* const handle = lane.handle.get();
  if (handle == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("capture on ", interface_, ": ", error.data()));
  }
  pcap_set_snaplen(handle, kSnapLength);
  pcap_set_immediate_mode(handle, 1);
  pcap_set_promisc(handle, options.promiscuous && direction == Direction::kReceived ? 1 : 0);
  pcap_set_buffer_size(handle, kBufferBytes);
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  const int activated = pcap_activate(handle);  // positive values are warnings
  if (activated < 0) return OpenError(activated, interface_, handle);
  const std::optional<vrrp::LinkType> link_type = LinkTypeOf(pcap_datalink(handle));
  if (!link_type) {
    return absl::InvalidArgumentError(absl::StrCat("capture on ", interface_, ": no Ethernet-like interface"));
  }
  lane.link_type = *link_type;
  if (pcap_setnonblock(handle, 1, error.data()) != 0) {
    return absl::InternalError(absl::StrCat("capture on ", interface_, ": ", error.data()));
  }
  AcceptGroups(pcap_get_selectable_fd(handle), static_cast<int>(if_nametoindex(interface_.c_str())));
  absl::Status filtered = AttachFilter(handle, interface_, Filter(direction, options));
  if (!filtered.ok()) return filtered;
  DiscardAll(handle);
  pcap_stats(handle, &lane.before);
  return lane;
}

absl::Status Tap::Poll(const Lane& lane) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(poll_fd_.get(), EPOLL_CTL_ADD, pcap_get_selectable_fd(lane.handle.get()), &event) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, absl::StrCat("capture on ", interface_, ": watch the descriptor"));
}

// Reads a packet into an empty lane if there is one.
absl::Status Tap::Fill(Lane& lane) const {
  if (lane.header != nullptr || lane.drained) return absl::OkStatus();
  pcap_pkthdr* header = nullptr;
  const int read = pcap_next_ex(lane.handle.get(), &header, &lane.bytes);
  if (read == 1) lane.header = header;
  lane.drained = read == 0;
  if (read >= 0) return absl::OkStatus();
  const std::string act = absl::StrCat("capture on ", interface_, ": ");
  if (if_nametoindex(interface_.c_str()) == 0) return absl::NotFoundError(absl::StrCat(act, "the interface is gone"));
  return absl::UnavailableError(absl::StrCat(act, pcap_geterr(lane.handle.get())));
}

bool Tap::TakeOldest(PacketSink sink) {
  Lane* oldest = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.header == nullptr) continue;
    if (oldest == nullptr || TimeOf(*lane.header) < TimeOf(*oldest->header)) oldest = &lane;
  }
  if (oldest == nullptr) return false;
  const pcap_pkthdr& header = *oldest->header;
  const vrrp::Bytes bytes(oldest->bytes, header.caplen);
  const auto glance = [&] { return vrrp::GlanceAtFrame(bytes, oldest->link_type); };
  if (Passes(oldest->direction, glance)) {
    sink(Packet{TimeOf(header), oldest->direction, ParseFrame(bytes, header.len, oldest->link_type)});
  }
  oldest->header = nullptr;
  return true;
}

absl::Status Tap::Drain(PacketSink sink) {
  for (Lane& lane : lanes_) lane.drained = false;
  const std::uint64_t before = passed_over();
  for (std::size_t count = 0;
       count < kMaxPerDrain + std::min<std::size_t>(passed_over() - before, kMaxPassedOverPerDrain); ++count) {
    for (Lane& lane : lanes_) {
      if (absl::Status filled = Fill(lane); !filled.ok()) return filled;
    }
    if (!TakeOldest(sink)) return absl::OkStatus();
  }
  // A packet read ahead no longer makes the descriptor readable, so none may stay behind.
  while (TakeOldest(sink)) {
  }
  return absl::OkStatus();
}

TapLoss Tap::Loss() const {
  TapLoss loss;
  for (const Lane& lane : lanes_) {
    pcap_stat stat{};
    if (pcap_stats(lane.handle.get(), &stat) != 0) continue;
    loss.received += stat.ps_recv - lane.before.ps_recv;
    loss.dropped += stat.ps_drop - lane.before.ps_drop;
  }
  return loss;
}

}  // namespace probe::capture
