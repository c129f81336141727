#include "tests/lab/stranger.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/types/span.h"
#include "tests/lab/check.h"
#include "tests/lab/unique_fd.h"

namespace lab {
namespace {

constexpr std::size_t kIpHeader = 20;
constexpr int kBeatsPerSecond = 500;
constexpr int kStrangers = 4'000;

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

// A socket that sends frames from the host's VRRP leg.
UniqueFd OpenLeg(const Host& host) {
  UniqueFd fd;
  host.netns().Enter([&fd] {
    fd = UniqueFd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll leg{};
    leg.sll_family = AF_PACKET;
    leg.sll_ifindex = static_cast<int>(if_nametoindex(kVrrpInterface));
    if (bind(fd.get(), reinterpret_cast<sockaddr*>(&leg), sizeof(leg)) != 0) {
      Check(absl::ErrnoToStatus(errno, "bind a packet socket to eth0"));
    }
  });
  return fd;
}

}  // namespace

Frame MakeAdvert(const AdvertFrame& advert) {
  Frame vrrp = {0x21, advert.vrid, advert.priority, advert.address_count, 0, 1, 0, 0};
  for (std::size_t i = 0; i < advert.addresses; ++i)
    vrrp.insert(vrrp.end(), advert.address.begin(), advert.address.end());
  vrrp.resize(vrrp.size() + 8);  // no authentication
  const auto checksum = static_cast<std::uint16_t>(Checksum(vrrp) + advert.checksum_error);
  Put16(absl::MakeSpan(vrrp).subspan(6), checksum);

  Frame ip = {0x45, 0xc0, 0, 0, 0, 0, 0, 0, advert.ttl, 112, 0, 0, 0, 0, 0, 0, 224, 0, 0, 18};
  std::copy(advert.source.begin(), advert.source.end(), ip.begin() + 12);
  Put16(absl::MakeSpan(ip).subspan(2), static_cast<std::uint16_t>(kIpHeader + vrrp.size()));
  Put16(absl::MakeSpan(ip).subspan(10), Checksum(ip));

  Frame frame = {0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99, 0x08, 0x00};
  frame.insert(frame.end(), ip.begin(), ip.end());
  frame.insert(frame.end(), vrrp.begin(), vrrp.end());
  frame.resize(frame.size() + advert.padding - advert.cut);
  return frame;
}

void Inject(const Host& host, const Frame& frame) {
  const UniqueFd fd = OpenLeg(host);
  if (send(fd.get(), frame.data(), frame.size(), 0) < 0) Check(absl::ErrnoToStatus(errno, "inject a frame on eth0"));
}

Flood::Flood(const Host& host, std::vector<Frame> frames, int per_second)
    : frames_(std::move(frames)),
      per_beat_(per_second / kBeatsPerSecond),
      socket_(OpenLeg(host)),
      metronome_(
          Duration(std::chrono::seconds(1)) / kBeatsPerSecond, -1, [this] { Beat(); }, [] {}) {}

void Flood::Beat() {
  for (int i = 0; i < per_beat_; ++i) {
    const Frame& frame = frames_[sent_ % frames_.size()];
    if (send(socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT) < 0) return;
    ++sent_;
  }
}

std::vector<Frame> StrangersAdverts(std::uint8_t spared) {
  std::vector<Frame> frames;
  for (int i = 0; i < kStrangers; ++i) {
    const auto high = static_cast<std::uint8_t>(i / 250);
    const auto low = static_cast<std::uint8_t>(i % 250 + 1);
    AdvertFrame advert{.vrid = static_cast<std::uint8_t>(i % 255 + 1), .address = {10, 1, high, low}};
    advert.source = {192, 168, static_cast<std::uint8_t>(2 + high), low};
    if (advert.vrid != spared) frames.push_back(MakeAdvert(advert));
  }
  return frames;
}

std::vector<Frame> AdvertsOf(std::uint8_t vrid) {
  std::vector<Frame> frames;
  for (int i = 0; i < kStrangers; ++i) {
    const auto high = static_cast<std::uint8_t>(i / 250);
    const auto low = static_cast<std::uint8_t>(i % 250 + 1);
    AdvertFrame advert{.vrid = vrid, .priority = 1, .address = {10, 1, high, low}};
    advert.source = {192, 168, static_cast<std::uint8_t>(2 + high), low};
    frames.push_back(MakeAdvert(advert));
  }
  return frames;
}

std::vector<Frame> StrangersRequests() {
  std::vector<Frame> frames;
  for (int i = 0; i < kStrangers; ++i) {
    const auto high = static_cast<std::uint8_t>(i / 250);
    const auto low = static_cast<std::uint8_t>(i % 250 + 1);
    Frame frame = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99, 0x08, 0x06};
    frame.insert(frame.end(), {0, 1, 8, 0, 6, 4, 0, 1});
    frame.insert(frame.end(), {0x02, 0x00, 0x00, 0x00, 0x00, 0x99, 10, 1, high, low});
    frame.insert(frame.end(), {0, 0, 0, 0, 0, 0, 10, 1, low, high});
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace lab
