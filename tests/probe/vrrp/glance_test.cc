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
    const std::optional<Glance> glance = GlanceAtFrame(BuildEthernet(spec), LinkType::kEthernet);
    ASSERT_TRUE(glance.has_value()) << spec.source;
    EXPECT_EQ(glance->source, Ip(spec.source));
    EXPECT_EQ(glance->vrid, spec.vrid);
    EXPECT_EQ(GlanceAtFrame(BuildIpPacket(spec), LinkType::kRawIp)->vrid, spec.vrid);
    EXPECT_EQ(GlanceAtFrame(BuildCooked(spec, false), LinkType::kLinuxCooked)->vrid, spec.vrid);
  }
  const Glance payload = GlanceAtIpv6Payload(BuildMessage(Ipv6Spec()), {Ip("fe80::b"), Ip("ff02::12"), 255});
  EXPECT_EQ(payload.source, Ip("fe80::b"));
  EXPECT_EQ(payload.vrid, Ipv6Spec().vrid);
}

TEST(Glance, SaysNothingOfWhatIsNoVrrp) {
  for (const Packet& packet : {BuildArp({}), BuildNeighbor({}), Packet(), Packet(13)}) {
    EXPECT_FALSE(GlanceAtFrame(packet, LinkType::kEthernet).has_value());
  }
}

TEST(Glance, OfACutPacketHasAsMuchAsThereIs) {
  const Packet whole = BuildEthernet({});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::optional<Glance> glance = GlanceAtFrame(Bytes(whole).first(length), LinkType::kEthernet);
    EXPECT_EQ(glance.has_value(), length >= 14 + 20) << length;
    EXPECT_EQ(glance.value_or(Glance()).vrid, length >= 14 + 20 + 2 ? 66 : 0) << length;
  }
}

TEST(Glance, OfALaterFragmentHasNoVrid) {
  Packet fragment = BuildIpPacket({});
  fragment[7] = 1;  // an offset
  EXPECT_EQ(GlanceAtFrame(fragment, LinkType::kRawIp)->vrid, 0);
}

}  // namespace
}  // namespace probe::vrrp
