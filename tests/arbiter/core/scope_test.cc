// What has to stay together on one node: whose verdict prevails for the group, and which order would tear it.
#include "arbiter/core/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Instant Second(int s) { return Instant(seconds(s)); }

class PrecedentTest : public testing::Test {
 protected:
  // A sync group of three VIPs, of which `node` holds some.
  void Holds(const std::string& node, const std::vector<IpAddress>& held) {
    Node& n = world_.EnsureNode({"prod", node});
    n.attached = n.fresh = true;
    for (const IpAddress& vip : group_) {
      VipReport report;
      report.vouched = true;
      report.vip = vip;
      report.configured = report.effective = std::find(held.begin(), held.end(), vip) != held.end();
      report.sync_group = "G";
      report.bound_together = group_;
      world_.MergeVip(n, std::move(report), Instant());
    }
  }
  Case& At(const IpAddress& vip) { return *world_.FindCase({"prod", vip}); }
  // Each VIP is a matter of its own: they came at different times.
  Matter& MatterOf(const IpAddress& vip) {
    if (At(vip).matter == nullptr) World::Enter(world_.NewMatter("prod"), At(vip));
    return *At(vip).matter;
  }
  Hold& HoldOn(const IpAddress& vip, const std::string& node) {
    Matter& matter = MatterOf(vip);
    matter.incident = std::make_unique<OpenIncident>();
    matter.incident->vips = {&At(vip)};
    Hold& hold = matter.incident->holds[node];
    hold.vips = {&At(vip)};
    return hold;
  }
  void Judged(const IpAddress& vip, const std::string& keeper, int when) {
    Matter& matter = MatterOf(vip);
    matter.contest = std::make_unique<Contest>();
    matter.contest->vips = {&At(vip)};
    matter.contest->judged = {vip};
    matter.contest->survivor = keeper;
    RememberKeeper(At(vip), Second(when));
  }
  // The question is put anew.
  void AskedAnew(const IpAddress& vip) {
    Contest& contest = *At(vip).contest();
    contest.former_survivor = std::exchange(contest.survivor, "");
    RememberKeeper(At(vip), Second(50));
  }
  std::vector<std::string> Precedents(const IpAddress& vip) {
    return PrecedentsFor({world_, policy_, out_, Second(60), {}}, {&At(vip)});
  }

  const IpAddress x_ = *IpAddress::Parse("10.0.0.1");
  const IpAddress y_ = *IpAddress::Parse("10.0.0.2");
  const IpAddress z_ = *IpAddress::Parse("10.0.0.3");
  const std::vector<IpAddress> group_ = {x_, y_, z_};
  const Policy policy_;
  World world_{policy_};
  Outbox out_;
};

TEST_F(PrecedentTest, ThereIsNoneBeforeTheFirstVerdict) {
  Holds("a", group_);
  Holds("b", group_);
  EXPECT_THAT(Precedents(x_), IsEmpty());
}

TEST_F(PrecedentTest, TheFirstVerdictStandsForTheOthers) {
  Holds("a", group_);
  Holds("b", group_);
  Judged(y_, "b", 10);
  EXPECT_EQ(Precedents(x_).front(), "b");
  EXPECT_EQ(Precedents(z_).front(), "b");
}

TEST_F(PrecedentTest, OfVerdictsThatDifferTheEarlierPrevailsForAll) {
  Holds("a", group_);
  Holds("d", group_);
  Judged(y_, "d", 10);  // a did not have it then
  Judged(x_, "a", 20);  // nor d this one
  Judged(z_, "a", 30);
  for (const IpAddress& vip : group_) {
    AskedAnew(vip);
    EXPECT_EQ(Precedents(vip).front(), "d") << vip.ToString();
  }
}

TEST_F(PrecedentTest, WhoeverHasMostOfTheGroupComesBeforeTheEarlierVerdict) {
  Holds("a", group_);
  Holds("d", {y_});
  Judged(y_, "d", 10);
  Judged(x_, "a", 20);
  EXPECT_EQ(Precedents(y_).front(), "a");
}

TEST_F(PrecedentTest, WhatANodeWasToldToGiveUpDoesNotCountForIt) {
  Holds("a", {x_, z_});
  Holds("c", group_);
  Judged(y_, "c", 10);
  Judged(z_, "a", 20);
  for (const IpAddress& vip : {x_, z_}) {
    HoldOn(vip, "c");  // and it still answers: nothing worked there
  }
  EXPECT_EQ(Precedents(x_).front(), "a");
}

TEST_F(PrecedentTest, WhereTheFirstCannotServeAVipTheNextOneCounts) {
  Holds("a", {x_, y_});
  Holds("b", {z_});
  Holds("c", {z_});
  Judged(x_, "a", 10);
  Judged(z_, "b", 20);
  EXPECT_THAT(Precedents(z_), ElementsAre("a", "b"));
  EXPECT_GT(WeightIn(Precedents(z_), "a"), WeightIn(Precedents(z_), "b"));
  EXPECT_GT(WeightIn(Precedents(z_), "b"), WeightIn(Precedents(z_), "c"));
}

TEST_F(PrecedentTest, AKeeperThatFellSilentIsNone) {
  Holds("a", group_);
  Holds("b", group_);
  Judged(x_, "a", 10);
  world_.FallSilent(*world_.FindNode(NodeKey{"prod", "a"}), Second(20));
  EXPECT_THAT(Precedents(y_), IsEmpty());
}

// `held` is to give the VIP up for the sake of `survivor`, and was told so.
class KeptInsteadTest : public PrecedentTest {
 protected:
  Hold& Held(const IpAddress& vip, const std::string& held, const std::string& survivor, bool ordered) {
    Hold& hold = HoldOn(vip, held);
    MatterOf(vip).incident->record.survivor = survivor;
    if (ordered) hold.order = Order{};
    return hold;
  }
  const IpAddress* Kept(const IpAddress& vip, const std::string& node) {
    return KeptInstead({world_, policy_, out_, Second(60), {}}, MatterOf(vip), node);
  }
  void SetUp() override {
    Holds("a", group_);
    Holds("d", group_);
  }
};

TEST_F(KeptInsteadTest, WhatTheSurvivorWasToldToGiveUpForTheNodesSake) {
  Held(x_, "a", "d", false);
  Held(y_, "d", "a", true);
  ASSERT_NE(Kept(x_, "a"), nullptr);
  EXPECT_EQ(*Kept(x_, "a"), y_);
}

TEST_F(KeptInsteadTest, NothingWhileTheOtherOrderIsNotOut) {
  Held(x_, "a", "d", false);
  Held(y_, "d", "a", false);
  EXPECT_EQ(Kept(x_, "a"), nullptr);
}

TEST_F(KeptInsteadTest, NothingWhereTheNodeDoesNotServeTheOtherVip) {
  Holds("a", {x_});
  Held(x_, "a", "d", false);
  Held(y_, "d", "a", true);
  EXPECT_EQ(Kept(x_, "a"), nullptr);
}

TEST_F(KeptInsteadTest, NothingWhereBothVerdictsAreForOneNode) {
  Held(x_, "a", "d", false);
  Held(y_, "a", "d", true);
  EXPECT_EQ(Kept(x_, "a"), nullptr);
}

TEST_F(KeptInsteadTest, NothingWhereTheGroupIsTornAlready) {
  Held(x_, "a", "d", false);
  Held(y_, "d", "a", true);
  Held(z_, "a", "d", true);
  EXPECT_EQ(Kept(x_, "a"), nullptr);
}

}  // namespace
}  // namespace arbiter::core
