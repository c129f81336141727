// The raw tap on a real interface: what the host's packet filter lets through.
#include "probe/capture/raw_tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/capture/tap.h"
#include "tests/probe/capture/wire_fixture.h"

namespace probe::capture {
namespace {

using ::testing::HasSubstr;
using vrrp::AdvertSpec;
using vrrp::BuildEthernet;

class RawTapTest : public WireTest {
 protected:
  RawTapTest() { Ip("address add 192.168.1.12/24 dev right\n"); }
};

// The builder's destination MAC is that of the IPv4 group.
vrrp::Packet ToIpv6Group(const AdvertSpec& spec) {
  vrrp::Packet frame = BuildEthernet(spec);
  const vrrp::Packet group = {0x33, 0x33, 0, 0, 0, 0x12};
  std::copy(group.begin(), group.end(), frame.begin());
  return frame;
}

AdvertSpec BehindAh() {
  AdvertSpec spec;
  spec.behind_ah = true;
  return spec;
}

TEST_F(RawTapTest, HearsBothFamiliesAndTheAuthenticationHeader) {
  const auto tap = Open<RawTap>(std::string("right"));
  EXPECT_TRUE(tap->hears_ipv6());
  for (const vrrp::Packet& frame : {BuildEthernet({}), BuildEthernet(BehindAh()), ToIpv6Group(vrrp::Ipv6Spec())}) {
    Send("left", {frame});
    const std::vector<Packet> packets = Receive(*tap, 1);
    ASSERT_EQ(packets.size(), 1U);
    const vrrp::Advertisement advert = AdvertIn(packets[0]);
    EXPECT_EQ(advert.vrid, 66);
    EXPECT_EQ(advert.origin.ttl, 255);
    EXPECT_TRUE(advert.defects.empty());
    EXPECT_NE(advert.checksum, vrrp::ChecksumHabit::kWrong);
    EXPECT_EQ(packets[0].direction, vrrp::Direction::kReceived);
    EXPECT_LT(absl::AbsDuration(absl::Now() - packets[0].time), absl::Minutes(1));
  }
}

TEST_F(RawTapTest, ReportsTheIpv6HeaderThatTheKernelTookOff) {
  const auto tap = Open<RawTap>(std::string("right"));
  AdvertSpec spec = vrrp::Ipv6Spec();
  spec.ttl = 64;
  Send("left", {ToIpv6Group(spec)});
  const std::vector<Packet> packets = Receive(*tap, 1);
  ASSERT_EQ(packets.size(), 1U);
  const vrrp::Advertisement advert = AdvertIn(packets[0]);
  EXPECT_EQ(advert.origin.source.ToString(), "fe80::b");
  EXPECT_EQ(advert.origin.destination.ToString(), "ff02::12");
  EXPECT_EQ(advert.origin.ttl, 64);
  EXPECT_TRUE(advert.defects.Has(vrrp::Defect::kTtl));
  EXPECT_EQ(advert.checksum, vrrp::ChecksumHabit::kPseudoHeader);
}

TEST_F(RawTapTest, DoesNotHearWhatThePacketFilterDropsAlthoughTheTapDoes) {
  const auto wire = Open<Tap>(std::string("right"), TapOptions{.claims = false});
  const auto raw = Open<RawTap>(std::string("right"));
  Run({"nft", "-f", "-"},
      "table inet t {\n chain in {\n  type filter hook input priority 0;\n  meta l4proto 112 drop\n }\n}\n");
  AdvertSpec dropped;
  dropped.vrid = 1;
  Send("left", {BuildEthernet(dropped), ToIpv6Group(vrrp::Ipv6Spec())});
  EXPECT_EQ(Receive(*wire, 2).size(), 2U);
  Run({"nft", "flush", "ruleset"});
  AdvertSpec passed;
  passed.vrid = 2;
  Send("left", {BuildEthernet(passed)});
  const std::vector<Packet> packets = Receive(*raw, 1);
  ASSERT_EQ(packets.size(), 1U) << "what was dropped must not come later";
  EXPECT_EQ(AdvertIn(packets[0]).vrid, 2);
}

TEST_F(RawTapTest, DoesNotHearOtherInterfaces) {
  Ip("link add far type veth peer name near\n"
     "link set far up\n"
     "link set near up\n");
  const auto raw = Open<RawTap>(std::string("right"));
  const auto other = Open<RawTap>(std::string("near"));
  Send("far", {BuildEthernet({})});
  EXPECT_EQ(Receive(*other, 1).size(), 1U);
  EXPECT_FALSE(Readable(*raw));
}

TEST_F(RawTapTest, IsNotWokenByOtherAuthenticationHeaders) {
  const auto raw = Open<RawTap>(std::string("right"));
  vrrp::Packet other = BuildEthernet(BehindAh());
  other[14 + 20] = 6;  // TCP behind the header
  Send("left", {other});
  EXPECT_FALSE(Readable(*raw));
  Send("left", {BuildEthernet(BehindAh())});
  EXPECT_EQ(Receive(*raw, 1).size(), 1U);
}

TEST_F(RawTapTest, WorksWithoutIpv6AndSaysSo) {
  Ip("link set right mtu 1000\n");  // below what IPv6 needs, so the kernel takes it off the interface
  const auto raw = Open<RawTap>(std::string("right"));
  EXPECT_FALSE(raw->hears_ipv6());
  Send("left", {BuildEthernet({})});
  EXPECT_EQ(Receive(*raw, 1).size(), 1U);
}

TEST_F(RawTapTest, CountsWhatItHadNoRoomFor) {
  const auto raw = Open<RawTap>(std::string("right"));
  constexpr std::size_t kFlood = 5000;
  Send("left", std::vector<vrrp::Packet>(kFlood, BuildEthernet({})));
  std::size_t kept = Receive(*raw, 1).size();
  Send("left", {BuildEthernet({})});  // brings the count with it
  kept += Receive(*raw, 1).size();
  EXPECT_GT(raw->dropped(), 0U);
  EXPECT_EQ(kept + raw->dropped(), kFlood + 1);
}

TEST_F(RawTapTest, NamesAMissingInterface) {
  netns().Enter([] {
    const absl::Status status = RawTap::Open("nowhere").status();
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("on nowhere: no such interface"));
  });
}

TEST_F(RawTapTest, NamesTheMissingCapability) {
  netns().Enter([] {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    ASSERT_EQ(syscall(SYS_capset, &header, none), 0);
    const absl::Status status = RawTap::Open("right").status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("CAP_NET_RAW"));
  });
}

}  // namespace
}  // namespace probe::capture
