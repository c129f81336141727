#include "probe/netlink/kernel_reader.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <set>
#include <vector>

#include "tests/probe/netlink/namespace_fixture.h"

namespace probe::netlink {
namespace {

using arbiter::IpAddress;
using testing::TestNamespace;

IpAddress Ip(absl::string_view text) { return IpAddress::Parse(text).value(); }

class KernelReaderLab : public ::testing::Test {
 protected:
  KernelReaderLab() : host_("r") {
    EXPECT_EQ(
        host_.Run("ip link add eth0 type veth peer name far; ip link set far up; ip link set eth0 up;"
                  "ip addr add 10.1.0.5/24 dev eth0; ip addr add 10.1.0.212/32 dev eth0;"
                  "ip -6 addr add 2001:db8::5/64 dev eth0 nodad; ip -6 addr add 2001:db8::212/128 dev eth0 nodad"),
        0);
  }

  // Runs `body` with a reader in the namespace and the index of eth0.
  template <typename Body>
  void With(Body body) {
    host_.Within([&] {
      auto reader = KernelReader::Open();
      ASSERT_TRUE(reader.ok()) << reader.status();
      body(*reader, static_cast<int>(if_nametoindex("eth0")));
    });
  }

  TestNamespace host_;
};

TEST_F(KernelReaderLab, FindsAnAddressWithItsLinkNow) {
  With([](KernelReader& reader, int eth0) {
    for (const char* vip : {"10.1.0.212", "2001:db8::212"}) {
      const auto found = reader.Find(Ip(vip));
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_EQ(found->size(), 1U) << vip;
      EXPECT_EQ((*found)[0].link.index, eth0);
      EXPECT_EQ((*found)[0].link.name, "eth0");
      EXPECT_TRUE((*found)[0].CanAnswer());
    }
    EXPECT_EQ(reader.IsConfigured(Ip("10.1.0.213")).value(), false);
  });
}

TEST_F(KernelReaderLab, RemovesOneAddressAndSaysWhenThereWasNone) {
  With([](KernelReader& reader, int eth0) {
    EXPECT_TRUE(reader.RemoveAddress(eth0, Ip("10.1.0.212"), 32).ok());
    EXPECT_TRUE(reader.RemoveAddress(eth0, Ip("2001:db8::212"), 128).ok());
    EXPECT_EQ(reader.IsConfigured(Ip("10.1.0.212")).value(), false);
    EXPECT_EQ(reader.IsConfigured(Ip("2001:db8::212")).value(), false);
    EXPECT_EQ(reader.IsConfigured(Ip("10.1.0.5")).value(), true);
    const absl::Status again = reader.RemoveAddress(eth0, Ip("10.1.0.212"), 32);
    EXPECT_TRUE(absl::IsNotFound(again)) << again;
    EXPECT_NE(again.message().find("remove 10.1.0.212/32"), absl::string_view::npos);
  });
}

TEST_F(KernelReaderLab, TheDefaultGatewayIsTheOneOfLowestMetricOnThatLink) {
  With([this](KernelReader& reader, int eth0) {
    EXPECT_FALSE(reader.DefaultGateway(eth0, IpAddress::Family::kV4).value().has_value());
    ASSERT_EQ(host_.Run("ip route add default via 10.1.0.9 metric 300; ip route add default via 10.1.0.1 metric 100;"
                        "ip -6 route add default via 2001:db8::1"),
              0);
    EXPECT_EQ(reader.DefaultGateway(eth0, IpAddress::Family::kV4).value(), Ip("10.1.0.1"));
    EXPECT_EQ(reader.DefaultGateway(eth0, IpAddress::Family::kV6).value(), Ip("2001:db8::1"));
    EXPECT_FALSE(reader.DefaultGateway(eth0 + 1, IpAddress::Family::kV4).value().has_value());
    ASSERT_EQ(host_.Run("ip route flush default; ip route add default nexthop via 10.1.0.7 dev eth0"), 0);
    EXPECT_EQ(reader.DefaultGateway(eth0, IpAddress::Family::kV4).value(), Ip("10.1.0.7"));
  });
}

TEST_F(KernelReaderLab, NeighboursAreThoseThatWereHeard) {
  With([this](KernelReader& reader, int eth0) {
    ASSERT_EQ(host_.Run("ip neigh add 10.1.0.30 lladdr 02:00:00:00:00:30 nud stale dev eth0;"
                        "ip neigh add 10.1.0.31 lladdr 02:00:00:00:00:31 nud reachable dev eth0;"
                        "ip neigh add 10.1.0.32 nud failed dev eth0;"
                        "ip neigh add 10.1.0.33 lladdr 02:00:00:00:00:33 nud permanent dev eth0"),
              0);
    const auto neighbours = reader.Neighbours(eth0, IpAddress::Family::kV4);
    ASSERT_TRUE(neighbours.ok()) << neighbours.status();
    ASSERT_EQ(neighbours->size(), 2U);
    for (const Neighbour& n : *neighbours) {
      EXPECT_TRUE(n.ip == Ip("10.1.0.30") || n.ip == Ip("10.1.0.31")) << n.ip.ToString();
    }
  });
}

TEST_F(KernelReaderLab, TellsWhichOfManyAreConfiguredInOneLook) {
  With([](KernelReader& reader, int /*eth0*/) {
    const std::vector<IpAddress> asked = {Ip("10.1.0.212"), Ip("10.1.0.213"), Ip("2001:db8::212"), Ip("2001:db8::213")};
    const auto there = reader.ConfiguredOf(asked);
    ASSERT_TRUE(there.ok()) << there.status();
    EXPECT_EQ(*there, (std::set<IpAddress>{Ip("10.1.0.212"), Ip("2001:db8::212")}));
  });
}

TEST_F(KernelReaderLab, PutsAnAddressBackAsItWas) {
  ASSERT_EQ(host_.Run("ip addr add 10.1.0.77/28 dev eth0 scope link label eth0:vip noprefixroute"), 0);
  With([](KernelReader& reader, int eth0) {
    for (const char* vip : {"10.1.0.77", "2001:db8::212", "10.1.0.212"}) {
      const auto before = reader.FindWhole(Ip(vip));
      ASSERT_TRUE(before.ok()) << before.status();
      ASSERT_EQ(before->size(), 1U);
      ASSERT_TRUE(reader.RemoveAddress(eth0, Ip(vip), before->front().prefix_length).ok());
      EXPECT_TRUE(reader.FindWhole(Ip(vip))->empty());
      EXPECT_TRUE(reader.AddAddress(before->front()).ok());
      EXPECT_EQ(reader.FindWhole(Ip(vip)).value(), *before) << vip;
      EXPECT_TRUE(reader.AddAddress(before->front()).ok()) << "it is there already";
    }
    EXPECT_EQ(reader.FindWhole(Ip("10.1.0.77"))->front().label, "eth0:vip");
    WholeAddress elsewhere = reader.FindWhole(Ip("10.1.0.77"))->front();
    elsewhere.interface = "eth9";
    EXPECT_TRUE(absl::IsNotFound(reader.AddAddress(elsewhere)));
  });
}

}  // namespace
}  // namespace probe::netlink
