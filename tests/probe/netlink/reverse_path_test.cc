// The reverse path filter, and other things of the kernel that drop what has come in.
#include "probe/netlink/reverse_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>

#include <fstream>

#include "probe/netlink/address_watch.h"
#include "tests/probe/netlink/namespace_fixture.h"

namespace probe::netlink {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TestNamespace;

arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

// eth0 is on 10.1.0.0/24; 10.9.9.1 is reached by mgmt.
class ReversePathLab : public ::testing::Test {
 protected:
  ReversePathLab() : host_("p") {
    EXPECT_EQ(host_.Run("for i in eth0 mgmt; do ip link add $i type veth peer name far$i; ip link set far$i up;"
                        " ip link set $i up; done; ip addr add 10.1.0.5/24 dev eth0; ip addr add 10.2.0.5/24 dev mgmt;"
                        "ip route add 10.9.9.1/32 dev mgmt; sysctl -qw net.ipv4.conf.all.rp_filter=0"),
              0);
  }

  std::optional<ReversePathDrop> Ask(const std::string& sender, int filter) {
    EXPECT_EQ(host_.Run("sysctl -qw net.ipv4.conf.eth0.rp_filter=" + std::to_string(filter)), 0);
    std::optional<ReversePathDrop> drop;
    host_.Within([&] {
      auto reader = KernelReader::Open();
      auto watch = AddressWatch::Open(Instant());
      ASSERT_TRUE(reader.ok() && watch.ok());
      drop = WhatReversePathDoes(*reader, (*watch)->table(), "eth0", Ip(sender));
    });
    return drop;
  }

  TestNamespace host_;
};

TEST_F(ReversePathLab, DropsStrictlyWhatIsRoutedElsewhere) {
  const auto drop = Ask("10.9.9.1", 1);
  ASSERT_TRUE(drop.has_value());
  EXPECT_EQ(drop->by, "net.ipv4.conf.eth0.rp_filter is 1 in force, and the way back to 10.9.9.1 leaves by mgmt");
  EXPECT_THAT(drop->repair, HasSubstr("sysctl -w net.ipv4.conf.eth0.rp_filter=2"));
  EXPECT_FALSE(Ask("10.1.0.7", 1).has_value());
  EXPECT_FALSE(Ask("10.9.9.1", 0).has_value());
  EXPECT_FALSE(Ask("10.9.9.1", 2).has_value());
  EXPECT_FALSE(Ask("fe80::1", 1).has_value());
}

TEST_F(ReversePathLab, DropsEvenLooselyWhatNoRouteLeadsTo) {
  for (const int filter : {1, 2}) {
    const auto drop = Ask("10.7.7.7", filter);
    ASSERT_TRUE(drop.has_value()) << filter;
    EXPECT_THAT(drop->by, HasSubstr("there is no route to 10.7.7.7"));
    EXPECT_THAT(drop->repair, HasSubstr("ip route add 10.7.7.7/32 dev eth0"));
  }
}

TEST_F(ReversePathLab, FiltersOfTcAreNamedInTheirDirection) {
  const auto filters = [this](bool incoming) {
    std::vector<std::string> found;
    host_.Within([&] {
      auto reader = KernelReader::Open();
      ASSERT_TRUE(reader.ok());
      const int eth0 = static_cast<int>(if_nametoindex("eth0"));
      found = incoming ? reader->IngressFilters(eth0).value() : reader->EgressFilters(eth0).value();
    });
    return found;
  };
  EXPECT_THAT(filters(true), IsEmpty());
  EXPECT_THAT(filters(false), IsEmpty());
  if (host_.Run("tc qdisc add dev eth0 clsact && tc filter add dev eth0 ingress pref 7 protocol ip matchall action "
                "drop && tc filter add dev eth0 egress pref 8 protocol ip matchall action drop") != 0) {
    GTEST_SKIP() << "this kernel has no matchall";
  }
  EXPECT_THAT(filters(true), ::testing::ElementsAre("matchall, pref 7"));
  EXPECT_THAT(filters(false), ::testing::ElementsAre("matchall, pref 8"));
}

}  // namespace
}  // namespace probe::netlink
