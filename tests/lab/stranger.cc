#include "tests/lab/stranger.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/types/span.h"
#include "tests/lab/check.h"
#include "tests/lab/unique_fd.h"

namespace lab {
namespace {

constexpr std::size_t kIpHeader = 20;

void Put16(absl::Span<std::uint8_t> at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value & 0xff);
}

// RFC 1071. `bytes` has an even length.
std::uint16_t Checksum(absl::Span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

Frame MakeAdvert(const AdvertFrame& advert) {
  Frame vrrp = {0x21, advert.vrid, advert.priority, advert.address_count, 0, 1, 0, 0};
  for (std::size_t i = 0; i < advert.addresses; ++i)
    vrrp.insert(vrrp.end(), advert.address.begin(), advert.address.end());
  vrrp.resize(vrrp.size() + 8);  // no authentication
  const auto checksum = static_cast<std::uint16_t>(Checksum(vrrp) + advert.checksum_error);
  Put16(absl::MakeSpan(vrrp).subspan(6), checksum);

  Frame ip = {0x45, 0xc0, 0, 0, 0, 0, 0, 0, advert.ttl, 112, 0, 0, 192, 168, 1, 99, 224, 0, 0, 18};
  Put16(absl::MakeSpan(ip).subspan(2), static_cast<std::uint16_t>(kIpHeader + vrrp.size()));
  Put16(absl::MakeSpan(ip).subspan(10), Checksum(ip));

  Frame frame = {0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99, 0x08, 0x00};
  frame.insert(frame.end(), ip.begin(), ip.end());
  frame.insert(frame.end(), vrrp.begin(), vrrp.end());
  frame.resize(frame.size() + advert.padding - advert.cut);
  return frame;
}

void Inject(const Host& host, const Frame& frame) {
  host.netns().Enter([&] {
    const UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll leg{};
    leg.sll_family = AF_PACKET;
    leg.sll_ifindex = static_cast<int>(if_nametoindex(kVrrpInterface));
    leg.sll_halen = ETH_ALEN;
    if (sendto(fd.get(), frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&leg), sizeof(leg)) < 0) {
      Check(absl::ErrnoToStatus(errno, "inject a frame on eth0"));
    }
  });
}

}  // namespace lab
