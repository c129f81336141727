// What is said where nobody serves the VIP, where nobody else could, and where a node serves it whose probe is away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/lab/fault.h"
#include "tests/lab/layout.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr int kFine = 0;
constexpr int kWarning = 1;
constexpr int kCritical = 2;

// `arbctl status` has come to say all of this.
testing::AssertionResult AwaitSaid(const Site& site, const std::vector<std::string>& texts,
                                   Duration limit = seconds(15)) {
  return WaitUntil("status says it", limit, [&] {
    const std::string status = site.arbiter().Ctl({"status"}).out;
    bool said = true;
    for (const std::string& text : texts) said = said && status.find(text) != std::string::npos;
    return Seen{said, status};
  });
}

void ExpectCheck(const Site& site, int code, const std::string& text) {
  const Outcome check = site.arbiter().Ctl({"check"});
  EXPECT_EQ(check.exit_code, code) << check.out;
  EXPECT_THAT(check.out, HasSubstr(text));
}

TEST(Unheld, BothPortsOfTheVrrpLinkAreDown) {
  Site site(HeartbeatLink().Options(false));
  HeartbeatLink().ApplyTo(site);
  ASSERT_TRUE(site.Start());
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(10)));
  ExpectCheck(site, kFine, "2 nodes connected");
  Network& sync = site.segment("sync");
  sync.Pull("b");
  ASSERT_TRUE(AwaitSaid(site, {"no standby: b: sync has no carrier, which keeps VI_1 in FAULT"}));
  ExpectCheck(site, kWarning, "no standby (b: sync has no carrier");
  sync.Pull("a");
  ASSERT_TRUE(AwaitSaid(site, {"UNHELD",
                               "next: nobody answers for it; a and b: sync has no carrier, which keeps VI_1 "
                               "in FAULT: look at cable and switch port of sync"}));
  ExpectCheck(site, kCritical, "unheld (a, b: sync has no carrier");
  EXPECT_THAT(site.node("a").probe().Sub({"doctor", "--listen", "100ms"}).out,
              HasSubstr("instance VI_1: sync has no carrier, which keeps VI_1 in FAULT"));
  sync.PlugIn("a");
  EXPECT_TRUE(site.AwaitAnswers({"a"}));
  EXPECT_TRUE(AwaitSaid(site, {"HELD", "no standby: b"}));
}

// The address goes behind keepalived's back (no_track: it does not look), on a; b is in FAULT because of its script.
TEST(Unheld, TheAddressWasTakenAndTheOtherIsInFault) {
  Site site;
  for (const char* name : {"a", "b"}) site.node(name).instance().virtual_ipaddress = {site.vip() + "/24 no_track"};
  ASSERT_TRUE(site.Start());
  Node& other = site.AddNode("c", 3, site.lab().vrrp(), "other");  // a third router of the segment, without a probe
  other.config.instances = {{.name = "OTHERS", .virtual_router_id = 7, .virtual_ipaddress = {"192.168.1.99/24"}}};
  other.StartKeepalived();
  ExpectCheck(site, kFine, "1 VIP held");
  Node& b = site.node("b");
  b.keepalived().Stop();
  ASSERT_TRUE(AwaitSaid(site, {"no standby: b: keepalived does not run: start keepalived there"}));
  ExpectCheck(site, kWarning, "has no standby (b: keepalived does not run)");
  b.config.global_defs = {"script_user root"};
  b.config.blocks = {"vrrp_script chk {\nscript \"/bin/false\"\ninterval 1\n}"};
  b.instance().extra = {"track_script {\nchk\n}"};
  b.StartKeepalived();
  ASSERT_TRUE(AwaitSaid(site, {"HELD"}));
  site.node("a").host().Do({"ip", "address", "del", site.vip() + "/24", "dev", kVrrpInterface});
  ASSERT_TRUE(AwaitSaid(site, {"UNHELD",
                               "a: keepalived advertises it and the address is gone: taken away behind its "
                               "back",
                               "b: keepalived runs and VI_1 does not take it: likely in FAULT because of script chk"}));
  ExpectCheck(site, kCritical, "192.168.1.212 is unheld");
  EXPECT_THAT(site.node("a").probe().Sub({"doctor", "--listen", "1500ms"}).out,
              HasSubstr("VI_1 advertises it, and no interface has it: it was taken away behind the daemon's back"));
}

// keepalived adds its addresses without duplicate address detection, and who puts one back by hand does not.
TEST(Unheld, AnotherHostHadTheAddressWhenItWasPutBack) {
  Site site({.flavour = V6()});
  for (const char* name : {"a", "b"}) site.node(name).instance().virtual_ipaddress = {site.vip() + "/64 no_track"};
  const Fault stranger = SilentStranger();
  stranger.prepare(site);
  ASSERT_TRUE(site.Start());
  const Host& a = site.node("a").host();
  a.Do({"sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=1", "net.ipv6.conf.eth0.dad_transmits=1"});
  a.Do({"ip", "address", "del", site.vip() + "/64", "dev", kVrrpInterface});
  stranger.cause(site);
  a.Do({"ip", "address", "add", site.vip() + "/64", "dev", kVrrpInterface});
  ASSERT_TRUE(
      AwaitSaid(site, {"UNHELD", "a: it is dadfailed on eth0: another host answered for it when it was added"}));
  ExpectCheck(site, kCritical, "it is dadfailed on eth0");
  const std::string doctor = site.node("a").probe().Sub({"doctor", "--listen", "100ms"}).out;
  EXPECT_THAT(doctor, HasSubstr("fd00:1::212/64 on eth0: it is dadfailed on eth0"));
  EXPECT_THAT(doctor, testing::Not(HasSubstr("by hand")));
}

// With dont_track_primary a daemon stays active behind a cable that is out.
TEST(Unheld, ACableThatIsOutAndInAgainHoldsNobodyBack) {
  Site site;
  for (const char* name : {"a", "b"}) site.node(name).instance().extra = {"dont_track_primary"};
  ASSERT_TRUE(site.Start());
  site.lab().vrrp().Pull("a");
  ASSERT_TRUE(site.AwaitHealthy("b", seconds(15)));
  LetPass(seconds(3));  // what is said of a is not forgotten meanwhile
  EXPECT_EQ(site.VipState(), "HELD") << site.arbiter().Ctl({"status"}).out;
  site.lab().vrrp().PlugIn("a");
  const Instant end = Now() + seconds(5);
  while (Now() < end) {
    ASSERT_FALSE(site.HeldBack().contains("a")) << site.arbiter().Ctl({"status"}).out;
    LetPass(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(10)));
  EXPECT_TRUE(site.Incidents().empty()) << site.arbiter().Ctl({"incident", site.Incidents()[0]["id"].text()}).out;
}

TEST(Away, ANodeWithoutItsProbeIsJudgedByWhatItsPeersHear) {
  Site site;
  ASSERT_TRUE(site.Start());
  site.node("b").probe().Stop();
  ASSERT_TRUE(AwaitSaid(site, {"no standby: b: its probe is away"}));
  site.node("a").keepalived().Stop();  // b takes it
  ASSERT_TRUE(site.AwaitAnswers({"b"}));
  ASSERT_TRUE(AwaitSaid(site, {"UNKNOWN", "next: b (", "as a hears on eth0, and its probe is away"}));
  ExpectCheck(site, kWarning, "192.168.1.212 is unknown");
  for (const char* name : {"a", "b"}) site.node(name).firewall().DropVrrp();
  site.node("a").StartKeepalived();  // neither hears the other
  ASSERT_TRUE(site.AwaitAnswers({"a", "b"}));
  ASSERT_TRUE(AwaitSaid(site, {"SPLIT", "next: start arbiter-probe on b"}, seconds(25)));
  ExpectCheck(site, kCritical, "192.168.1.212 is split");
  site.node("b").probe().Start();
  EXPECT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_EQ(site.Incidents().size(), 1U) << site.arbiter().Ctl({"incidents"}).out;
}

TEST(Record, StrikesWhatIsMendedAndGoesOnThroughARestart) {
  Site site({.arbiter_flags = {"--mode", "observe"}});
  ASSERT_TRUE(site.Start());
  site.node("b").instance().virtual_router_id = 65;
  site.node("b").ReloadKeepalived();
  ASSERT_TRUE(AwaitSaid(site, {"SPLIT", "VRID_MISMATCH"}));
  const Instant split = Now();
  site.arbiter().Stop();
  LetPass(seconds(3));
  site.arbiter().Start();
  ASSERT_TRUE(AwaitSaid(site, {"SPLIT", "2 nodes connected"}));
  LetPass(seconds(2));
  ASSERT_EQ(site.Incidents().size(), 1U) << site.arbiter().Ctl({"incidents"}).out;
  const std::string id = site.Incidents()[0]["id"].text();
  site.node("b").instance().virtual_router_id = 66;
  site.node("b").ReloadKeepalived();
  ASSERT_TRUE(WaitUntil("it is over", seconds(30), [&] {
    const Json incident = site.arbiter().CtlJson({"incident", id});
    return Seen{incident["state"].text() == "INCIDENT_STATE_CLOSED", incident.ToString()};
  }));
  const std::string told = site.arbiter().Ctl({"incident", id}).out;
  EXPECT_EQ(site.Incidents().size(), 1U) << site.arbiter().Ctl({"incidents"}).out;
  const double both = std::stod(site.Incidents()[0]["dualHold"].text());
  EXPECT_GE(both, 5.0) << "the arbiter's absence counts\n" << told;
  EXPECT_LE(both, std::chrono::duration<double>(Now() - split).count() + 5) << told;
}

}  // namespace
}  // namespace lab
