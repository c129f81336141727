// What a look costs where one instance has thousands of VIPs: as much for each as where there are ten.
#include <iostream>

#include "arbiter/v1/probe_service.pb.h"
#include "probe/report/node_report.h"
#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

class Cost : public NodeTest {
 protected:
  void HaveVips(int count) {
    std::string listed;
    std::vector<arbiter::IpAddress> advertised;
    vips.clear();
    for (int i = 0; i < count; ++i) {
      const std::string vip =
          "10." + std::to_string(i / 62500) + "." + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250 + 1);
      listed += "  " + vip + "/32\n";
      vips.push_back(Ip(vip));
      if (advertised.size() < 255) advertised.push_back(Ip(vip));
      AddAddress(2, vip, 32);
    }
    Configure(
        "track_file arbiter_VI_1 {\n file \"/run/arbiter-probe/VI_1.demote\"\n weight 0\n init_file 0\n}\n"
        "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 66\n priority 90\n virtual_ipaddress {\n" +
        listed + " }\n track_file {\n  arbiter_VI_1\n }\n}\n");
    own = {Adverts("192.168.1.10", 66, 90, advertised)};
    heard = {Adverts("192.168.1.11", 67, 80, advertised)};
    now += std::chrono::seconds(5);
    // A split: each is claimed by somebody else.
    const auto mac = arbiter::MacAddress::Parse("02:00:00:00:00:99").value();
    claims.clear();
    for (const arbiter::IpAddress& vip : vips) claims[vip] = {{mac, "eth0", "ARP reply", now}};
  }

  struct Figures {
    double microseconds = 0;  // a VIP
    std::size_t bytes = 0;    // of a snapshot's VIPs
  };

  Figures Measure() {
    const Facts facts = Now();
    SharedReports kept;
    const auto began = std::chrono::steady_clock::now();
    Look look(facts, now);
    arbiter::v1::Snapshot snapshot;
    ReportWriter writer(kSharedReportsSince, snapshot.mutable_vips(), snapshot.mutable_shared());
    std::vector<hold::VipState> before;
    std::size_t same = 0;
    for (const arbiter::IpAddress& vip : vips) {
      VipView view = look.ViewOf(vip);
      writer.Add(view.report);
      before.push_back(std::move(view.state));
    }
    Look again(facts, now);
    for (std::size_t i = 0; i < vips.size(); ++i) same += again.ViewOf(vips[i]).state == before[i] ? 1U : 0U;
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    EXPECT_EQ(same, vips.size());
    return {took.count() / 2 / static_cast<double>(vips.size()), snapshot.ByteSizeLong()};
  }

  std::vector<arbiter::IpAddress> vips;
};

TEST_F(Cost, OfAViewDoesNotGrowWithTheNumberOfVips) {
  std::map<int, Figures> figures;
  for (const int count : {250, 1000, 5000}) {
    HaveVips(count);
    figures[count] = Measure();
    std::cout << count << " VIPs of one instance: " << figures[count].microseconds << " us a view, "
              << figures[count].bytes << " bytes\n";
  }
  // Linear with room for a noisy machine: what grows with the square takes 20 times as long a view.
  EXPECT_LT(figures[5000].microseconds, 5 * figures[250].microseconds + 20);
  EXPECT_LT(figures[5000].bytes, 1'000'000U);
}

// Each with a track file: what used to be looked up among all files, for each instance.
TEST_F(Cost, OfAnInstanceDoesNotGrowWithTheNumberOfInstances) {
  std::map<int, double> microseconds;
  for (const int count : {250, 1000, 4000}) {
    std::string text;
    vips.clear();
    for (int i = 0; i < count; ++i) {
      const std::string name = "VI_" + std::to_string(i);
      const std::string vip = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
      text += "track_file t_" + name + " {\n file \"/run/arbiter-probe/" + name +
              ".demote\"\n weight 0\n init_file 0\n}\n" +
              Instance(name, i % 255 + 1, vip + "/32", " track_file {\n  t_" + name + "\n }\n");
      vips.push_back(Ip(vip));
    }
    Configure(text);
    const auto began = std::chrono::steady_clock::now();
    owners = OwnerIndex(*config);
    const Facts facts = Now();
    Look look(facts, now);
    for (const arbiter::IpAddress& vip : vips)
      EXPECT_TRUE(look.ViewOf(vip).state.Find(hold::RungKind::kTrackFile)->usable);
    EXPECT_EQ(NodeReportOf(facts, NodeFacts()).instances_size(), count);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    microseconds[count] = took.count() / count;
    std::cout << count << " instances with a track file each: " << microseconds[count] << " us an instance\n";
  }
  EXPECT_LT(microseconds[4000], 5 * microseconds[250] + 100);
}

}  // namespace
}  // namespace probe::report
