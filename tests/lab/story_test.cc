// The story that this project began with, stage by stage: a VIP typed wrongly on one side, VRIDs made different to
// silence keepalived's log, and everything right in the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

TEST(Story, OneWrongVipIsNamedBeforeAnythingSplitsAndTheVridAfterIt) {
  Site site;
  site.node("b").instance().virtual_ipaddress = {"192.168.1.200/24"};
  ASSERT_TRUE(site.StartDaemons());

  // keepalived says "ip address associated with VRID 66 not present in MASTER advert", and each serves its own address.
  ASSERT_TRUE(site.StartKeepalived());
  ASSERT_TRUE(WaitUntil("status shows both lists", seconds(10), [&] {
    const std::string status = site.arbiter().Ctl({"status"}).out;
    return Seen{testing::Matches(AllOf(HasSubstr("warning: "), HasSubstr("virtual_ipaddress differs"),
                                       HasSubstr("192.168.1.212"), HasSubstr("192.168.1.200"),
                                       HasSubstr("keepalived.conf:")))(status),
                status};
  }));
  EXPECT_THAT(site.arbiter().Ctl({"diff"}).out, AllOf(HasSubstr("FAULT"), HasSubstr("virtual_ipaddress")));
  EXPECT_TRUE(site.Incidents().empty()) << site.arbiter().Ctl({"incidents"}).out;

  // The VIP is corrected, but the VRID was made another one meanwhile: now both serve it.
  site.node("b").instance().virtual_ipaddress = {"192.168.1.212/24"};
  site.node("b").instance().virtual_router_id = 65;
  site.node("b").ReloadKeepalived();
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out,
              AllOf(HasSubstr("VRID_MISMATCH"), HasSubstr("write `virtual_router_id 66`")));

  site.node("b").instance().virtual_router_id = 66;
  site.node("b").ReloadKeepalived();
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(15)));
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, testing::Not(HasSubstr("warning: ")));
  EXPECT_THAT(site.arbiter().Ctl({"diff"}).out, testing::Not(HasSubstr("FAULT")));

  site.node("a").keepalived().Stop();
  EXPECT_TRUE(site.AwaitAnswers({"b"}));
}

}  // namespace
}  // namespace lab
