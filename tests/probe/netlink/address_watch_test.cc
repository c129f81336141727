#include "probe/netlink/address_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "tests/probe/netlink/namespace_fixture.h"

namespace probe::netlink {
namespace {

using testing::TestNamespace;
using testing::WaitFor;

Instant Now() { return std::chrono::steady_clock::now(); }

// Collects what the watch reports until some change fulfils `wanted`.
template <typename Wanted>
bool Sees(AddressWatch& watch, std::vector<Change>& seen, Wanted wanted) {
  return WaitFor(watch.fd(), [&] {
    auto changes = watch.Drain(Now());
    EXPECT_TRUE(changes.ok()) << changes.status();
    if (changes.ok()) std::move(changes->begin(), changes->end(), std::back_inserter(seen));
    return std::any_of(seen.begin(), seen.end(), wanted);
  });
}

TEST(AddressWatchLab, SeesAddressesAndLinksComeAndGo) {
  const TestNamespace host("w");
  ASSERT_EQ(host.Run("ip link add eth0 type veth peer name far; ip link set far up; ip link set eth0 up;"
                     "ip link add vrrp.66 link eth0 type macvlan mode private"),
            0);
  host.Within([&] {
    auto watch = AddressWatch::Open(Now());
    ASSERT_TRUE(watch.ok()) << watch.status();
    const Link* eth0 = (*watch)->table().FindLink("eth0");
    ASSERT_NE(eth0, nullptr);
    EXPECT_EQ(eth0->kind, "veth");
    EXPECT_FALSE(eth0->parent.has_value());
    const Link* vmac = (*watch)->table().FindLink("vrrp.66");
    ASSERT_NE(vmac, nullptr);
    EXPECT_EQ(vmac->parent, eth0->index);

    const auto vip = arbiter::IpAddress::Parse("192.168.1.212").value();
    std::vector<Change> seen;
    ASSERT_EQ(host.Run("ip addr add 192.168.1.212/32 dev eth0"), 0);
    EXPECT_TRUE(Sees(**watch, seen, [&](const Change& change) {
      const auto* added = std::get_if<AddressAdded>(&change);
      return added != nullptr && added->address.ip == vip && added->address.prefix_length == 32;
    }));
    ASSERT_EQ((*watch)->table().Find(vip).size(), 1U);
    EXPECT_TRUE((*watch)->table().Find(vip)[0].CanAnswer());

    ASSERT_EQ(host.Run("ip link set far down"), 0);
    EXPECT_TRUE(Sees(**watch, seen, [&](const Change& change) {
      const auto* link = std::get_if<LinkChanged>(&change);
      return link != nullptr && link->link.name == "eth0" && link->link.carrier == false;
    }));
    EXPECT_FALSE((*watch)->table().Find(vip)[0].CanAnswer());

    ASSERT_EQ(host.Run("ip link del eth0"), 0);
    EXPECT_TRUE(Sees(**watch, seen, [](const Change& change) {
      const auto* gone = std::get_if<LinkRemoved>(&change);
      return gone != nullptr && gone->link.name == "eth0";
    }));
    EXPECT_TRUE((*watch)->table().Find(vip).empty());
  });
}

TEST(AddressWatchLab, AnOverrunIsCountedAndEverythingReadAnew) {
  const TestNamespace host("o");
  ASSERT_EQ(host.Run("ip link add eth0 type veth peer name far"), 0);
  host.Within([&] {
    auto watch = AddressWatch::Open(Now(), 4096);
    ASSERT_TRUE(watch.ok()) << watch.status();
    ASSERT_EQ(host.Run("for i in $(seq 1 250); do echo addr add 10.9.0.$i/32 dev eth0; done | ip -batch -"), 0);
    std::vector<Change> seen;
    EXPECT_TRUE(Sees(**watch, seen, [](const Change& c) { return std::holds_alternative<Resynced>(c); }));
    EXPECT_GE((*watch)->overruns(), 1U);
    const Link* eth0 = (*watch)->table().FindLink("eth0");
    ASSERT_NE(eth0, nullptr);
    EXPECT_EQ((*watch)->table().AddressesOn(eth0->index).size(), 250U);
    EXPECT_EQ(std::count_if(seen.begin(), seen.end(), [](const Change& c) { return c.index() == 0; }), 250);
  });
}

}  // namespace
}  // namespace probe::netlink
