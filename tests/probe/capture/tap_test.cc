// The tap on a real interface.
#include "probe/capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lab/wait.h"
#include "tests/probe/capture/wire_fixture.h"

namespace probe::capture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using vrrp::AdvertSpec;
using vrrp::BuildEthernet;
using vrrp::Direction;

using TapTest = WireTest;

AdvertSpec Tagged(std::vector<std::uint16_t> vlans, AdvertSpec spec = {}) {
  spec.vlans = std::move(vlans);
  return spec;
}

AdvertSpec BehindAh(AdvertSpec spec) {
  spec.behind_ah = true;
  return spec;
}

// All forms in which an advert can come.
std::vector<AdvertSpec> AllForms() {
  std::vector<AdvertSpec> forms;
  for (const AdvertSpec& base : {AdvertSpec(), vrrp::Ipv6Spec(), BehindAh({}), BehindAh(vrrp::Ipv6Spec())}) {
    for (const std::vector<std::uint16_t>& vlans : {std::vector<std::uint16_t>{}, {7}, {100, 5}}) {
      forms.push_back(Tagged(vlans, base));
      forms.back().vrid = static_cast<std::uint8_t>(forms.size());
    }
  }
  return forms;
}

vrrp::Packet Unrelated() {
  vrrp::Packet udp = BuildEthernet({});
  udp[14 + 9] = 17;
  return udp;
}

TEST_F(TapTest, TellsWhatThisHostSendsFromWhatItReceivesThoughTheMacIsTheSame) {
  const auto left = Open<Tap>(std::string("left"), TapOptions());
  const auto right = Open<Tap>(std::string("right"), TapOptions());
  AdvertSpec virtual_mac;
  virtual_mac.source_mac = "00:00:5e:00:01:42";
  Send("left", {BuildEthernet(virtual_mac)});
  Send("right", {BuildEthernet(virtual_mac)});
  for (Tap* tap : {left.get(), right.get()}) {
    std::vector<Direction> directions;
    for (const Packet& packet : Receive(*tap, 2)) directions.push_back(packet.direction);
    EXPECT_THAT(directions, ::testing::UnorderedElementsAre(Direction::kSent, Direction::kReceived));
  }
}

TEST_F(TapTest, SeesEveryFormOfAdvertInBothDirectionsAndInOrder) {
  const auto left = Open<Tap>(std::string("left"), TapOptions());
  const auto right = Open<Tap>(std::string("right"), TapOptions());
  const std::vector<AdvertSpec> forms = AllForms();
  for (const AdvertSpec& form : forms) Send("left", {BuildEthernet(form)});
  for (Tap* tap : {left.get(), right.get()}) {
    const std::vector<Packet> packets = Receive(*tap, forms.size());
    ASSERT_EQ(packets.size(), forms.size());
    for (std::size_t i = 0; i < forms.size(); ++i) {
      const vrrp::Advertisement advert = AdvertIn(packets[i]);
      EXPECT_EQ(advert.vrid, forms[i].vrid);
      EXPECT_EQ(advert.origin.behind_ah, forms[i].behind_ah);
      EXPECT_THAT(advert.origin.vlan.ids(), ::testing::ElementsAreArray(forms[i].vlans));
      EXPECT_TRUE(advert.defects.empty());
      EXPECT_EQ(packets[i].direction, tap == left.get() ? Direction::kSent : Direction::kReceived);
    }
  }
}

TEST_F(TapTest, HearsTheVeryFirstAdvert) {
  for (int round = 0; round < 20; ++round) {
    const auto left = Open<Tap>(std::string("left"), TapOptions());
    Send("left", {BuildEthernet({})});
    EXPECT_EQ(Receive(*left, 1).size(), 1U) << "round " << round;
  }
}

TEST_F(TapTest, HearsWhoClaimsAnAddressWhenAsked) {
  const auto with = Open<Tap>(std::string("right"), TapOptions());
  const auto without = Open<Tap>(std::string("right"), TapOptions{.claims = false});
  vrrp::NeighborSpec solicitation;
  solicitation.type = 135;
  Send("left", {vrrp::BuildArp({}), vrrp::BuildNeighbor({}), vrrp::BuildNeighbor(solicitation), BuildEthernet({})});
  std::vector<std::size_t> kinds;
  for (const Packet& packet : Receive(*with, 4)) kinds.push_back(packet.content.index());
  // Other neighbour traffic of the interfaces themselves may be among them.
  EXPECT_THAT(kinds, ::testing::Contains(vrrp::ParseResult(vrrp::ArpClaim()).index()));
  EXPECT_THAT(kinds, ::testing::Contains(vrrp::ParseResult(vrrp::NeighborClaim()).index()).Times(::testing::Ge(2)));
  EXPECT_EQ(Receive(*without, 1).size(), 1U);
}

TEST_F(TapTest, OtherTrafficWakesNobody) {
  const auto tap = Open<Tap>(std::string("right"), TapOptions{.claims = false});
  Send("left", std::vector<vrrp::Packet>(100, Unrelated()));
  EXPECT_FALSE(Readable(*tap));
  Send("left", {BuildEthernet({})});
  EXPECT_EQ(Receive(*tap, 1).size(), 1U);
  EXPECT_EQ(tap->Loss().received, 1U);
}

TEST_F(TapTest, LeavesNothingBehindWhenItStopsHalfway) {
  const auto tap = Open<Tap>(std::string("right"), TapOptions());
  constexpr std::size_t kOneTooMany = Tap::kMaxPerDrain + 1;
  for (std::size_t i = 0; i < kOneTooMany; ++i) Send(i % 2 == 0 ? "left" : "right", {BuildEthernet({})});
  EXPECT_EQ(Receive(*tap, kOneTooMany).size(), kOneTooMany);
  EXPECT_EQ(tap->Loss().dropped, 0U);
}

TEST_F(TapTest, CountsWhatTheKernelHadNoRoomFor) {
  const auto tap = Open<Tap>(std::string("right"), TapOptions());
  constexpr std::size_t kFlood = 3000;
  Send("left", std::vector<vrrp::Packet>(kFlood, BuildEthernet({})));
  std::size_t kept = 0;
  absl::Status drained;
  do {
    drained.Update(tap->Drain([&kept](const Packet&) { ++kept; }));
  } while (drained.ok() && Readable(*tap));
  EXPECT_TRUE(drained.ok()) << drained;
  EXPECT_GT(tap->Loss().dropped, 0U);
  EXPECT_EQ(kept + tap->Loss().dropped, kFlood);
}

TEST_F(TapTest, SaysWhenTheInterfaceIsGone) {
  const auto tap = Open<Tap>(std::string("right"), TapOptions());
  Ip("link delete left\n");
  absl::Status status;
  EXPECT_TRUE(lab::WaitUntil("the loss of the interface", std::chrono::seconds(5), [&] {
    netns().Enter([&] { status = tap->Drain([](const Packet&) {}); });
    return lab::Seen{!status.ok(), "no error"};
  }));
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(status.message(), "capture on right: the interface is gone");
}

TEST_F(TapTest, GoesOnAfterTheInterfaceWasDown) {
  const auto tap = Open<Tap>(std::string("right"), TapOptions());
  Ip("link set right down\n");
  netns().Enter([&] { EXPECT_TRUE(tap->Drain([](const Packet&) {}).ok()); });
  EXPECT_FALSE(Readable(*tap)) << "a loop would spin";
  Ip("link set right up\n");
  Send("left", {BuildEthernet({})});
  EXPECT_GE(Receive(*tap, 1).size(), 1U);
}

TEST_F(TapTest, NamesAMissingAndADownInterface) {
  netns().Enter([] {
    const absl::Status missing = Tap::Open("nowhere", {}).status();
    EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
    EXPECT_EQ(missing.message(), "capture on nowhere: no such interface (`ip link` lists them)");
  });
  Ip("link set right down\n");
  netns().Enter([] {
    const absl::Status down = Tap::Open("right", {}).status();
    EXPECT_TRUE(absl::IsUnavailable(down)) << down;
    EXPECT_EQ(down.message(), "capture on right: the interface is down");
  });
}

// Takes all capabilities from the calling thread, and from it alone.
void DropCapabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  ASSERT_EQ(syscall(SYS_capset, &header, none), 0);
}

TEST_F(TapTest, NamesTheMissingCapability) {
  netns().Enter([] {
    DropCapabilities();
    const absl::Status status = Tap::Open("right", {}).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_EQ(status.message(), "capture on right: not permitted; run as root or grant CAP_NET_RAW");
  });
}

}  // namespace
}  // namespace probe::capture
