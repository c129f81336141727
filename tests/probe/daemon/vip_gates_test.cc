#include "probe/daemon/vip_gates.h"

#include <gmock/gmock.h>

#include <map>
#include <utility>

#include "tests/fakes/fake_gate.h"

namespace probe::daemon {
namespace {

using actuate::GateKey;
using hold::GateState;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class VipGatesTest : public testing::Test {
 protected:
  VipGates Make() {
    return VipGates(
        gate, [this](const arbiter::IpAddress& ip) { return ip == vip ? keys : std::vector<GateKey>(); },
        [this](const std::string& name) { return interfaces.contains(name); });
  }

  const arbiter::IpAddress vip = arbiter::IpAddress::Parse("10.0.0.1").value();
  const std::vector<arbiter::IpAddress> vips = {vip};
  fakes::FakeGate gate;
  std::vector<GateKey> keys = {{vip, "eth0", 66, false}};
  std::set<std::string> interfaces = {"eth0", "eth1"};
  Instant now = Instant() + seconds(100);
};

TEST_F(VipGatesTest, ShutAndOpenWhatTheVipMeans) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShut);
  EXPECT_THAT(gate.kernel, ElementsAre(Key(keys[0])));
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kOpen);
  EXPECT_FALSE(gates.any_shut());
}

TEST_F(VipGatesTest, LeaveNoTableBehindWhenNothingHasBeenShutForLong) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  EXPECT_TRUE(gates.table());
  ASSERT_TRUE(gates.Refresh(now).ok());
  ASSERT_TRUE(gates.Refresh(now + 2 * VipGates::kIdleFor).ok());
  EXPECT_TRUE(gate.table) << "something is shut";
  now += 2 * VipGates::kIdleFor;
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  ASSERT_TRUE(gates.Refresh(now + VipGates::kIdleFor - seconds(1)).ok());
  EXPECT_TRUE(gate.table) << "not for long yet";
  ASSERT_TRUE(gates.Refresh(now + VipGates::kIdleFor).ok());
  EXPECT_FALSE(gate.table);
  EXPECT_FALSE(gates.table());
}

// After a flush that was put back what is shut is known to the kernel first.
TEST_F(VipGatesTest, LeaveTheTableWhereTheKernelHoldsMoreThanIsKnownHere) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  const auto kernel = std::exchange(gate.kernel, {});
  ASSERT_TRUE(gates.Refresh(now).ok());
  gate.kernel = kernel;
  ASSERT_TRUE(gates.Refresh(now + seconds(1)).ok());
  ASSERT_TRUE(gates.Refresh(now + 2 * VipGates::kIdleFor).ok());
  EXPECT_THAT(gate.kernel, ElementsAre(Key(keys[0])));
}

TEST_F(VipGatesTest, CountTheIdleTimeAnewAfterEachShut) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now + seconds(30)).ok());
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now + VipGates::kIdleFor).ok());
  EXPECT_TRUE(gate.table);
}

TEST_F(VipGatesTest, AreMadeReadyOnTheVipsInterfacesAndRemovedIfNothingFollows) {
  keys[0].interface = "eth7";
  VipGates gates = Make();
  ASSERT_TRUE(gates.MakeReady(vips).ok());
  EXPECT_TRUE(gate.hooked.contains("eth7"));
  EXPECT_TRUE(gate.table);
  EXPECT_FALSE(gates.any_shut());
  ASSERT_TRUE(gates.Refresh(now).ok());
  ASSERT_TRUE(gates.Refresh(now + VipGates::kIdleFor).ok());
  EXPECT_FALSE(gate.table);
}

TEST_F(VipGatesTest, AreNotMadeReadyWhereTheyCannotWorkOrStandAlready) {
  gate.usable = absl::UnimplementedError("no egress hook");
  VipGates unusable = Make();
  EXPECT_TRUE(unusable.MakeReady(vips).ok());
  gate.usable = absl::OkStatus();
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  gate.hooked.clear();
  EXPECT_TRUE(gates.MakeReady(vips).ok());
  EXPECT_TRUE(gate.hooked.empty());
}

TEST_F(VipGatesTest, TellTheKindsOfShutApart) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, seconds(2), "why"), IsEmpty());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShutForAWhile);
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_THAT(gates.AdvertsOnly(vips, seconds(3)), IsEmpty());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kAdvertsOnly);
}

TEST_F(VipGatesTest, AreAsShutAsTheLeastShutOfTheirPlaces) {
  keys.push_back({vip, "eth1", std::nullopt, false});
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShut);
  gate.kernel.erase(keys[1]);
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kOpen);
}

TEST_F(VipGatesTest, DoNotBelieveInRulesThatDoNotAct) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  gate.hooked.clear();
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kOpen);
  interfaces.clear();  // nothing passes on an interface that is not there
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShut);
}

TEST_F(VipGatesTest, NeedToKnowAnInterface) {
  keys.clear();
  VipGates gates = Make();
  EXPECT_EQ(gates.Shut(vips, std::nullopt, "why").at(vip).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(VipGatesTest, MoveAlongWithTheVirtualRouter) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  keys = {{vip, "eth0", 65, false}};
  ASSERT_TRUE(gates.Follow(now).ok());
  EXPECT_THAT(gate.kernel, ElementsAre(Key(keys[0])));
  EXPECT_EQ(gates.facts().at(vip).state, GateState::kShut);
}

TEST_F(VipGatesTest, StayWhereTheyAreWhenNobodyKnowsTheVipAnyMore) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  const GateKey before = keys[0];
  keys.clear();
  ASSERT_TRUE(gates.Follow(now).ok());
  EXPECT_THAT(gate.kernel, ElementsAre(Key(before)));
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShut);
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  EXPECT_THAT(gate.kernel, IsEmpty());
}

TEST_F(VipGatesTest, ActAgainOnAnInterfaceThatCameBack) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  gate.hooked.clear();
  ASSERT_TRUE(gates.Follow(now).ok());
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kShut);
}

TEST_F(VipGatesTest, AreFoundAgainByTheNextLife) {
  {
    VipGates gates = Make();
    ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  }
  VipGates gates = Make();
  EXPECT_THAT(gates.Adopt(now).value(), ElementsAre(vip));
  EXPECT_TRUE(gates.any_shut());
  ASSERT_THAT(gates.Open(vips), IsEmpty());
  EXPECT_THAT(gate.kernel, IsEmpty());
}

TEST_F(VipGatesTest, ThatOpenByThemselvesAreNotTakenForHolds) {
  {
    VipGates gates = Make();
    ASSERT_THAT(gates.Shut(vips, seconds(2), "why"), IsEmpty());
  }
  VipGates gates = Make();
  EXPECT_THAT(gates.Adopt(now).value(), IsEmpty());
}

TEST_F(VipGatesTest, TellOnceOfWhatTheKernelOpenedByItself) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, seconds(2), "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  EXPECT_THAT(gates.TakeChanged(), ElementsAre(vip));
  EXPECT_THAT(gates.TakeChanged(), IsEmpty());
  gate.kernel.clear();  // its time is over
  ASSERT_TRUE(gates.Restore(now).ok());
  EXPECT_THAT(gates.TakeChanged(), ElementsAre(vip));
  EXPECT_FALSE(gates.any_shut());
}

TEST_F(VipGatesTest, KnowSinceWhenTheyAreShut) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  ASSERT_TRUE(gates.Refresh(now + seconds(9)).ok());
  EXPECT_EQ(gates.facts().at(vip).since, now);
}

TEST_F(VipGatesTest, NoticeThatADaemonStillAdvertisesBehindThem) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  const report::RouterKey router{"eth0", arbiter::IpAddress::Family::kV4, 66};
  gate.adverts = {{"eth0", arbiter::IpAddress::Family::kV4, 66, 3, 0}};
  ASSERT_TRUE(gates.Refresh(now).ok());
  EXPECT_EQ(gates.StoppedAdverts().at(router), now);
  ASSERT_TRUE(gates.Refresh(now + seconds(1)).ok());
  EXPECT_EQ(gates.StoppedAdverts().at(router), now);  // none since
  gate.adverts[0].stopped = 0;                        // the counter began anew
  gate.adverts[0].let_out = 1;
  ASSERT_TRUE(gates.Refresh(now + seconds(2)).ok());
  ASSERT_TRUE(gates.Refresh(now + seconds(3)).ok());
  gate.adverts[0].let_out = 2;
  ASSERT_TRUE(gates.Refresh(now + seconds(4)).ok());
  EXPECT_EQ(gates.StoppedAdverts().at(router), now + seconds(4));
}

TEST_F(VipGatesTest, SayWhyTheyCannotWork) {
  gate.usable = absl::UnimplementedError("no egress hook");
  VipGates gates = Make();
  EXPECT_EQ(gates.usable().message(), "no egress hook");
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kUnavailable);
  EXPECT_FALSE(gates.Shut(vips, std::nullopt, "why").empty());
  EXPECT_THAT(gates.Adopt(now).value(), IsEmpty());
}

}  // namespace
}  // namespace probe::daemon
