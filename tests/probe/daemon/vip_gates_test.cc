#include "probe/daemon/vip_gates.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
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

TEST_F(VipGatesTest, TellWhenAdvertsBehindThemBeginOrEndAndNotWhileTheyComeAsEver) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "why"), IsEmpty());
  gate.adverts = {{"eth0", arbiter::IpAddress::Family::kV4, 66, 0, 0}};
  const auto refresh = [&](std::uint64_t more) {
    now += seconds(1);
    gate.adverts[0].stopped += more;
    EXPECT_TRUE(gates.Refresh(now).ok());
    return gates.TakeUnsettled();
  };
  EXPECT_FALSE(refresh(0));
  EXPECT_TRUE(refresh(1)) << "they begin";
  EXPECT_FALSE(refresh(1));
  EXPECT_FALSE(refresh(2));
  EXPECT_TRUE(refresh(0)) << "they may have ended";
  EXPECT_TRUE(refresh(0));
  EXPECT_FALSE(gates.TakeUnsettled()) << "once";
  now += VipGates::kQuietAfter;
  EXPECT_FALSE(refresh(0));
}

TEST_F(VipGatesTest, SayWhyTheyCannotWork) {
  gate.usable = absl::UnimplementedError("no egress hook");
  VipGates gates = Make();
  EXPECT_EQ(gates.usable().message(), "no egress hook");
  EXPECT_EQ(gates.Read(vips, now)->at(vip), GateState::kUnavailable);
  EXPECT_FALSE(gates.Shut(vips, std::nullopt, "why").empty());
  EXPECT_THAT(gates.Adopt(now).value(), IsEmpty());
}

// Of both families, on two interfaces, some under two VRIDs, some with none.
class CrowdedGatesTest : public testing::Test {
 protected:
  CrowdedGatesTest() {
    for (int i = 1; i <= 250; ++i) {
      const std::string text = i % 3 == 0 ? absl::StrCat("fd00::", i) : absl::StrCat("10.0.0.", i);
      const arbiter::IpAddress vip = arbiter::IpAddress::Parse(text).value();
      vips.push_back(vip);
      const std::string interface = i % 2 == 0 ? "eth0" : "eth1";
      keys[vip] = {{vip, interface, 66, false}};
      if (i % 5 == 0) keys[vip].push_back({vip, interface, 67, false});
      if (i % 7 == 0) keys[vip] = {{vip, interface, std::nullopt, false}};
    }
  }
  VipGates Make() {
    return VipGates(
        gate,
        [this](const arbiter::IpAddress& ip) {
          const auto found = keys.find(ip);
          return found == keys.end() ? std::vector<GateKey>() : found->second;
        },
        [](const std::string&) { return true; });
  }
  std::size_t Shut(VipGates& gates, GateState state = GateState::kShut) {
    const auto read = gates.Read(vips, now).value();
    return static_cast<std::size_t>(
        std::count_if(read.begin(), read.end(), [state](const auto& each) { return each.second == state; }));
  }

  std::vector<arbiter::IpAddress> vips;
  std::map<arbiter::IpAddress, std::vector<GateKey>> keys;
  fakes::FakeGate gate;
  Instant now = Instant() + seconds(100);
};

TEST_F(CrowdedGatesTest, AreOneTransactionAndOneDump) {
  VipGates gates = Make();
  EXPECT_THAT(gates.Shut(vips, seconds(2), "a contest"), IsEmpty());
  EXPECT_EQ(Shut(gates, GateState::kShutForAWhile), 250U);
  EXPECT_EQ(gate.transactions, 1);
  EXPECT_EQ(gate.dumps, 1);
  EXPECT_THAT(gates.Shut(vips, std::nullopt, "held"), IsEmpty());
  EXPECT_EQ(Shut(gates), 250U);
  EXPECT_THAT(gates.Open(vips), IsEmpty());
  EXPECT_EQ(gate.transactions, 3);
  EXPECT_EQ(Shut(gates, GateState::kOpen), 250U);
  EXPECT_THAT(gates.TakeChanged(), SizeIs(250));
}

TEST_F(CrowdedGatesTest, TellOnlyOfThoseThatChanged) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "held"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  (void)gates.TakeChanged();
  ASSERT_THAT(gates.Open(hold::Vips(vips).first(3)), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  EXPECT_THAT(gates.TakeChanged(), UnorderedElementsAre(vips[0], vips[1], vips[2]));
}

TEST_F(CrowdedGatesTest, AreShutThoughOneHasNoInterfaceAndAnotherOneThatCannotStandInARule) {
  keys[vips[3]].clear();
  keys[vips[8]] = {{vips[8], "a b", 66, false}};
  gate.refused_interface = "a b";
  VipGates gates = Make();
  const hold::Troubles troubles = gates.Shut(vips, std::nullopt, "held");
  EXPECT_THAT(troubles, UnorderedElementsAre(Key(vips[3]), Key(vips[8])));
  EXPECT_EQ(Shut(gates), 248U);
}

TEST_F(CrowdedGatesTest, AreNotTriedOneByOneWhereTheKernelRefusesThemAll) {
  VipGates gates = Make();
  gate.usable = absl::PermissionDeniedError("no CAP_NET_ADMIN");
  EXPECT_THAT(gates.Shut(vips, std::nullopt, "held"), SizeIs(250));
  EXPECT_EQ(gate.transactions, 1);
}

TEST_F(CrowdedGatesTest, LetTheAdvertsOutOfThoseThatHaveAVirtualRouter) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "held"), IsEmpty());
  gate.transactions = 0;
  const hold::Troubles troubles = gates.AdvertsOnly(vips, seconds(3));
  EXPECT_EQ(gate.transactions, 1);
  EXPECT_THAT(troubles, SizeIs(35)) << "every seventh has none";
  EXPECT_EQ(Shut(gates, GateState::kAdvertsOnly), 215U);
  EXPECT_EQ(Shut(gates), 35U) << "and these stay shut";
}

TEST_F(CrowdedGatesTest, LetNoAdvertsOutOfOneThatIsNotShut) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(hold::Vips(vips).first(2), std::nullopt, "held"), IsEmpty());
  const hold::Troubles troubles = gates.AdvertsOnly(hold::Vips(vips).first(3), seconds(3));
  EXPECT_THAT(troubles, ElementsAre(Key(vips[2])));
}

TEST_F(CrowdedGatesTest, MoveAlongTogether) {
  VipGates gates = Make();
  ASSERT_THAT(gates.Shut(vips, std::nullopt, "held"), IsEmpty());
  ASSERT_TRUE(gates.Refresh(now).ok());
  for (auto& [vip, of_vip] : keys) {
    for (GateKey& key : of_vip) key.vrid = 99;
  }
  gate.transactions = 0;
  ASSERT_TRUE(gates.Follow(now).ok());
  EXPECT_EQ(gate.transactions, 2) << "shut there, then opened here";
  EXPECT_EQ(Shut(gates), 250U);
  for (const auto& [key, standing] : gate.kernel) EXPECT_EQ(key.vrid, 99);
}

TEST_F(CrowdedGatesTest, AreFoundAgainByTheNextLife) {
  {
    VipGates gates = Make();
    ASSERT_THAT(gates.Shut(vips, std::nullopt, "held"), IsEmpty());
  }
  VipGates gates = Make();
  EXPECT_EQ(std::set<arbiter::IpAddress>(vips.begin(), vips.end()).size(), 250U);
  const auto found = gates.Adopt(now).value();
  EXPECT_EQ(std::set<arbiter::IpAddress>(found.begin(), found.end()).size(), 250U);
  EXPECT_EQ(gate.dumps, 1);
}

TEST_F(CrowdedGatesTest, AreMadeReadyOnceForAllOfTheirInterfaces) {
  gate.hooked.clear();
  VipGates gates = Make();
  ASSERT_TRUE(gates.MakeReady(vips).ok());
  EXPECT_THAT(gate.hooked, ElementsAre("eth0", "eth1"));
}

}  // namespace
}  // namespace probe::daemon
