// The priority of a node whose adverts nobody can hear: the configuration says it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

// No advert ever gets on the wire: the address of the peer cannot be resolved.
TEST(Priority, OfAdvertsThatNeverReachTheWireIsTheConfiguredOne) {
  Site site;  // a: 100 and the lower address; b: 90 and the higher one
  for (const char* name : {"a", "b"}) {
    site.node(name).instance().unicast_src_ip = site.node(name).host().Ipv4();
    site.node(name).instance().unicast_peer = {"192.168.1.77"};
  }
  ASSERT_TRUE(site.StartDaemons());
  for (const char* name : {"a", "b"}) site.node(name).StartKeepalived();
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}, seconds(20)));
  const Instant guarded = Now();
  EXPECT_TRUE(WaitUntil("the priority of the survivor is shown", seconds(5), [&] {
    return Seen{site.Vip()["holders"].With("node", "a")["priority"].number() == 100, site.Vip().ToString()};
  }));
  const std::vector<Json> nodes = site.arbiter().CtlJson({"nodes"})["nodes"].items();
  ASSERT_EQ(nodes.size(), 2U);
  for (const Json& node : nodes) {
    const Json vip = node["vips"].With("address", site.vip());
    EXPECT_EQ(vip["priority"].number(), node["status"]["id"].text() == "a" ? 100 : 90) << vip.ToString();
  }
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, testing::Not(testing::ContainsRegex(" \\? ")));
  LetPass(seconds(4));
  EXPECT_TRUE(site.AnsweredAlone("a", guarded));
  const std::vector<Json> incidents = site.Incidents();
  ASSERT_EQ(incidents.size(), 1U);
  EXPECT_EQ(incidents.front()["survivor"].text(), "a");
  EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{"UNICAST_PEER_MISMATCH"});
}

}  // namespace
}  // namespace lab
