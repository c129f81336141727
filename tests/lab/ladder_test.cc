// The ways to give up a VIP: the gate, and what is used beside it or where it cannot work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// What `arbctl nodes` says of one rung of b for the VIP.
Json RungOfB(Site& site, const std::string& kind) {
  const Json nodes = site.arbiter().CtlJson({"nodes"})["nodes"];
  const Json b = nodes.Find([](const Json& node) { return node["status"]["id"].text() == "b"; });
  return b["vips"].With("address", site.vip())["rungs"].With("kind", "RUNG_KIND_" + kind);
}

// Capabilities that a root process keeps are bounded by this prefix.
std::vector<std::string> WithoutNetAdmin() { return {"setpriv", "--bounding-set=-net_admin", "--"}; }

TEST(Ladder, TheGateLeavesTheAddressInPlaceAndSaysSo) {
  Site site;
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  const Json held_back = site.Vip()["heldBack"].With("node", "b");
  EXPECT_TRUE(held_back["gate"]["shut"].truth()) << held_back.ToString();
  EXPECT_TRUE(held_back["configured"].truth()) << held_back.ToString();
  EXPECT_TRUE(site.addresses().Has("b", site.vip()));
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, HasSubstr("gate shut"));
}

TEST(Ladder, ATrackFileTakesTheAddressAwayAsWell) {
  Site site({.track_files = true});
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_TRUE(WaitUntil("b has no address any more", seconds(3), [&] {
    return Seen{!site.addresses().Has("b", site.vip()), site.Vip().ToString()};
  }));
}

TEST(Ladder, NodesSaysBeforehandWhichRungsWorkAndWhatElseFalls) {
  Site site;
  for (const char* name : {"a", "b"}) {
    InstanceConfig second = InstanceOf(V4(), 80);
    second.name = "VI_2";
    second.virtual_router_id = 77;
    second.virtual_ipaddress = {"192.168.1.213/24"};
    site.node(name).config.instances.push_back(second);
  }
  ASSERT_TRUE(site.Start());
  ASSERT_TRUE(WaitUntil("b has reported its rungs", seconds(5), [&] {
    return Seen{RungOfB(site, "GATE")["usable"].truth(), site.arbiter().Ctl({"-o", "json", "nodes"}).out};
  }));
  EXPECT_FALSE(RungOfB(site, "TRACK_FILE")["usable"].truth());
  EXPECT_THAT(RungOfB(site, "TRACK_FILE")["reason"].text(), HasSubstr("track"));
  EXPECT_THAT(RungOfB(site, "STOP_DAEMON")["scope"].ToString(), HasSubstr("192.168.1.213"));
  EXPECT_THAT(site.arbiter().Ctl({"nodes"}).out, HasSubstr("track"));
}

TEST(Ladder, WithoutTheGateTheTrackFileDoesIt) {
  Site site({.track_files = true, .probe_flags = {"--actuators", "track_file,remove_address"}});
  ASSERT_TRUE(site.Start());
  const Instant since = Now();
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_FALSE(site.addresses().Has("b", site.vip()));
  const AnswerRecord answers = site.witness().Record();
  EXPECT_LE(answers.BothAnswered(since), seconds(1)) << answers.Timeline();
  EXPECT_LE(answers.LongestSilenceOf("a", since), kNoise) << answers.Timeline();
  PrintFigure("without a gate, by track file after confirm_after: both answered", answers.BothAnswered(since));
}

TEST(Ladder, WithoutGateAndTrackFileTheDaemonIsStoppedWhereThatIsAllowed) {
  Site site({.probe_flags = {"--actuators", "stop_daemon"}});
  ASSERT_TRUE(site.Start());
  const Instant since = Now();
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_FALSE(site.addresses().Has("b", site.vip()));
  EXPECT_LE(site.witness().Record().LongestSilenceOf("a", since), kNoise);
}

TEST(Ladder, WithoutNetAdminTheTrackFileDoesItAndOneLineSaysWhy) {
  Site site({.track_files = true});
  site.node("b").probe().options().prefix = WithoutNetAdmin();
  ASSERT_TRUE(site.Start());
  EXPECT_FALSE(RungOfB(site, "GATE")["usable"].truth());
  EXPECT_THAT(site.node("b").probe().Log(), HasSubstr("CAP_NET_ADMIN"));
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_FALSE(site.addresses().Has("b", site.vip()));
}

}  // namespace
}  // namespace lab
