// A host that is no node claims a VIP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arbiter/core/engine.h"
#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Stranger, AStrangerIsNamedAndNobodyIsDemotedForItsSake) {
  Stage stage;
  stage.Add("a", 100).report.macs = {"02:00:00:00:00:0a"};
  stage.Add("b", 90).report.macs = {"02:00:00:00:00:0b"};
  stage.Attach("a");
  stage.Attach("b");
  stage.Take("a");
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = true;
  claim.defects = {"ARP reply"};
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  stage.Run(seconds(20));
  EXPECT_THAT(stage.disk(), IsEmpty()) << "b is no stranger";
  stage.At("a").vip.heard[0].mac = "02:00:00:00:00:99";
  stage.Report("a");
  stage.Run(seconds(4));
  EXPECT_THAT(stage.disk(), IsEmpty()) << "whoever gives the VIP up is heard for a while";
  stage.Run(seconds(2));
  EXPECT_EQ(stage.View().state, VipState::kSplit);
  EXPECT_THAT(stage.View().causes, ElementsAre(Cause::kForeignClaimant));
  EXPECT_THAT(stage.View().advice, HasSubstr("find the host with 02:00:00:00:00:99"));
  EXPECT_THAT(stage.directives(), IsEmpty());
  stage.At("a").vip.heard.clear();
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kHeld);
}

TEST(Stranger, WhoAnswersIsNamedAtOnceAndForgottenWhenItDoesNotAnyMore) {
  Stage stage;
  stage.Add("a", 100).report.macs = {"02:00:00:00:00:0a"};
  stage.Add("b", 90).report.macs = {"02:00:00:00:00:0b"};
  stage.Attach("a");
  stage.Attach("b");
  stage.Take("a");
  stage.Run(seconds(20));
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:99";
  claim.on_wire = claim.names_vip = claim.answers = true;
  claim.defects = {"ARP reply"};
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  stage.Run(std::chrono::milliseconds(400));
  EXPECT_THAT(stage.View().causes, ElementsAre(Cause::kForeignClaimant));
  EXPECT_THAT(stage.disk().begin()->second.causes.front().evidence,
              HasSubstr("a host with MAC 02:00:00:00:00:99 answers for"));
  EXPECT_THAT(stage.directives(), IsEmpty());
  stage.At("a").vip.heard.clear();
  stage.Report("a");
  stage.Run(seconds(1));
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_EQ(stage.View().incident, "");
}

TEST(Stranger, ANodeThatAnswersThoughItSaysThatItHasNothingIsNamed) {
  Stage stage;
  stage.Add("a", 100).report.macs = {"02:00:00:00:00:0a"};
  stage.Add("b", 90).report.macs = {"02:00:00:00:00:0b"};
  stage.Attach("a");
  stage.Attach("b");
  stage.Take("a");
  stage.Run(seconds(20));
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = claim.answers = true;
  claim.defects = {"ARP reply"};
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  stage.Run(seconds(4));
  EXPECT_THAT(stage.disk(), IsEmpty()) << "whoever has just given it up is given time";
  stage.Run(seconds(2));
  EXPECT_THAT(stage.View().causes, ElementsAre(Cause::kForeignClaimant));
  EXPECT_THAT(stage.disk().begin()->second.causes.front().evidence,
              HasSubstr("b (MAC 02:00:00:00:00:0b) answers for 192.168.1.212"));
  EXPECT_THAT(stage.directives(), IsEmpty());
}

TEST(Stranger, ANodeThatHasTheVipAndAnswersIsNone) {
  Stage stage;
  stage.Add("a", 100).report.macs = {"02:00:00:00:00:0a"};
  Actor& b = stage.Add("b", 90);
  b.report.macs = {"02:00:00:00:00:0b"};
  b.vip.configured = true;  // on loopback, say, and not effective
  b.vip.effective = false;
  stage.Attach("a");
  stage.Attach("b");
  stage.Take("a");
  HeardRouter claim;
  claim.source = Stage::Vip();
  claim.mac = "02:00:00:00:00:0b";
  claim.on_wire = claim.names_vip = claim.answers = true;
  stage.At("a").vip.heard = {claim};
  stage.Report("a");
  stage.Run(seconds(30));
  EXPECT_THAT(stage.disk(), IsEmpty());
}

}  // namespace
}  // namespace arbiter::core
