// HSRP: another protocol for the same purpose.
#include "probe/vrrp/hsrp.h"

#include <gtest/gtest.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

ParseResult Parse(const Packet& frame) { return ParseFrame(frame, frame.size(), LinkType::kEthernet); }

// `payload` in UDP to the port, in IPv4 from 192.168.1.3.
Packet InUdp(const Packet& payload, std::uint8_t group_end = 2, std::uint16_t port = 1985) {
  const auto length = static_cast<std::uint8_t>(8 + payload.size());
  Packet packet = {
      0x45, 0xc0, 0,        static_cast<std::uint8_t>(20 + length), 0, 0, 0, 0, 1, 17, 0, 0, 192, 168, 1, 3, 224,
      0,    0,    group_end};
  const auto high = static_cast<std::uint8_t>(port >> 8U);
  const auto low = static_cast<std::uint8_t>(port & 0xffU);
  packet.insert(packet.end(), {high, low, high, low, 0, length, 0, 0});
  packet.insert(packet.end(), payload.begin(), payload.end());
  return WrapEthernet(0x0800, packet);
}

Packet Version1() { return {0, 0, 16, 3, 10, 110, 5, 0, 'c', 'i', 's', 'c', 'o', 0, 0, 0, 192, 168, 1, 254}; }

Packet Version2() {
  Packet message = {1, 40, 2,   0, 6, 4,  0x01, 0x2c, 2, 0,  0,  0,   0,   3, 0,
                    0, 0,  120, 0, 0, 11, 184,  0,    0, 39, 16, 192, 168, 1, 253};
  message.resize(42, 0);
  return message;
}

TEST(Hsrp, OfVersion1NamesGroupPriorityAndAddress) {
  const ParseResult result = Parse(InUdp(Version1()));
  ASSERT_TRUE(std::holds_alternative<HsrpHello>(result));
  const auto& hello = std::get<HsrpHello>(result);
  EXPECT_EQ(hello.version, 1);
  EXPECT_EQ(hello.group, 5);
  EXPECT_EQ(hello.priority, 110U);
  EXPECT_EQ(hello.address->ToString(), "192.168.1.254");
  EXPECT_EQ(hello.origin.source.ToString(), "192.168.1.3");
}

TEST(Hsrp, OfVersion2AsWell) {
  const ParseResult result = Parse(InUdp(Version2(), 102));
  ASSERT_TRUE(std::holds_alternative<HsrpHello>(result));
  const auto& hello = std::get<HsrpHello>(result);
  EXPECT_EQ(hello.version, 2);
  EXPECT_EQ(hello.group, 300);
  EXPECT_EQ(hello.priority, 120U);
  EXPECT_EQ(hello.address->ToString(), "192.168.1.253");
}

TEST(Hsrp, IsNoneWhereItIsCutOrOnAnotherPortOrNoHello) {
  Packet coup = Version1();
  coup[1] = 1;
  Packet cut = Version1();
  cut.pop_back();
  for (const Packet& frame : {InUdp(coup), InUdp(cut), InUdp(Version1(), 2, 1986), InUdp({})}) {
    EXPECT_FALSE(std::holds_alternative<HsrpHello>(Parse(frame)));
  }
  for (const Packet& whole : {InUdp(Version1()), InUdp(Version2())}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      (void)Parse(Packet(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    }
  }
}

}  // namespace
}  // namespace probe::vrrp
