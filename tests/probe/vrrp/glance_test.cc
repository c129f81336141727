#include "probe/vrrp/glance.h"

#include <gtest/gtest.h>

#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

arbiter::IpAddress Ip(const std::string& text) { return arbiter::IpAddress::Parse(text).value(); }

TEST(Glance, SeesWhatTheParserReads) {
  AdvertSpec tagged;
  tagged.vlans = {100, 5};
  AdvertSpec behind_ah;
  behind_ah.behind_ah = true;
  AdvertSpec v6_behind_ah = Ipv6Spec();
  v6_behind_ah.behind_ah = true;
  AdvertSpec other;
  other.vrid = 7;
  other.source = "10.1.2.3";
  for (const AdvertSpec& spec : {AdvertSpec(), tagged, behind_ah, Ipv6Spec(), v6_behind_ah, other}) {
    const Glance seen{Ip(spec.source), spec.vrid};
    EXPECT_EQ(GlanceAtFrame(BuildEthernet(spec), LinkType::kEthernet), seen) << spec.source;
    EXPECT_EQ(GlanceAtFrame(BuildIpPacket(spec), LinkType::kRawIp), seen) << spec.source;
    EXPECT_EQ(GlanceAtFrame(BuildCooked(spec, false), LinkType::kLinuxCooked), seen) << spec.source;
  }
  const Glance payload = GlanceAtIpv6Payload(BuildMessage(Ipv6Spec()), {Ip("fe80::b"), Ip("ff02::12"), 255});
  EXPECT_EQ(payload, (Glance{Ip("fe80::b"), Ipv6Spec().vrid}));
}

TEST(Glance, SeesWhatIsClaimed) {
  ArpSpec arp;
  arp.sender_ip = "192.168.1.7";
  EXPECT_EQ(GlanceAtFrame(BuildArp(arp), LinkType::kEthernet), (Glance{Ip("192.168.1.7"), 0, true}));
  NeighborSpec advertisement;
  EXPECT_EQ(GlanceAtFrame(BuildNeighbor(advertisement), LinkType::kEthernet),
            (Glance{Ip(advertisement.target), 0, true}));
  NeighborSpec solicitation;
  solicitation.type = 135;
  EXPECT_EQ(GlanceAtFrame(BuildNeighbor(solicitation), LinkType::kEthernet),
            (Glance{Ip(solicitation.source), 0, true}));
}

TEST(Glance, OfWhatCannotBeReadHasNothing) {
  for (const Packet& packet : {Packet(), Packet(13), Packet(60)}) {
    EXPECT_EQ(GlanceAtFrame(packet, LinkType::kEthernet), Glance());
  }
}

TEST(Glance, OfACutPacketHasAsMuchAsThereIs) {
  const Packet whole = BuildEthernet({});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Glance glance = GlanceAtFrame(Bytes(whole).first(length), LinkType::kEthernet);
    EXPECT_EQ(glance.source.IsUnspecified(), length < 14 + 20) << length;
    EXPECT_EQ(glance.vrid, length >= 14 + 20 + 2 ? 66 : 0) << length;
  }
  const Packet arp = BuildArp({});
  for (std::size_t length = 14; length < arp.size(); ++length) {
    const Glance glance = GlanceAtFrame(Bytes(arp).first(length), LinkType::kEthernet);
    EXPECT_TRUE(glance.claim) << length;
    EXPECT_EQ(glance.source.IsUnspecified(), length < 14 + 28) << length;
  }
}

TEST(Glance, OfALaterFragmentHasNoVrid) {
  Packet fragment = BuildIpPacket({});
  fragment[7] = 1;  // an offset
  EXPECT_EQ(GlanceAtFrame(fragment, LinkType::kRawIp).vrid, 0);
}

}  // namespace
}  // namespace probe::vrrp
