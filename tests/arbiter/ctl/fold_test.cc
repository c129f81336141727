// What says the same of many VIPs is said once.
#include "arbiter/ctl/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/ctl/fake_arbiter.h"

namespace arbiter::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

// `count` VIPs that a serves and b is held back from.
v1::GetStatusResponse Guarded(int count) {
  v1::GetStatusResponse status;
  v1::ClusterStatus& cluster = *status.add_clusters();
  cluster.set_name("prod");
  cluster.set_mode(v1::MODE_ENFORCE);
  for (int i = 1; i <= count; ++i) {
    v1::VipStatus& vip = *cluster.add_vips();
    vip.set_address(absl::StrCat("192.168.2.", i));
    vip.set_state(v1::VIP_STATE_GUARDED);
    vip.set_incident("3-1");
    vip.mutable_since()->set_seconds(i);
    v1::HolderStatus& holder = *vip.add_holders();
    holder.set_node("a");
    holder.set_priority(100);
    holder.mutable_held_for()->set_seconds(100 + i);
    v1::HeldBackStatus& held = *vip.add_held_back();
    held.set_node("b");
    held.mutable_gate()->set_shut(true);
    held.mutable_since()->set_seconds(i);
  }
  return status;
}

TEST(Fold, VipsThatDifferInAgesOnlyAreOneRowWithTheLongestOfThem) {
  FakeArbiter arbiter;
  arbiter.status = Guarded(100);
  const std::string text = RunAgainst(arbiter, {"status"}).out;
  EXPECT_THAT(text, HasSubstr("192.168.2.1 ... 192.168.2.100 (100 VIPs)  GUARDED  1m40s"));
  EXPECT_THAT(text, Not(HasSubstr("192.168.2.50")));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 12);
}

TEST(Fold, WideShowsEach) {
  FakeArbiter arbiter;
  arbiter.status = Guarded(100);
  EXPECT_THAT(RunAgainst(arbiter, {"status", "-o", "wide"}).out, HasSubstr("192.168.2.50  "));
}

TEST(Fold, OneThatIsOtherwiseStandsByItself) {
  FakeArbiter arbiter;
  arbiter.status = Guarded(10);
  arbiter.status.mutable_clusters(0)->mutable_vips(4)->mutable_held_back(0)->mutable_gate()->set_shut(false);
  const std::string text = RunAgainst(arbiter, {"status"}).out;
  EXPECT_THAT(text, HasSubstr("192.168.2.1 ... 192.168.2.10 (9 VIPs)"));
  EXPECT_THAT(text, HasSubstr("\n  192.168.2.5  "));
}

TEST(Fold, AnIncidentOfAnOlderArbiterNamesItsOneVip) {
  v1::Incident incident;
  incident.set_vip("192.168.1.212");
  EXPECT_EQ(NamesOf(incident), "192.168.1.212");
  for (const char* vip : {"192.168.1.212", "192.168.1.213"}) incident.add_vips(vip);
  EXPECT_EQ(NamesOf(incident), "192.168.1.212 and 192.168.1.213");
}

}  // namespace
}  // namespace arbiter::ctl
