// A healthy instance whose VIPs are not all where its adverts are is shown as what it is.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/lab/healthy.h"
#include "tests/lab/layout.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

class HealthyLayoutTest : public testing::TestWithParam<Layout> {};

// What `arbctl nodes` tells of a node's VIPs; nothing for a VIP that it does not tell of.
Json NodeVip(const Json& nodes, const std::string& node, const std::string& vip) {
  return nodes["nodes"].Find([&](const Json& detail) { return detail["status"]["id"].text() == node; })["vips"].With(
      "address", vip);
}

TEST_P(HealthyLayoutTest, EveryVipIsShownAsAdvertisedWithItsPriority) {
  Site site(GetParam().Options(false));
  GetParam().ApplyTo(site);
  AddGateway(site);
  ASSERT_TRUE(site.Start());
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(10)));
  EXPECT_TRUE(WaitUntil("a is the one holder of each, and advertises with priority 100", seconds(5), [&] {
    bool met = true;
    for (const std::string& vip : site.vips()) {
      const std::vector<Json> holders = site.Vip(vip)["holders"].items();
      met = met && holders.size() == 1 && holders.front()["node"].text() == "a" &&
            holders.front()["advertising"].truth() && holders.front()["priority"].number() == 100 &&
            holders.front()["vrid"].number() == 66;
    }
    return Seen{met, site.arbiter().Ctl({"status"}).out};
  }));
  EXPECT_TRUE(WaitUntil("each node tells its priority of each", seconds(5), [&] {
    const Json nodes = site.arbiter().CtlJson({"nodes"});
    bool met = true;
    std::string seen;
    for (const std::string& vip : site.vips()) {
      const Json active = NodeVip(nodes, "a", vip);
      const Json backup = NodeVip(nodes, "b", vip);
      met = met && active["advertises"].truth() && active["priority"].number() == 100 &&
            !backup["advertises"].truth() && backup["priority"].number() == 90;
      absl::StrAppend(&seen, vip, ": a ", active["advertises"].truth() ? "advertises" : "is silent", ", priority ",
                      active["priority"].number(), "; b priority ", backup["priority"].number(), "; ");
    }
    return Seen{met, seen};
  }));
  ExpectNothingToSay(site);
}

INSTANTIATE_TEST_SUITE_P(All, HealthyLayoutTest,
                         testing::Values(TwoSegments(), ExcludedIpv6(), ExcludedIpv4(), HeartbeatLink(),
                                         VmacAndSegment(), SyncGroup()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
