// Nobody is told to give up what it does not call a VIP of its own, and no stranger's advert keeps a hold standing.
#include <gmock/gmock.h>

#include "tests/arbiter/core/stage.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// Two nodes answer for the VIP; `change` says how b calls it.
template <typename Change>
void BothTake(Stage& stage, Change change) {
  stage.Add("a", 100);
  stage.Add("b", 90);
  stage.Take("a");
  Actor& b = stage.At("b");
  change(b);
  b.vip.configured = true;
  stage.Report("b");
  stage.Run(seconds(3));
}

void Disown(Actor& actor) {
  actor.vip.in_daemon_config = actor.vip.vouched = false;
  actor.vip.vrid.reset();
  actor.vip.not_ours = "not touched: it was this node's own address before the cluster knew it as a VIP";
}

TEST(Vouching, ALyingNodeTakesNoAddressFromAnother) {
  Stage stage;
  BothTake(stage, Disown);
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), IsEmpty());
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  EXPECT_EQ(stage.View().state, VipState::kHeld);
  EXPECT_EQ(stage.View().holders.size(), 2U);  // operators see both
}

TEST(Vouching, ReservesAreAStrongerWordThanTheDaemonsFile) {
  Stage stage;
  BothTake(stage, [](Actor& b) {
    b.vip.vouched = false;
    b.vip.not_ours = "not touched: it is listed under protect";
  });
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), IsEmpty());
}

TEST(Vouching, WhatANodeCallsItsOwnAddressIsNeverContested) {
  Stage stage;
  BothTake(stage, [](Actor& b) { b.report.addresses.push_back(Stage::Vip()); });
  EXPECT_THAT(stage.Sent<ShutForAWhile>(), IsEmpty());
  EXPECT_THAT(stage.Sent<OrderHold>(), IsEmpty());
  stage.At("b").report.addresses.pop_back();
  stage.Report("b");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Vouching, AnAddressThatCameLaterIsASplit) {
  Stage stage;
  BothTake(stage, [](Actor& b) {
    b.vip.in_daemon_config = false;
    b.vip.vrid.reset();
  });
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Vouching, AProbeOf010VouchesByItsDaemonsFile) {
  Stage stage;
  BothTake(stage, [](Actor& b) { b.vip.vouched = false; });
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
}

TEST(Vouching, OthersThatVouchAreJudgedAndWhoDoesNotIsLeftAlone) {
  Stage stage;
  stage.Add("c", 80);
  BothTake(stage, Disown);
  stage.Take("c");
  stage.Run(seconds(1));
  EXPECT_THAT(stage.Sent<OrderHold>(), ElementsAre("c"));
}

struct Voice {
  const char* what;
  const char* source;
  std::uint8_t vrid;
  const char* defect;
  bool keeps;
};

TEST(Vouching, OnlyTheSurvivorsSoundAdvertsSpeakForIt) {
  const Voice kVoices[] = {{"its own", "192.168.1.11", 66, "", true},
                           {"a stranger's", "192.168.1.99", 66, "", false},
                           {"another VRID's", "192.168.1.11", 65, "", false},
                           {"one that is dropped", "192.168.1.11", 66, "TTL 64, must be 255", false}};
  for (const Voice& voice : kVoices) {
    SCOPED_TRACE(voice.what);
    Stage stage;
    BothTake(stage, [](Actor&) {});
    ASSERT_THAT(stage.Sent<OrderHold>(), ElementsAre("b"));
    HeardRouter heard;
    heard.source = Stage::Ip(voice.source);
    heard.vrid = voice.vrid;
    heard.version = 2;
    heard.on_wire = true;
    if (*voice.defect != 0) heard.defects = {voice.defect};
    stage.At("b").vip.heard = {heard};
    stage.Report("b");
    stage.Run(seconds(1));
    stage.Detach("a");
    stage.Run(milliseconds(500));
    EXPECT_EQ(stage.Sent<Release>().empty(), voice.keeps);
  }
}

}  // namespace
}  // namespace arbiter::core
