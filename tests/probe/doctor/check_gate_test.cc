#include "probe/doctor/check_gate.h"

#include <set>
#include <string>

#include "probe/doctor/references.h"
#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using From = ReferenceFacts::From;
using testing::HasSubstr;

TEST(GateCheck, SaysWhyItCannotWork) {
  EXPECT_EQ(Worst(CheckGate({absl::OkStatus(), "6.1.0", ""})), Verdict::kOk);
  EXPECT_EQ(Worst(CheckGate({absl::UnimplementedError("no egress hook"), "5.10.0", ""})), Verdict::kWarning);
  const Findings denied = CheckGate({absl::PermissionDeniedError("no CAP_NET_ADMIN"), "6.1.0", "lxc"});
  EXPECT_EQ(Worst(denied), Verdict::kCouldNotLook);
  EXPECT_THAT(Words(denied), HasSubstr("in a container (lxc)"));
  EXPECT_THAT(Words(denied), HasSubstr("give the container CAP_NET_ADMIN"));
}

ReferenceFacts Asked(From from, std::vector<arbiter::IpAddress> hosts, std::vector<arbiter::IpAddress> silent) {
  return {"eth0", from, std::move(hosts), std::move(silent), absl::OkStatus()};
}

// VRRP over a link of its own: clients are elsewhere.
TEST(References, AreSoughtWhereTheVipsAre) {
  using enum arbiter::IpAddress::Family;
  const keepalived::Config config = Configured(
      "vrrp_instance A {\n interface sync\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.1/24 dev eth0\n  "
      "10.1.0.1/24 dev lan\n }\n virtual_ipaddress_excluded {\n  2001:db8::1/64 dev eth0\n }\n}\n");
  EXPECT_EQ(SegmentsOf(config), (std::set<Segment>{{"eth0", kV4}, {"eth0", kV6}, {"lan", kV4}}));
  EXPECT_EQ(SegmentsOf(Configured("vrrp_instance A {\n interface sync\n virtual_router_id 1\n}\n")),
            (std::set<Segment>{{"sync", kV4}}));
}

TEST(References, AreFoundAndAnswer) {
  const auto a = Ip("192.168.1.254");
  const auto b = Ip("192.168.1.253");
  EXPECT_EQ(Worst(CheckReferences({Asked(From::kGateway, {a}, {})})), Verdict::kOk);
  EXPECT_EQ(Worst(CheckReferences({Asked(From::kGateway, {a, b}, {b})})), Verdict::kOk);
  EXPECT_EQ(Worst(CheckReferences({Asked(From::kGateway, {a}, {a})})), Verdict::kFault);
  EXPECT_EQ(Worst(CheckReferences({Asked(From::kNeighbours, {a}, {a})})), Verdict::kWarning);
  EXPECT_EQ(Worst(CheckReferences({Asked(From::kNowhere, {}, {})})), Verdict::kWarning);
  ReferenceFacts denied = Asked(From::kGateway, {a}, {});
  denied.asked = absl::PermissionDeniedError("no");
  EXPECT_EQ(Worst(CheckReferences({denied})), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
