#include "probe/capture/raw_tap.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/capture/raw_socket.h"

namespace probe::capture {
namespace {

using arbiter::IpAddress;
using vrrp::Direction;

constexpr std::size_t kBufferBytes = 65'536;

// What a received message brings with it besides its bytes.
struct Ancillary {
  absl::Time time = absl::InfinitePast();
  std::uint32_t dropped = 0;
  IpAddress destination;
  std::uint8_t hop_limit = 0;
};

template <typename T>
T ValueOf(const cmsghdr& header) {
  T value{};
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

void ReadOne(const cmsghdr& header, Ancillary& ancillary) {
  const auto is = [&header](int level, int type) { return header.cmsg_level == level && header.cmsg_type == type; };
  if (is(SOL_SOCKET, SO_TIMESTAMPNS)) {
    ancillary.time = absl::TimeFromTimespec(ValueOf<timespec>(header));
  } else if (is(SOL_SOCKET, SO_RXQ_OVFL)) {
    ancillary.dropped = ValueOf<std::uint32_t>(header);
  } else if (is(IPPROTO_IPV6, IPV6_PKTINFO)) {
    ancillary.destination = IpAddress::FromV6(ValueOf<in6_pktinfo>(header).ipi6_addr);
  } else if (is(IPPROTO_IPV6, IPV6_HOPLIMIT)) {
    ancillary.hop_limit = static_cast<std::uint8_t>(ValueOf<int>(header));
  }
}

Ancillary ReadAncillary(msghdr& message) {
  Ancillary ancillary;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    ReadOne(*header, ancillary);
  }
  return ancillary;
}

vrrp::Glance Glance(bool v6, vrrp::Bytes bytes, const sockaddr_in6& sender) {
  if (!v6) return vrrp::GlanceAtFrame(bytes, vrrp::LinkType::kRawIp);
  return vrrp::GlanceAtIpv6Payload(bytes, {IpAddress::FromV6(sender.sin6_addr), {}, 0});
}

vrrp::ParseResult Parse(bool v6, vrrp::Bytes bytes, const sockaddr_in6& sender, const Ancillary& ancillary) {
  if (!v6) return vrrp::ParseFrame(bytes, bytes.size(), vrrp::LinkType::kRawIp);
  return vrrp::ParseIpv6Payload(bytes,
                                {IpAddress::FromV6(sender.sin6_addr), ancillary.destination, ancillary.hop_limit});
}

// Errors that say something about one packet or moment, not about the socket.
bool IsPassing(int error) {
  return error == EINTR || error == ENETDOWN || error == ENETUNREACH || error == EHOSTUNREACH ||
         error == ECONNREFUSED || error == EPROTO || error == ENOPROTOOPT;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RawTap>> RawTap::Open(const std::string& interface) {
  std::unique_ptr<RawTap> tap(new RawTap(interface));
  tap->buffer_.resize(kBufferBytes);
  tap->poll_fd_ = netlink::UniqueFd(epoll_create1(EPOLL_CLOEXEC));
  if (!tap->poll_fd_.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("raw tap on ", interface, ": epoll"));
  if (absl::Status added = tap->Add(OpenIpv4Socket(interface), false); !added.ok()) return added;
  if (absl::Status added = tap->Add(OpenAuthenticationHeaderSocket(interface), false); !added.ok()) return added;
  tap->hears_ipv6_ = tap->Add(OpenIpv6Socket(interface), true).ok();
  return tap;
}

absl::StatusOr<std::unique_ptr<RawTap>> RawTap::OpenOnMacvlan(const std::string& interface, std::uint8_t vrid) {
  std::unique_ptr<RawTap> tap(new RawTap(interface));
  tap->buffer_.resize(kBufferBytes);
  tap->poll_fd_ = netlink::UniqueFd(epoll_create1(EPOLL_CLOEXEC));
  if (!tap->poll_fd_.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("raw tap on ", interface, ": epoll"));
  const auto only = [&](absl::StatusOr<netlink::UniqueFd> socket, bool v6) {
    const absl::Status filtered = socket.ok() ? PassOnlyVrid(*socket, vrid, v6, interface) : socket.status();
    return filtered.ok() ? tap->Add(std::move(socket), v6) : filtered;
  };
  if (absl::Status added = only(OpenSilentIpv4Socket(interface), false); !added.ok()) return added;
  tap->hears_ipv6_ = only(OpenSilentIpv6Socket(interface), true).ok();
  return tap;
}

absl::Status RawTap::Add(absl::StatusOr<netlink::UniqueFd> socket, bool v6) {
  if (!socket.ok()) return socket.status();
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(poll_fd_.get(), EPOLL_CTL_ADD, socket->get(), &event) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("raw tap on ", interface_, ": watch the descriptor"));
  }
  ears_.push_back({*std::move(socket), v6});
  return absl::OkStatus();
}

absl::Status RawTap::Drain(PacketSink sink) {
  const std::uint64_t before = passed_over();
  std::size_t taken = 0;
  for (Ear& ear : ears_) {
    for (bool more = true; more; ++taken) {
      const std::size_t cheap = std::min<std::size_t>(passed_over() - before, kMaxPassedOverPerDrain);
      if (taken >= kMaxPerDrain + cheap) return absl::OkStatus();
      absl::StatusOr<bool> handed = HandOverNext(ear, sink);
      if (!handed.ok()) return handed.status();
      more = *handed;
    }
  }
  return absl::OkStatus();
}

// False when nothing is queued.
absl::StatusOr<bool> RawTap::HandOverNext(Ear& ear, PacketSink sink) {
  alignas(cmsghdr) std::array<char, 256> control;
  sockaddr_in6 sender{};
  iovec piece = {buffer_.data(), buffer_.size()};
  msghdr message{};
  message.msg_name = &sender;
  message.msg_namelen = sizeof sender;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t received = recvmsg(ear.socket.get(), &message, 0);
  if (received < 0) {
    if (errno == EAGAIN) return false;
    if (IsPassing(errno)) return true;
    return absl::ErrnoToStatus(errno, absl::StrCat("raw tap on ", interface_, ": receive"));
  }
  const Ancillary ancillary = ReadAncillary(message);
  if (ancillary.dropped > 0) ear.dropped = ancillary.dropped;
  const vrrp::Bytes bytes(buffer_.data(), static_cast<std::size_t>(received));
  if (Passes(Direction::kReceived, [&] { return Glance(ear.v6, bytes, sender); })) {
    sink(Packet{ancillary.time, Direction::kReceived, Parse(ear.v6, bytes, sender, ancillary)});
  }
  return true;
}

std::uint64_t RawTap::dropped() const {
  std::uint64_t sum = 0;
  for (const Ear& ear : ears_) sum += ear.dropped;
  return sum;
}

}  // namespace probe::capture
