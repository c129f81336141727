// The weak host model as the kernel has it, beside what AnswersOn says: two namespaces, one asks.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "probe/actuate/reach_prober.h"
#include "probe/netlink/address_watch.h"
#include "probe/report/answering.h"
#include "tests/probe/netlink/namespace_fixture.h"

namespace probe::report {
namespace {

using netlink::testing::Shell;
using netlink::testing::TestNamespace;
using std::chrono::milliseconds;

arbiter::IpAddress Ip(const std::string& text) { return arbiter::IpAddress::Parse(text).value(); }

class WeakHostLab : public testing::Test {
 protected:
  WeakHostLab() : host_("h"), client_("c") {
    for (const auto& [link, peer] : {std::pair("eth0", "c0"), std::pair("lan", "c1")}) {
      Do(absl::StrCat("ip -n ", host_.name(), " link add ", link, " type veth peer name ", peer, " netns ",
                      client_.name()));
      Host(absl::StrCat("link set ", link, " up"));
      Client(absl::StrCat("link set ", peer, " up"));
    }
    Host("link add docker0 type bridge");  // up, and without carrier
    Host("link set docker0 up");
    Host("addr add 192.168.1.2/24 dev eth0");
    Host("addr add 172.16.0.2/24 dev lan");
    Host("addr add 2001:db8::2/64 dev eth0 nodad");
    Client("addr add 192.168.1.9/24 dev c0");
    Client("addr add 2001:db8::9/64 dev c0 nodad");
    EXPECT_EQ(host_.Run("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0"), 0);
    EXPECT_TRUE(
        netlink::testing::WaitFor(-1, [this] { return Answers("192.168.1.2", 200) && Answers("2001:db8::2", 200); }));
  }

  static void Do(const std::string& command) { EXPECT_EQ(Shell(command), 0) << command; }
  void Host(const std::string& arguments) const { Do(absl::StrCat("ip -n ", host_.name(), " ", arguments)); }
  void Client(const std::string& arguments) const { Do(absl::StrCat("ip -n ", client_.name(), " ", arguments)); }

  // Whether the host answers for it on eth0's segment.
  [[nodiscard]] bool Answers(const std::string& address, int within_ms = 60) const {
    bool answered = false;
    client_.Within([&] {
      auto watch = netlink::AddressWatch::Open(netlink::Instant());
      auto prober = actuate::ReachProber::Open();
      ASSERT_TRUE(watch.ok() && prober.ok());
      const netlink::Link* leg = (*watch)->table().FindLink("c0");
      ASSERT_NE(leg, nullptr);
      actuate::ReachQuestion question;
      question.link = leg->index;
      question.mac = leg->mac;
      question.own_addresses = (*watch)->table().AddressesOn(leg->index);
      question.targets = {Ip(address)};
      const auto now = [] { return std::chrono::steady_clock::now(); };
      const auto deadline = now() + milliseconds(within_ms);
      ASSERT_TRUE(prober->Start(question, now()).ok());
      while (!prober->tally().complete() && now() < deadline) {
        pollfd wait{prober->fd(), POLLIN, 0};
        poll(&wait, 1, 5);
        ASSERT_TRUE(prober->Drain(now()).ok());
      }
      answered = prober->tally().answered() == 1;
    });
    return answered;
  }

  // What AnswersOn says of it, out of the host's own tables.
  [[nodiscard]] bool Expected(const std::string& address, int arp_ignore) const {
    bool expected = false;
    host_.Within([&] {
      auto watch = netlink::AddressWatch::Open(netlink::Instant());
      ASSERT_TRUE(watch.ok());
      const keepalived::Config config;
      const OwnerIndex owners(config);
      Facts facts{.addresses = (*watch)->table(), .config = config, .owners = owners};
      facts.named = {Ip(address)};
      const Layout layout(facts);
      expected =
          !AnswersOn(Ip(address), (*watch)->table().Find(Ip(address)), {"eth0"}, layout, [&](const std::string&) {
             return arp_ignore;
           }).empty();
    });
    return expected;
  }

  void SetArpIgnore(int value) const {
    EXPECT_EQ(host_.Run(absl::StrCat("sysctl -qw net.ipv4.conf.eth0.arp_ignore=", value)), 0);
  }

  TestNamespace host_;
  TestNamespace client_;
};

TEST_F(WeakHostLab, AnswersArpWhereWeSayThatItDoes) {
  for (const std::string place : {"192.168.1.212/24 dev eth0", "192.168.1.212/32 dev eth0", "192.168.1.212/32 dev lan",
                                  "192.168.1.212/32 dev docker0", "192.168.1.212/32 dev lo",
                                  "192.168.1.212/32 dev lo scope host", "10.5.5.5/32 dev eth0"}) {
    const std::string address = place.substr(0, place.find('/'));
    Host(absl::StrCat("addr add ", place));
    for (const int value : {0, 1, 2, 3, 4, 8}) {
      SetArpIgnore(value);
      EXPECT_EQ(Answers(address), Expected(address, value)) << place << ", arp_ignore " << value;
    }
    Host(absl::StrCat("addr del ", place));
  }
}

TEST_F(WeakHostLab, AnswersForAnAddressOnALinkThatIsDown) {
  Host("addr add 192.168.1.212/32 dev lan");
  Host("link set lan down");
  EXPECT_TRUE(Answers("192.168.1.212"));
  EXPECT_TRUE(Expected("192.168.1.212", 0));
}

TEST_F(WeakHostLab, AnswersNeighbourDiscoveryOnlyWhereTheAddressIs) {
  for (const std::string device : {"eth0", "lan", "docker0", "lo"}) {
    Host(absl::StrCat("addr add 2001:db8::212/128 nodad dev ", device));
    EXPECT_EQ(Answers("2001:db8::212"), Expected("2001:db8::212", 0)) << device;
    EXPECT_EQ(Expected("2001:db8::212", 0), device == "eth0");
    Host(absl::StrCat("addr del 2001:db8::212/128 dev ", device));
  }
}

}  // namespace
}  // namespace probe::report
