// Who else is there: a host that has the VIP and says nothing unless it is asked, routers that are nobody's business,
// and a host that answers for everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"
#include "tests/lab/stranger.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string MacOf(const Host& host) {
  std::string mac = host.Do({"cat", absl::StrCat("/sys/class/net/", kVrrpInterface, "/address")});
  return mac.substr(0, mac.find('\n'));
}

class SilentStrangerTest : public testing::TestWithParam<Flavour> {};

TEST_P(SilentStrangerTest, IsNamedByItsMacWithinTwoSeconds) {
  Site site({.flavour = GetParam()});
  const Fault fault = SilentStranger();
  fault.prepare(site);
  ASSERT_TRUE(site.Start());
  LetPass(seconds(15));  // after its start the arbiter gives nodes time to come back
  EXPECT_TRUE(site.Incidents().empty());
  const Instant there = Now();
  fault.cause(site);
  ASSERT_TRUE(WaitUntil("the stranger is named", seconds(10), [&] {
    const std::vector<Json> incidents = site.Incidents();
    return Seen{!incidents.empty() && CausesOf(incidents.front()) == std::vector<std::string>{"FOREIGN_CLAIMANT"},
                site.arbiter().Ctl({"status"}).out};
  }));
  const Duration took = Now() - there;
  PrintFigure(absl::StrCat("silent stranger ", GetParam().name, ": named after"), took);
  EXPECT_LE(took, seconds(2) + std::chrono::milliseconds(300)) << "the last of it for arbctl";
  const std::string mac = MacOf(site.lab().host("stranger"));
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, HasSubstr(absl::StrCat("find the host with ", mac)));
  EXPECT_TRUE(site.HeldBack().empty()) << "nobody of ours is demoted for its sake";
  EXPECT_THAT(site.node("a").probe().Sub({"doctor", "--listen", "100ms"}).out,
              HasSubstr(absl::StrCat("a host with MAC ", mac, " answers for ", site.vip())));
  fault.mend(site);
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(10)));
}

INSTANTIATE_TEST_SUITE_P(All, SilentStrangerTest, testing::Values(V4(), V6(), V4Vmac()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(WhoAnswersTest, NobodyIsAskedWhereThatIsOff) {
  Site site({.probe_flags = {"--ask-who-answers", "off"}});
  const Fault fault = SilentStranger();
  fault.prepare(site);
  ASSERT_TRUE(site.Start());
  fault.cause(site);
  LetPass(seconds(20));
  EXPECT_TRUE(site.Incidents().empty()) << site.arbiter().Ctl({"incidents"}).out;
}

TEST(WhoAnswersTest, AHostThatAnswersForEverythingIsNoStranger) {
  Site site;
  Host& proxy = site.lab().AddHost("proxy", 77);
  ASSERT_TRUE(site.Start());
  // Linux leaves an ARP probe alone where it is a proxy; others do not, and this stands for them.
  proxy.Do({"ip", "addr", "add", site.vip() + "/32", "dev", kVrrpInterface});
  proxy.Do({"ip", "addr", "add", site.node("a").host().Ipv4() + "/32", "dev", kVrrpInterface});
  LetPass(seconds(20));
  EXPECT_TRUE(site.Incidents().empty()) << site.arbiter().Ctl({"incidents"}).out;
  EXPECT_THAT(site.node("a").probe().Sub({"doctor", "--listen", "100ms"}).out, Not(HasSubstr(" answers for ")));
}

// An Ethernet frame with an HSRP hello of group 5, as a router of Cisco sends it.
Frame HsrpHello() {
  Frame frame = {0x01, 0x00, 0x5e, 0x00, 0x00, 0x02, 0x00, 0x00, 0x0c, 0x07, 0xac, 0x05, 0x08, 0x00, 0x45, 0xc0,
                 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x01, 0x11, 0x00, 0x00, 192,  168,  1,    3,    224,  0,
                 0,    2,    0x07, 0xc1, 0x07, 0xc1, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x00, 0x10, 0x03, 0x0a, 0x6e,
                 0x05, 0x00, 'c',  'i',  's',  'c',  'o',  0x00, 0x00, 0x00, 192,  168,  1,    253};
  return frame;
}

TEST(ForeignRouterTest, IsShownAsSuchAndCheckStaysFine) {
  Site site;
  Host& gateway = site.lab().AddHost("gateway", 3);
  ASSERT_TRUE(site.Start());
  AdvertFrame advert;
  advert.vrid = 7;
  advert.address = {192, 168, 1, 254};
  advert.source = {192, 168, 1, 3};
  const std::jthread routers([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Inject(gateway, MakeAdvert(advert));
      Inject(gateway, HsrpHello());
      LetPass(std::chrono::milliseconds(200));
    }
  });
  EXPECT_TRUE(WaitUntil("both are shown", seconds(10), [&] {
    const std::string nodes = site.arbiter().Ctl({"nodes", "-o", "wide"}).out;
    return Seen{testing::Value(nodes, AllOf(HasSubstr("foreign on eth0: VRRPv2 VRID 7 of 192.168.1.3, priority 200, "
                                                      "for 192.168.1.254"),
                                            HasSubstr("foreign on eth0: HSRP group 5 of 192.168.1.3, priority 110, "
                                                      "for 192.168.1.253"))),
                nodes};
  }));
  const Outcome status = site.arbiter().Ctl({"status"});
  EXPECT_THAT(status.out, AllOf(Not(HasSubstr("192.168.1.254")), Not(HasSubstr("UNHELD"))));
  const Outcome check = site.arbiter().Ctl({"check"});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  const Outcome examined = site.node("b").probe().Sub({"doctor"});
  EXPECT_THAT(examined.out, AllOf(HasSubstr("VRID 7 (192.168.1.3)"), HasSubstr("HSRP group 5 (192.168.1.3)")));
}

}  // namespace
}  // namespace lab
