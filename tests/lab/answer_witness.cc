#include "tests/lab/answer_witness.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <functional>

#include "tests/lab/check.h"
#include "tests/lab/neighbour_question.h"

namespace lab {
namespace {

// Bound to no port: the address of each frame says through which it came.
UniqueFd OpenPortsSocket() {
  UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  const int on = 1;
  const int room = 16 << 20;  // a daemon announces hundreds of VIPs at once
  if (fd.get() < 0 || setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0 ||
      setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) != 0) {
    Check(absl::ErrnoToStatus(errno, "capture at the switch's ports"));
  }
  return fd;
}

UniqueFd OpenIn(const NetNamespace& netns, const std::function<UniqueFd()>& open) {
  UniqueFd fd;
  netns.Enter([&] { fd = open(); });
  return fd;
}

}  // namespace

AnswerWitness::AnswerWitness(const Host& host, const std::string& vip, int questions_per_second)
    : host_(host),
      vip_(CheckOr(arbiter::IpAddress::Parse(vip))),
      own_address_(CheckOr(arbiter::IpAddress::Parse(vip_.is_v4() ? host.Ipv4() : host.Ipv6()))),
      question_(OpenIn(host.netns(), [this] { return OpenQuestionSocket(own_address_); })),
      ports_(OpenIn(host.vrrp_network().netns(), OpenPortsSocket)),
      metronome_(
          Duration(std::chrono::seconds(1)) / questions_per_second, ports_.get(), [this] { Ask(); },
          [this] { Hear(); }) {}

AnswerRecord AnswerWitness::Record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

std::set<std::string> AnswerWitness::Latest() const {
  const std::lock_guard lock(mutex_);
  return record_.Latest();
}

void AnswerWitness::Ask() {
  Hear();  // what is still queued belongs to the question before
  {
    const std::lock_guard lock(mutex_);
    record_.Ask(Now());
  }
  SendQuestion(question_.get(), own_address_, vip_);
}

void AnswerWitness::Hear() {
  std::array<std::uint8_t, 2048> frame{};
  sockaddr_ll port{};
  while (true) {
    socklen_t length = sizeof(port);
    const ssize_t got =
        recvfrom(ports_.get(), frame.data(), frame.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&port), &length);
    if (got < 0) return;
    if (!IsAnswer({frame.data(), static_cast<std::size_t>(got)}, vip_, own_address_)) continue;
    const std::string host = host_.vrrp_network().DeliveringHost(port.sll_ifindex);
    if (host.empty()) continue;
    const std::lock_guard lock(mutex_);
    record_.Answer(host);
  }
}

}  // namespace lab
