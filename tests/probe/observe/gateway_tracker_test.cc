// The routers of other protocols.
#include "probe/observe/gateway_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::observe {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Instant kStart{seconds(1000)};

vrrp::HsrpHello Hello(std::uint16_t group, const std::string& source) {
  vrrp::HsrpHello hello;
  hello.group = group;
  hello.priority = 110;
  hello.origin.source = arbiter::IpAddress::Parse(source).value();
  hello.address = arbiter::IpAddress::Parse("192.168.1.254").value();
  return hello;
}

TEST(GatewayTracker, KnowsEachRouterOnceAndForgetsWhoIsSilent) {
  GatewayTracker tracker;
  vrrp::CarpAdvertisement carp;
  carp.vhid = 7;
  tracker.Hear("eth0", carp, kStart);
  for (int i = 0; i < 3; ++i) tracker.Hear("eth0", Hello(5, "192.168.1.3"), kStart + seconds(i));
  ASSERT_THAT(tracker.All(), SizeIs(2));
  EXPECT_EQ(tracker.All()[0].protocol, "CARP");
  EXPECT_EQ(tracker.All()[0].group, 7U);
  EXPECT_EQ(tracker.All()[1].protocol, "HSRP");
  EXPECT_EQ(tracker.All()[1].priority, 110U);
  EXPECT_EQ(tracker.All()[1].address->ToString(), "192.168.1.254");
  tracker.Expire(kStart + GatewayTracker::kLasts);
  EXPECT_THAT(tracker.All(), SizeIs(1));
  tracker.ForgetInterface("eth0");
  EXPECT_THAT(tracker.All(), IsEmpty());
}

TEST(GatewayTracker, IsBounded) {
  GatewayTracker tracker;
  for (std::uint16_t i = 0; i < 1000; ++i) tracker.Hear("eth0", Hello(i, "192.168.1.3"), kStart + seconds(i));
  EXPECT_THAT(tracker.All(), SizeIs(GatewayTracker::kMost));
  EXPECT_EQ(tracker.All().back().group, 999U);
}

}  // namespace
}  // namespace probe::observe
