#include "probe/actuate/reach_prober.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/vrrp/parse.h"

namespace probe::actuate {
namespace {

constexpr std::uint32_t kWholeFrame = 256;  // ARP and neighbour discovery are shorter
constexpr std::uint32_t kVlanTagPresent = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT);

// Untagged ARP replies (a tagged one is of another segment).
constexpr std::array<sock_filter, 6> kReplyFilter = {{
    {BPF_LD | BPF_W | BPF_ABS, 0, 0, kVlanTagPresent},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0},
    {BPF_LD | BPF_H | BPF_ABS, 0, 0, 20},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 2},
    {BPF_RET | BPF_K, 0, 0, kWholeFrame},
    {BPF_RET | BPF_K, 0, 0, 0},
}};

// Untagged IPv6, next header ICMPv6, type neighbour advertisement.
constexpr std::array<sock_filter, 8> kAdvertisementFilter = {{
    {BPF_LD | BPF_W | BPF_ABS, 0, 0, kVlanTagPresent},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 5, 0},
    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 20},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 58},
    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 54},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 136},
    {BPF_RET | BPF_K, 0, 0, kWholeFrame},
    {BPF_RET | BPF_K, 0, 0, 0},
}};

// An answer to somebody's question. What a host says unasked proves only that we hear it, not that it hears us.
struct HeardAnswer {
  Binding who;
  std::optional<arbiter::IpAddress> asker;  // nothing where the answer went to everybody
};

std::optional<HeardAnswer> ReadAnswer(absl::Span<const std::uint8_t> frame) {
  const vrrp::ParseResult result =
      vrrp::ParseFrame(std::span(frame.data(), frame.size()), frame.size(), vrrp::LinkType::kEthernet);
  if (const auto* arp = std::get_if<vrrp::ArpClaim>(&result)) {
    if (!arp->is_reply || !arp->claims() || arp->gratuitous()) return std::nullopt;
    return HeardAnswer{{arp->sender_ip, arp->sender_mac}, arp->target_ip};
  }
  const auto* neighbour = std::get_if<vrrp::NeighborClaim>(&result);
  if (neighbour == nullptr || neighbour->kind != vrrp::NeighborClaim::Kind::kAdvertisement) return std::nullopt;
  const std::optional<arbiter::MacAddress> mac =
      neighbour->link_address ? neighbour->link_address : neighbour->origin.source_mac;
  HeardAnswer answer{{neighbour->target, mac.value_or(arbiter::MacAddress())}, std::nullopt};
  if (neighbour->solicited) answer.asker = neighbour->origin.destination;
  return answer;
}

arbiter::IpAddress Nobody(const arbiter::IpAddress& like) {
  return like.is_v4() ? arbiter::IpAddress() : arbiter::IpAddress::FromV6(in6addr_any);
}

absl::StatusOr<PacketSocket> Listen(std::uint16_t ether_type) {
  absl::StatusOr<PacketSocket> socket = PacketSocket::Open();
  if (!socket.ok()) return socket.status();
  if (absl::Status status = socket->Listen(ether_type); !status.ok()) return status;
  return socket;
}

}  // namespace

ReachProber::ReachProber(PacketSocket arp, PacketSocket discovery, netlink::UniqueFd poll)
    : arp_(std::move(arp)), discovery_(std::move(discovery)), poll_(std::move(poll)) {}

absl::StatusOr<ReachProber> ReachProber::Open() {
  absl::StatusOr<PacketSocket> arp = Listen(ETH_P_ARP);
  if (!arp.ok()) return arp.status();
  absl::StatusOr<PacketSocket> discovery = Listen(ETH_P_IPV6);
  if (!discovery.ok()) return discovery.status();
  netlink::UniqueFd poll(epoll_create1(EPOLL_CLOEXEC));
  if (!poll.ok()) return absl::ErrnoToStatus(errno, "make epoll");
  for (const int fd : {arp->fd(), discovery->fd()}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &event) != 0) return absl::ErrnoToStatus(errno, "add to epoll");
  }
  return ReachProber(*std::move(arp), *std::move(discovery), std::move(poll));
}

absl::Status ReachProber::Start(const ReachQuestion& question, netlink::Instant now) {
  if (question.targets.empty() || question.targets.size() > kMaxTargets) {
    return absl::InvalidArgumentError(
        absl::StrCat("ask ", question.targets.size(), " hosts on a segment: 1 to ", kMaxTargets, " can be asked"));
  }
  Finish();
  question_ = question;
  if (absl::StatusOr<std::vector<ReachTally::Answer>> stale = Drain(now); !stale.ok()) return stale.status();
  tally_ = ReachTally(question.targets, now);
  absl::Status status = arp_.SetFilter(kReplyFilter);
  status.Update(discovery_.SetFilter(kAdvertisementFilter));
  if (!status.ok()) return status;
  return AskAgain();
}

absl::Status ReachProber::AskAgain() {
  absl::Status status;
  for (const arbiter::IpAddress& target : tally_.silent()) status.Update(Ask(target));
  return status;
}

absl::Status ReachProber::Ask(const arbiter::IpAddress& target) {
  const Binding self{SourceFor(target), question_.mac};
  return target.is_v4() ? arp_.Send(question_.link, ArpRequest(self, target))
                        : discovery_.Send(question_.link, NeighbourSolicitation(self, target));
}

arbiter::IpAddress ReachProber::SourceFor(const arbiter::IpAddress& target) const {
  return ChooseSource(question_.own_addresses, question_.vips, target).value_or(Nobody(target));
}

absl::Status ReachProber::DrainSocket(PacketSocket& socket, netlink::Instant now,
                                      std::vector<ReachTally::Answer>& answers) {
  std::array<std::uint8_t, kWholeFrame> buffer{};
  while (true) {
    const auto received = socket.Receive(absl::MakeSpan(buffer));
    if (!received.ok()) return received.status();
    if (!*received) return absl::OkStatus();
    if ((*received)->link != question_.link) continue;
    const std::optional<HeardAnswer> heard = ReadAnswer((*received)->bytes);
    if (!heard || heard->who.mac == question_.mac) continue;
    const arbiter::IpAddress source = SourceFor(heard->who.ip);
    const bool to_us = heard->asker ? *heard->asker == source : source.IsUnspecified();
    if (to_us && tally_.Hear(heard->who.ip, heard->who.mac, now)) {
      answers.push_back({heard->who.ip, heard->who.mac, now - tally_.asked_at()});
    }
  }
}

absl::StatusOr<std::vector<ReachTally::Answer>> ReachProber::Drain(netlink::Instant now) {
  std::vector<ReachTally::Answer> answers;
  absl::Status status = DrainSocket(arp_, now, answers);
  status.Update(DrainSocket(discovery_, now, answers));
  if (!status.ok()) return status;
  return answers;
}

void ReachProber::Finish() {
  // Only a full kernel memory could refuse this; the next question then drains what piled up.
  arp_.SetFilter({}).IgnoreError();
  discovery_.SetFilter({}).IgnoreError();
}

}  // namespace probe::actuate
