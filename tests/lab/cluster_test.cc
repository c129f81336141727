// More than two nodes, more than one cluster, and fewer networks than one would like.
#include <gtest/gtest.h>

#include <string>

#include "tests/lab/fault.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// b and c go on under another VRID: b takes the VIP there, and as it is silenced c would be next.
TEST(Cluster, OfThreeNodesTwoThatSplitOffAreHeldBackAndTheThirdServes) {
  Site site({.nodes = 3});
  ASSERT_TRUE(site.Start());
  const Instant start = Now();
  for (const char* name : {"b", "c"}) {
    site.node(name).instance().virtual_router_id = 65;
    site.node(name).ReloadKeepalived();
  }
  ASSERT_TRUE(WaitUntil("b is held back", seconds(15), [&] {
    return Seen{site.HeldBack().contains("b"), site.Vip().ToString()};
  }));
  LetPass(seconds(6));  // c is active by now
  EXPECT_EQ(site.witness().Latest(), Hosts{"a"});
  const AnswerRecord answers = site.witness().Record();
  EXPECT_LE(answers.LongestSilenceOf("a", start), kNoise) << answers.Timeline();
  EXPECT_LE(answers.BothAnswered(start), seconds(1)) << answers.Timeline();
  const PingRecord pings = site.client().Record();
  EXPECT_LE(pings.Lost(start, Now() - milliseconds(100)), 3) << pings.Describe(start, Now());
}

TEST(Cluster, TheSameVipInTwoClustersIsNoConflict) {
  Site site;
  Network& elsewhere = site.lab().AddSegment();
  for (const auto& [name, number] : {std::pair{"x", 21}, std::pair{"y", 22}}) {
    Node& node = site.AddNode(name, number, elsewhere, "other");
    node.config.instances = {InstanceOf(V4(), 100 - number)};
  }
  ASSERT_TRUE(site.Start());
  ASSERT_TRUE(WaitUntil("both clusters hold it", seconds(10), [&] {
    return Seen{site.VipState() == "HELD" && site.VipState("", "other") == "HELD", site.arbiter().Ctl({"status"}).out};
  }));
  LetPass(seconds(2));
  EXPECT_TRUE(site.Incidents().empty());
  // And a split in one of them stays there.
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_EQ(site.VipState("", "other"), "HELD");
}

class OneNetworkTest : public testing::TestWithParam<Fault> {};

TEST_P(OneNetworkTest, IsEnoughForEveryFaultThatLeavesTheNodesOwnTcpAlive) {
  const Fault& fault = GetParam();
  Site site({.one_network = true});
  fault.prepare(site);
  ASSERT_TRUE(site.Start());
  const Instant since = Now();
  fault.cause(site);
  ASSERT_TRUE(site.AwaitGuarded(fault.survivor, {fault.loser}));
  EXPECT_LE(site.witness().Record().BothAnswered(since), seconds(1)) << site.witness().Record().Timeline();
}

INSTANTIATE_TEST_SUITE_P(Faults, OneNetworkTest, testing::Values(VridsDiffer(), VrrpFiltered(), DaemonFrozen()),
                         [](const auto& parameter) { return parameter.param.name; });

// The cut-off node cannot be told anything, and nothing unsafe follows: the other one serves.
TEST(OneNetwork, APulledCableLeavesTheOtherNodeServing) {
  Site site({.one_network = true});
  ASSERT_TRUE(site.Start());
  site.lab().vrrp().Pull("a");
  ASSERT_TRUE(site.AwaitAnswers({"b"}));
  const auto served = site.witness().Record().FirstAnswer("b");
  LetPass(seconds(3));
  EXPECT_LE(site.witness().Record().LongestSilenceOf("b", *served), kNoise) << site.witness().Record().Timeline();
  site.lab().vrrp().PlugIn("a");
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(20)));
}

}  // namespace
}  // namespace lab
