#include "probe/actuate/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "probe/vrrp/parse.h"

namespace probe::actuate {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;

const MacAddress kMac({2, 0, 0, 0, 0, 7});

IpAddress Ip(absl::string_view text) { return IpAddress::Parse(text).value(); }

vrrp::ParseResult Parse(const Frame& frame) {
  return vrrp::ParseFrame(std::span(frame.data(), frame.size()), frame.size(), vrrp::LinkType::kEthernet);
}

// The one's complement sum of an ICMPv6 packet with its pseudo header; 0xffff if the checksum in it is right.
std::uint32_t Icmpv6Sum(const Frame& frame) {
  std::uint32_t sum = static_cast<std::uint32_t>(frame.size() - 54) + 58;
  for (std::size_t i = 22; i + 1 < frame.size(); i += 2)
    sum += static_cast<std::uint32_t>(frame[i] << 8 | frame[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(Frames, GratuitousArpNamesItselfTwice) {
  for (const ArpForm form : {ArpForm::kRequest, ArpForm::kReply}) {
    const Frame frame = GratuitousArp({Ip("192.168.1.212"), kMac}, form);
    EXPECT_EQ(frame.size(), 42U);
    EXPECT_THAT(std::vector<std::uint8_t>(frame.begin(), frame.begin() + 6), testing::Each(0xff));
    const vrrp::ParseResult result = Parse(frame);
    const auto* arp = std::get_if<vrrp::ArpClaim>(&result);
    ASSERT_NE(arp, nullptr);
    EXPECT_TRUE(arp->gratuitous());
    EXPECT_EQ(arp->is_reply, form == ArpForm::kReply);
    EXPECT_EQ(arp->sender_ip, Ip("192.168.1.212"));
    EXPECT_EQ(arp->sender_mac, kMac);
  }
}

TEST(Frames, AnArpRequestAsksForItsTarget) {
  const vrrp::ParseResult result = Parse(ArpRequest({Ip("192.168.1.1"), kMac}, Ip("192.168.1.254")));
  const auto* arp = std::get_if<vrrp::ArpClaim>(&result);
  ASSERT_NE(arp, nullptr);
  EXPECT_FALSE(arp->is_reply);
  EXPECT_EQ(arp->sender_ip, Ip("192.168.1.1"));
  EXPECT_EQ(arp->target_ip, Ip("192.168.1.254"));
}

TEST(Frames, AnArpProbeClaimsNothing) {
  const vrrp::ParseResult result = Parse(ArpRequest({IpAddress(), kMac}, Ip("192.168.1.254")));
  const auto* arp = std::get_if<vrrp::ArpClaim>(&result);
  ASSERT_NE(arp, nullptr);
  EXPECT_FALSE(arp->claims());
}

TEST(Frames, AnUnsolicitedAdvertisementOverrides) {
  for (const bool router : {false, true}) {
    const Frame frame = UnsolicitedAdvertisement({Ip("fd00::212"), kMac}, router);
    EXPECT_EQ(Icmpv6Sum(frame), 0xffffU);
    EXPECT_THAT(std::vector<std::uint8_t>(frame.begin(), frame.begin() + 6),
                testing::ElementsAre(0x33, 0x33, 0, 0, 0, 1));
    const vrrp::ParseResult result = Parse(frame);
    const auto* claim = std::get_if<vrrp::NeighborClaim>(&result);
    ASSERT_NE(claim, nullptr);
    EXPECT_EQ(claim->kind, vrrp::NeighborClaim::Kind::kAdvertisement);
    EXPECT_TRUE(claim->override_flag);
    EXPECT_FALSE(claim->solicited);
    EXPECT_EQ(claim->router, router);
    EXPECT_EQ(claim->target, Ip("fd00::212"));
    EXPECT_EQ(claim->link_address, kMac);
    EXPECT_EQ(claim->origin.ttl, 255);
    EXPECT_EQ(claim->origin.destination, Ip("ff02::1"));
  }
}

TEST(Frames, ASolicitationGoesToTheGroupOfItsTarget) {
  const Frame frame = NeighbourSolicitation({Ip("fe80::7"), kMac}, Ip("fd00::1:2345:6789"));
  EXPECT_EQ(Icmpv6Sum(frame), 0xffffU);
  EXPECT_THAT(std::vector<std::uint8_t>(frame.begin(), frame.begin() + 6),
              testing::ElementsAre(0x33, 0x33, 0xff, 0x45, 0x67, 0x89));
  const vrrp::ParseResult result = Parse(frame);
  const auto* claim = std::get_if<vrrp::NeighborClaim>(&result);
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->kind, vrrp::NeighborClaim::Kind::kSolicitation);
  EXPECT_EQ(claim->origin.destination, Ip("ff02::1:ff45:6789"));
  EXPECT_EQ(claim->link_address, kMac);
}

TEST(Frames, ASolicitationFromNobodyHasNoLinkAddress) {
  const Frame frame = NeighbourSolicitation({Ip("::"), kMac}, Ip("fd00::1"));
  EXPECT_EQ(Icmpv6Sum(frame), 0xffffU);
  EXPECT_EQ(frame.size(), 14U + 40U + 24U);
}

}  // namespace
}  // namespace probe::actuate
