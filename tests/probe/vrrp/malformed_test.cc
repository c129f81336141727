// What cannot be read is named; nothing is ever read beyond its end.
#include "probe/vrrp/malformed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "probe/vrrp/advert_text.h"
#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

using ::testing::HasSubstr;

constexpr std::array kLinkTypes = {LinkType::kEthernet, LinkType::kLinuxCooked, LinkType::kLinuxCooked2,
                                   LinkType::kRawIp};

// Gives up all spare capacity, so that a sanitizer sees each byte read beyond the end.
ParseResult ParseCopy(const Packet& packet, std::size_t original_length, LinkType link_type) {
  const auto exact = std::make_unique<std::uint8_t[]>(packet.size());
  std::copy(packet.begin(), packet.end(), exact.get());
  return ParseFrame({exact.get(), packet.size()}, original_length, link_type);
}

ParseResult Parse(const Packet& packet) { return ParseCopy(packet, packet.size(), LinkType::kEthernet); }

struct Named {
  const char* name;
  Packet packet;
  LinkType link_type;
};

std::vector<Named> Samples() {
  AdvertSpec tagged;
  tagged.vlans = {100, 200};
  tagged.behind_ah = true;
  tagged.hmac_trailer = true;
  NeighborSpec solicitation;
  solicitation.type = 135;
  CarpSpec carp6;
  carp6.v6 = true;
  return {{"v2", BuildEthernet({}), LinkType::kEthernet},
          {"v3 over IPv6", BuildEthernet(Ipv6Spec()), LinkType::kEthernet},
          {"QinQ, AH, trailer", BuildEthernet(tagged), LinkType::kEthernet},
          {"cooked", BuildCooked({}, true), LinkType::kLinuxCooked},
          {"cooked 2", BuildCooked2(Ipv6Spec(), true), LinkType::kLinuxCooked2},
          {"raw", BuildIpPacket({}), LinkType::kRawIp},
          {"CARP", BuildCarp({}), LinkType::kEthernet},
          {"CARP over IPv6", BuildCarp(carp6), LinkType::kEthernet},
          {"ARP", BuildArp({}), LinkType::kEthernet},
          {"neighbour advertisement", BuildNeighbor({}), LinkType::kEthernet},
          {"neighbour solicitation", BuildNeighbor(solicitation), LinkType::kEthernet}};
}

// Uses all that a result has, as a printer would.
std::size_t Use(const ParseResult& result) {
  if (const auto* advert = std::get_if<Advertisement>(&result)) {
    return ToText(*advert, {}).size() + ToJson(*advert, {}).size();
  }
  if (const auto* carp = std::get_if<CarpAdvertisement>(&result)) return ToText(*carp, {}).size();
  if (const auto* malformed = std::get_if<Malformed>(&result)) return ToText(*malformed).size();
  return 1;
}

TEST(Malformed, IsWhatAFrameCutAnywhereOnTheWireBecomes) {
  for (const Named& sample : Samples()) {
    for (std::size_t length = 0; length < sample.packet.size(); ++length) {
      const Packet cut(sample.packet.begin(), sample.packet.begin() + static_cast<std::ptrdiff_t>(length));
      const ParseResult result = ParseCopy(cut, cut.size(), sample.link_type);
      EXPECT_TRUE(std::holds_alternative<Malformed>(result)) << sample.name << " cut to " << length;
    }
  }
}

TEST(Malformed, IsNeverAWholeAdvertWhenTheCaptureCutIt) {
  for (const Named& sample : Samples()) {
    for (std::size_t length = 0; length < sample.packet.size(); ++length) {
      const Packet cut(sample.packet.begin(), sample.packet.begin() + static_cast<std::ptrdiff_t>(length));
      const ParseResult result = ParseCopy(cut, sample.packet.size(), sample.link_type);
      if (const auto* advert = std::get_if<Advertisement>(&result)) {
        EXPECT_TRUE(advert->cut_by_capture) << sample.name << " cut to " << length;
      }
      EXPECT_GT(Use(result), 0U);
    }
  }
}

TEST(Malformed, NoChangeOfAByteMakesTheParserReadBeyondTheEnd) {
  std::mt19937 random(20260101);
  std::size_t used = 0;
  for (const Named& sample : Samples()) {
    for (std::size_t at = 0; at < sample.packet.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        Packet changed = sample.packet;
        changed[at] = static_cast<std::uint8_t>(value);
        used += Use(ParseCopy(changed, changed.size(), sample.link_type));
      }
    }
    for (int round = 0; round < 3'000; ++round) {
      Packet changed = sample.packet;
      for (unsigned i = random() % 8; i > 0; --i) {
        changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
      }
      changed.resize(random() % (changed.size() + 1));
      used += Use(ParseCopy(changed, changed.size() + random() % 64, kLinkTypes[random() % kLinkTypes.size()]));
    }
  }
  EXPECT_GT(used, 0U);
}

struct ReasonCase {
  MalformedReason reason;
  Packet frame;
};

Packet With(Packet frame, std::size_t at, std::uint8_t value) {
  frame.at(at) = value;
  return frame;
}

Packet Cut(Packet frame, std::size_t length) {
  frame.resize(length);
  return frame;
}

// An advert whose IP header agrees with what is left after the cut.
Packet ShortMessage(std::size_t length) {
  Packet packet = BuildIpPacket({});
  packet.resize(20 + length);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  return WrapEthernet(0x0800, packet);
}

// `payload` in an IPv4 packet of that protocol.
Packet InIpv4(std::uint8_t protocol, const Packet& payload) {
  Packet packet = BuildIpPacket({});
  packet.resize(20);
  packet[9] = protocol;
  packet.insert(packet.end(), payload.begin(), payload.end());
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8U);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  return packet;
}

Packet operator+(Packet head, const Packet& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

// `payload` behind an IPv6 header and a fragment header with that offset field.
Packet Ipv6Fragment(std::uint8_t next_header, std::uint16_t field, const Packet& payload) {
  Packet packet = BuildIpPacket(Ipv6Spec());
  packet.resize(40);
  packet[6] = 44;
  packet[5] = static_cast<std::uint8_t>(8 + payload.size());
  const Packet fragment = {
      next_header, 0, static_cast<std::uint8_t>(field >> 8U), static_cast<std::uint8_t>(field), 0, 0, 0, 7};
  return WrapEthernet(0x86dd, packet + fragment + payload);
}

// The packet as a fragment: `field` is "more fragments" and the offset.
Packet AsIpv4Fragment(Packet packet, std::uint16_t field) {
  packet[6] = static_cast<std::uint8_t>(field >> 8U);
  packet[7] = static_cast<std::uint8_t>(field);
  return WrapEthernet(0x0800, packet);
}

Packet AhPacket(std::uint8_t next_header) {
  AdvertSpec ah;
  ah.behind_ah = true;
  return With(BuildIpPacket(ah), 20, next_header);
}

struct TunnelCase {
  MalformedReason reason;
  Packet head;  // of what is in the tunnel, behind its outer Ethernet header
  std::uint16_t ethertype;
  std::uint8_t protocol;  // of the outer IPv4 header; 0: there is none
  bool frame;             // what is inside begins with an Ethernet header
};

const Packet kUdpVxlan = {0x12, 0x34, 0x12, 0xb5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 7, 0};

const TunnelCase kTunnels[] = {
    {MalformedReason::kInsideGre, {0, 0, 0x08, 0x00}, 0x0800, 47, false},
    {MalformedReason::kInsideGre, {0xb0, 0, 0x08, 0x00, 1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9}, 0x0800, 47, false},
    {MalformedReason::kInsideGre, {0x20, 0, 0x65, 0x58, 0, 0, 0, 7}, 0x0800, 47, true},
    {MalformedReason::kInsideIp, {}, 0x0800, 4, false},
    {MalformedReason::kInsideVxlan, kUdpVxlan, 0x0800, 17, true},
    {MalformedReason::kInsideMpls, {0, 1, 0x40, 64, 0, 1, 0x51, 64}, 0x8847, 0, false},
    {MalformedReason::kInsideMpls, {0, 1, 0x41, 64, 0, 0, 0, 0}, 0x8847, 0, true},
    {MalformedReason::kInsidePppoe, {0x11, 0, 0, 1, 0, 42, 0, 0x21}, 0x8864, 0, false},
    {MalformedReason::kInsideLlc, {0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, 60, 0, false},
    {MalformedReason::kInsideLlc, {6, 6, 3}, 60, 0, false},
};

Packet Tunnelled(const TunnelCase& tunnel, const AdvertSpec& spec) {
  const Packet inside = tunnel.head + (tunnel.frame ? BuildEthernet(spec) : BuildIpPacket(spec));
  return WrapEthernet(tunnel.ethertype, tunnel.protocol == 0 ? inside : InIpv4(tunnel.protocol, inside));
}

std::vector<ReasonCase> ReasonCases() {
  const Packet v2 = BuildEthernet({});
  const Packet v6 = BuildEthernet(Ipv6Spec());
  AdvertSpec three_tags;
  three_tags.vlans = {1, 2, 3};
  AdvertSpec version4;
  version4.version = 4;
  AdvertSpec v2_over_ipv6 = Ipv6Spec();
  v2_over_ipv6.version = 2;
  AdvertSpec type2;
  type2.type = 2;
  AdvertSpec ah;
  ah.behind_ah = true;
  NeighborSpec far;
  far.hop_limit = 254;
  NeighborSpec bad_sum;
  bad_sum.wrong_checksum = true;
  NeighborSpec bad_option;
  bad_option.option_length = 0;
  return {{MalformedReason::kLinkHeaderCut, Cut(v2, 13)},
          {MalformedReason::kTooManyVlanTags, BuildEthernet(three_tags)},
          {MalformedReason::kIpHeaderCut, Cut(v2, 33)},
          {MalformedReason::kIpHeaderCut, Cut(v6, 53)},
          {MalformedReason::kIpVersion, With(v2, 14, 0x65)},
          {MalformedReason::kIpVersion, With(v6, 14, 0x40)},
          {MalformedReason::kIpLength, With(v2, 14, 0x44)},
          {MalformedReason::kIpLength, With(v2, 17, 19)},
          {MalformedReason::kIpTruncated, With(v2, 17, 200)},
          {MalformedReason::kIpTruncated, With(v6, 19, 200)},
          {MalformedReason::kIpFragment, With(v2, 20, 0x20)},
          {MalformedReason::kIpFragment, With(v2, 21, 0x07)},
          {MalformedReason::kIpFragment, AsIpv4Fragment(AhPacket(112), 0x2000)},
          {MalformedReason::kIpFragment, Ipv6Fragment(112, 0x0001, BuildMessage(Ipv6Spec()))},
          {MalformedReason::kIpFragment, Ipv6Fragment(112, 0x0010, Packet(8))},
          {MalformedReason::kIpExtensionCut, With(Cut(Ipv6Fragment(112, 0x0010, Packet(8)), 14 + 40 + 7), 19, 7)},
          {MalformedReason::kIpExtensionCut, With(With(v6, 20, 60), 55, 99)},
          {MalformedReason::kAuthenticationHeaderCut, With(BuildEthernet(ah), 35, 200)},
          {MalformedReason::kVrrpHeaderCut, ShortMessage(7)},
          {MalformedReason::kVrrpVersion, BuildEthernet(version4)},
          {MalformedReason::kVrrpVersion, BuildEthernet(v2_over_ipv6)},
          {MalformedReason::kVrrpType, BuildEthernet(type2)},
          {MalformedReason::kArpCut, Cut(BuildArp({}), 41)},
          {MalformedReason::kNeighborHopLimit, BuildNeighbor(far)},
          {MalformedReason::kNeighborChecksum, BuildNeighbor(bad_sum)},
          {MalformedReason::kNeighborOption, BuildNeighbor(bad_option)}};
}

TEST(Malformed, NamesTheReason) {
  for (const ReasonCase& c : ReasonCases()) {
    const ParseResult result = Parse(c.frame);
    ASSERT_TRUE(std::holds_alternative<Malformed>(result)) << std::string(NameOf(c.reason)) << " " << result.index();
    EXPECT_EQ(std::string(NameOf(std::get<Malformed>(result).reason)), std::string(NameOf(c.reason)));
  }
}

TEST(Malformed, SaysWhatIsWrongWhereAndWhoSentIt) {
  EXPECT_EQ(ToText(std::get<Malformed>(Parse(ShortMessage(5)))),
            "VRRP header cut off at byte 34: 8 bytes wanted, 5 found (from 192.168.1.11)");
  EXPECT_EQ(ToText(std::get<Malformed>(Parse(Cut(BuildEthernet({}), 10)))),
            "link-layer header cut off at byte 0: 14 bytes wanted, 10 found");
  EXPECT_THAT(ToText(std::get<Malformed>(Parse(With(BuildEthernet({}), 34, 0x51)))),
              HasSubstr("at byte 34: 3 wanted, 5 found"));
}

TEST(Malformed, IsNotWhatOtherTrafficBecomes) {
  Packet tcp = BuildEthernet({});
  tcp[14 + 9] = 6;
  Packet esp_behind_ah;
  AdvertSpec ah;
  ah.behind_ah = true;
  esp_behind_ah = BuildEthernet(ah);
  esp_behind_ah[34] = 50;
  // Of a later fragment of AH nobody can say what is in it.
  const Packet later_ah = AsIpv4Fragment(AhPacket(112), 0x0010);
  const Packet first_esp = AsIpv4Fragment(AhPacket(50), 0x2000);
  const Packet udp = Ipv6Fragment(17, 0x0001, Packet(40));
  for (const Packet& frame : {tcp, esp_behind_ah, WrapEthernet(0x88cc, Packet(50)), later_ah, first_esp, udp,
                              Ipv6Fragment(51, 0x0010, Packet(40))}) {
    EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(frame)));
  }
}

TEST(Malformed, AFragmentHeaderOfAWholePacketHidesNothing) {
  const Packet message = BuildMessage(Ipv6Spec());
  EXPECT_TRUE(std::holds_alternative<Advertisement>(Parse(Ipv6Fragment(112, 0, message))));
}

TEST(Malformed, NamesTheTunnelThatVrrpIsIn) {
  for (const TunnelCase& tunnel : kTunnels) {
    const Packet frame = Tunnelled(tunnel, {});
    const ParseResult result = Parse(frame);
    ASSERT_TRUE(std::holds_alternative<Malformed>(result)) << std::string(NameOf(tunnel.reason));
    EXPECT_EQ(std::string(NameOf(std::get<Malformed>(result).reason)), std::string(NameOf(tunnel.reason)));
    EXPECT_THAT(ToText(std::get<Malformed>(result)), HasSubstr("(from 192.168.1.11)"));
    for (std::size_t length = 0; length < frame.size(); ++length) {
      EXPECT_FALSE(std::holds_alternative<Advertisement>(ParseCopy(Cut(frame, length), length, LinkType::kEthernet)));
    }
  }
}

TEST(Malformed, IsNotWhatElseIsInATunnel) {
  for (const TunnelCase& tunnel : kTunnels) {
    Packet frame = Tunnelled(tunnel, {});
    for (std::size_t at = 14; at + 1 < frame.size(); ++at) {
      if (frame[at] == 255 && frame[at + 1] == 112) frame[at + 1] = 6;  // TTL and protocol of an advert
    }
    EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(frame))) << std::string(NameOf(tunnel.reason));
  }
  const Packet arp = BuildArp({});
  EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(WrapEthernet(0x0800, InIpv4(17, kUdpVxlan + arp)))));
}

// Whoever wraps tunnels in tunnels costs no more than a few of them.
TEST(Malformed, LooksIntoFewTunnelsOnly) {
  Packet packet = BuildIpPacket({});
  for (int i = 0; i < 200; ++i) packet = InIpv4(4, packet);
  EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(WrapEthernet(0x0800, packet))));
}

}  // namespace
}  // namespace probe::vrrp
