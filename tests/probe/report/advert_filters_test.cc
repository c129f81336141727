// What a report asks of the packet filter, and what it says of the answer.
#include <map>

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kIn[] = "in eth0 192.168.1.1 224.0.0.18 66 112";
constexpr char kOut[] = "out eth0 192.168.1.10 224.0.0.18 66 112";

class AdvertFilters : public NodeTest {
 protected:
  AdvertFilters() {
    filters = [this](const filter::AdvertPath& way) {
      asked.push_back(way.ToString());
      return answers[way.ToString()];
    };
    heard = {Adverts("192.168.1.1", 66, 100, {Ip("192.168.1.212")})};
  }

  void Serve() { AddAddress(2, "192.168.1.212", 24, true); }
  const std::vector<std::string>& Asked() {
    asked.clear();
    const bool asks = View().asks_filters;
    EXPECT_EQ(asks, !asked.empty());
    return asked;
  }

  std::vector<std::string> asked;
  std::map<std::string, std::vector<filter::Culprit>> answers;
};

TEST_F(AdvertFilters, OfAHealthyNodeNothingIsAsked) {
  EXPECT_THAT(Asked(), IsEmpty()) << "a backup";
  Serve();
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  EXPECT_THAT(Asked(), IsEmpty()) << "the active one";
}

TEST_F(AdvertFilters, WhatIsNotDeliveredIsAskedAbout) {
  heard[0].delivered = false;
  EXPECT_THAT(Asked(), ElementsAre(kIn));
  EXPECT_THAT(Report().heard(0).filters(), IsEmpty()) << "not known yet";
  answers[kIn] = {{true, "a rule", "delete it"}, {false, "another", ""}};
  const arbiter::v1::VipReport report = Report();
  ASSERT_EQ(report.heard(0).filters_size(), 2);
  EXPECT_EQ(report.heard(0).filters(0).kind(), arbiter::v1::FILTER_KIND_DROPS);
  EXPECT_EQ(report.heard(0).filters(0).by(), "a rule");
  EXPECT_EQ(report.heard(0).filters(0).repair(), "delete it");
  EXPECT_EQ(report.heard(0).filters(1).kind(), arbiter::v1::FILTER_KIND_MAY_DROP);
  EXPECT_THAT(report.heard(0).dropped_by(), IsEmpty()) << "that is the reverse path filter";
}

TEST_F(AdvertFilters, WhatNobodyWaitsForIsNot) {
  heard[0].delivered = false;
  daemon = hold::DaemonState::kGone;
  EXPECT_THAT(Asked(), IsEmpty());
  daemon = hold::DaemonState::kRunning;
  heard[0].defects = {"TTL 64, must be 255"};
  EXPECT_THAT(Asked(), IsEmpty());
  heard[0].defects = {};
  heard[0].auth_type = 2;
  EXPECT_THAT(Asked(), IsEmpty());
  heard[0].auth_type = 0;
  heard[0].on_wire = false;
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(AdvertFilters, WhoServesAndGetsNothingOntoTheWireAsksAboutTheWayOut) {
  Serve();
  EXPECT_THAT(Asked(), ElementsAre(kOut));
  answers[kOut] = {{true, "a rule", "delete it"}};
  ASSERT_EQ(Report().advert_filters_size(), 1);
  EXPECT_EQ(Report().advert_filters(0).by(), "a rule");
  daemon = hold::DaemonState::kGone;
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(AdvertFilters, UnicastPeersAreAskedAboutOneByOne) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24",
                     "unicast_src_ip 192.168.1.10\nunicast_peer {\n 192.168.1.1\n 192.168.1.2\n}\n"));
  Serve();
  EXPECT_THAT(Asked(),
              ElementsAre("out eth0 192.168.1.10 192.168.1.1 66 112", "out eth0 192.168.1.10 192.168.1.2 66 112"));
}

TEST_F(AdvertFilters, TheMacvlanOfAVirtualRouterIsNotAskedAbout) {
  Configure(Instance("VI_1", 66, "192.168.1.212/24", "use_vmac\n"));
  heard[0].delivered = false;
  Serve();
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(AdvertFilters, WhatABridgesRulesDropIsAskedAboutAtTheBridge) {
  netlink::Link bridge = *table.FindLink(2);
  bridge.kind = "bridge";
  table.Apply(netlink::LinkPresent{bridge}, now);
  AddLink(3, "port0", "02:00:00:00:00:03");
  netlink::Link port = *table.FindLink(3);
  port.master = 2;
  table.Apply(netlink::LinkPresent{port}, now);
  heard[0].router.interface = "port0";
  heard[0].delivered = false;
  EXPECT_THAT(Asked(), ElementsAre(kIn));
}

}  // namespace
}  // namespace probe::report
