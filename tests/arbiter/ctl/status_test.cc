#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kArbiter[] = "arbiter w1  version 0.1.0  term 3  up 12.5s\n\n";

struct Golden {
  const char* name;
  std::string vip;
  std::string text;  // behind the arbiter's line
};

class StatusTable : public testing::TestWithParam<Golden> {};

TEST_P(StatusTable, IsWhatAnOperatorNeeds) {
  FakeArbiter arbiter;
  arbiter.status = OneVip(GetParam().vip);
  const Outcome outcome = RunAgainst(arbiter, {"status"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, kArbiter + GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    EachState, StatusTable,
    testing::Values(
        Golden{"Held", absl::StrCat("state: VIP_STATE_HELD ", kHolderA),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 held
  VIP            STATE  SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  HELD   8.1s   a       100   66    eth0       yes
)"},
        Golden{"NoStandby",
               absl::StrCat("state: VIP_STATE_HELD no_standby: true obstacles { node: 'b' evidence: 'keepalived does "
                            "not run' repair: 'start keepalived there' } ",
                            kHolderA),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 held
  VIP            STATE  SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  HELD   8.1s   a       100   66    eth0       yes
      no standby: b: keepalived does not run: start keepalived there
)"},
        Golden{"Foreign", "state: VIP_STATE_FOREIGN note: '192.168.1.7 advertises it under VRID 7'",
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 foreign
  VIP            STATE    SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  FOREIGN  8.1s   -       -     -     -          -
      192.168.1.7 advertises it under VRID 7
)"},
        Golden{"Unheld", "state: VIP_STATE_UNHELD advice: 'start the VRRP daemon on one of its nodes'",
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 unheld
  VIP            STATE   SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  UNHELD  8.1s   -       -     -     -          -
      next: start the VRRP daemon on one of its nodes
)"},
        Golden{"Contested", absl::StrCat("state: VIP_STATE_CONTESTED ", kHolderA, kHolderB),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 contested
  VIP            STATE      SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  CONTESTED  8.1s   a       100   66    eth0       yes
                                   b       90    65    eth0       yes
      next: nothing yet: the arbiter decides within a moment
)"},
        Golden{"Split",
               absl::StrCat("state: VIP_STATE_SPLIT incident: '3-1' causes: VRID_MISMATCH causes: LOST_IN_NETWORK ",
                            "advice: 'b has no gate: arbctl nodes' ", kHolderA, kHolderB),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 split
  VIP            STATE  SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  SPLIT  8.1s   a       100   66    eth0       yes
                               b       90    65    eth0       yes
      why: VRID_MISMATCH, LOST_IN_NETWORK
      next: b has no gate: arbctl nodes
            arbctl demote b 192.168.1.212   (by hand)
            arbctl incident 3-1
)"},
        Golden{"Healing", absl::StrCat("state: VIP_STATE_HEALING incident: '3-1' ", kHolderA, kHolderB),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 healing
  VIP            STATE    SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  HEALING  8.1s   a       100   66    eth0       yes
                                 b       90    65    eth0       yes
      next: nothing yet: a directive is out
            arbctl incident 3-1
)"},
        Golden{"Guarded",
               absl::StrCat("state: VIP_STATE_GUARDED incident: '3-1' causes: VRID_MISMATCH ", kHolderA,
                            " held_back { node: 'b' since { seconds: 12 } reason: 'lower priority' gate { shut: true }"
                            " configured: true } advice: 'set virtual_router_id 66 on b; arbctl incident 3-1'"),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 guarded
  VIP            STATE    SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  GUARDED  8.1s   a       100   66    eth0       yes
      b: configured, gate shut, answers nobody; held back for 12.0s (lower priority)
      why: VRID_MISMATCH
      next: set virtual_router_id 66 on b; arbctl incident 3-1
            arbctl release b 192.168.1.212   (once the cause is mended)
)"},
        Golden{"HeldBackAndStillAnswers",
               absl::StrCat("state: VIP_STATE_GUARDED ", kHolderA,
                            " held_back { node: 'b' gate { reason: 'no egress hook' } configured: true"
                            " trial: 'adverts out' note: 'a hand is needed' }"),
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 guarded
  VIP            STATE    SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  GUARDED  8.1s   a       100   66    eth0       yes
      b: configured, gate not shut (no egress hook), IT STILL ANSWERS; held back; trial: adverts out; a hand is needed
      next: arbctl release b 192.168.1.212   (once the cause is mended)
)"},
        Golden{"Unknown", "state: VIP_STATE_UNKNOWN advice: 'b held it and is silent'",
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 unknown
  VIP            STATE    SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  UNKNOWN  8.1s   -       -     -     -          -
      next: b held it and is silent
)"},
        Golden{"LeftoverAndFrozen",
               "state: VIP_STATE_HELD holders { node: 'a' interface: 'eth0' daemon: DAEMON_STATE_GONE }"
               " holders { node: 'b' interface: 'eth1' daemon: DAEMON_STATE_FROZEN }",
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 held
  VIP            STATE  SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  HELD   8.1s   a       ?     ?     eth0       no
                               b       ?     ?     eth1       no
      a: no VRRP daemon runs there, the address is a leftover
      b: the VRRP daemon is there and does not run (frozen)
)"},
        Golden{"OfANewerArbiter", "state: 9 causes: 99",
               R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 vip_state_9
  VIP            STATE        SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES
  192.168.1.212  VIP_STATE_9  8.1s   -       -     -     -          -
      why: CAUSE_99
)"}),
    [](const auto& test) { return test.param.name; });

TEST(Status, WideAddsSinceWhenEachHolderHasItAndItsDaemon) {
  FakeArbiter arbiter;
  arbiter.status = OneVip(absl::StrCat("state: VIP_STATE_HELD ", kHolderA));
  EXPECT_EQ(RunAgainst(arbiter, {"status", "-o", "wide"}).out,
            absl::StrCat(kArbiter, R"(cluster prod  enforce  2 nodes connected  1 VIP: 1 held
  VIP            STATE  SINCE  HOLDER  PRIO  VRID  INTERFACE  ADVERTISES  HELD FOR  DAEMON
  192.168.1.212  HELD   8.1s   a       100   66    eth0       yes         8.0s      running
  changes of hands that were no split: 0
)"));
}

TEST(Status, ModeMissingNodesAndWarningsAreSaidFirst) {
  FakeArbiter arbiter;
  arbiter.status = Parsed<v1::GetStatusResponse>(R"(
      arbiter { id: 'w1' version: '0.1.0' term: 3 uptime { seconds: 90 } warnings: 'the store cannot be written' }
      clusters { name: 'prod' mode: MODE_OBSERVE mode_for { seconds: 1798 } warnings: 'two probes claim b'
        nodes { id: 'a' state: NODE_STATE_CONNECTED }
        nodes { id: 'b' state: NODE_STATE_STALE last_report_age { seconds: 40 } }
        nodes { id: 'c' state: NODE_STATE_DISCONNECTED last_report_age { seconds: 4000 } } })");
  EXPECT_EQ(RunAgainst(arbiter, {"status"}).out, R"(arbiter w1  version 0.1.0  term 3  up 1m30s
warning: the store cannot be written

cluster prod  observe for another 29m58s  1 of 3 nodes connected  0 VIPs
  warning: two probes claim b
  node b: stale, last heard 40.0s ago
  node c: disconnected, last heard 1h6m ago
  no VIP is known yet
)");
}

TEST(Status, WhatNeedsSomebodyComesFirstAndCommandsNameTheClusterWhereThereAreTwo) {
  FakeArbiter arbiter;
  arbiter.status = OneVip(absl::StrCat("state: VIP_STATE_HELD ", kHolderA));
  *arbiter.status.mutable_clusters(0)->add_vips() = Guarded().clusters(0).vips(0);
  arbiter.status.mutable_clusters(0)->mutable_vips(1)->set_address("192.168.1.213");
  arbiter.status.add_clusters()->set_name("test");
  const std::string out = RunAgainst(arbiter, {"status"}).out;
  EXPECT_LT(out.find("192.168.1.213  GUARDED"), out.find("192.168.1.212  HELD"));
  EXPECT_THAT(out, HasSubstr("arbctl release b 192.168.1.213 --cluster prod"));
  EXPECT_THAT(out, HasSubstr("2 VIPs: 1 held, 1 guarded"));
}

TEST(Status, ASplitThatIsOnlyObservedSaysHowToHaveItHealed) {
  FakeArbiter arbiter;
  arbiter.status = OneVip(absl::StrCat("state: VIP_STATE_SPLIT ", kHolderA, kHolderB));
  arbiter.status.mutable_clusters(0)->set_mode(v1::MODE_OBSERVE);
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out,
              HasSubstr("next: arbctl mode enforce   (observe mode: nobody is demoted)"));
}

TEST(Status, WithoutNodesItSaysWhatToStart) {
  FakeArbiter arbiter;
  arbiter.status.mutable_arbiter()->set_id("w1");
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr("no node has attached yet: start arbiter-probe"));
}

TEST(Status, AnotherVersionOfTheArbiterIsSaid) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  arbiter.status.mutable_arbiter()->set_version("9.0");
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr("this arbctl is version 0.1.0"));
}

TEST(Status, ColoursAreOnlyForTerminals) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_UNHELD");
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(RunAgainst(arbiter, {"status"}, {.colour = true}).out, HasSubstr("\x1b[1;31mUNHELD\x1b[0m"));
}

TEST(Status, NoNameCanMoveTheCursor) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  arbiter.status.mutable_clusters(0)->mutable_vips(0)->mutable_held_back(0)->set_reason("a\x1b[2Jb\nc");
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr("(a\\x1b[2Jb\\x0ac)"));
}

TEST(Status, ControlCharactersInUtf8MoveNoCursorEither) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  arbiter.status.mutable_clusters(0)->mutable_vips(0)->mutable_held_back(0)->set_reason(
      "a\u009b2Jb\u0080 \u00a0\u00fc\u202e");
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr("(a\\u009b2Jb\\u0080 \u00a0\u00fc\\u202e)"));
}

TEST(Status, OfANodeThatIsAwayNothingIsSaidThatOnlyItKnows) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  arbiter.status.mutable_clusters(0)->mutable_nodes(1)->set_state(v1::NODE_STATE_DISCONNECTED);
  arbiter.status.mutable_clusters(0)->mutable_vips(0)->mutable_held_back(0)->set_note("the node is not connected");
  const std::string line = "      b: held back for 12.0s (a has the higher priority); the node is not connected\n";
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr(line));
  arbiter.status.mutable_clusters(0)->mutable_nodes()->RemoveLast();
  EXPECT_THAT(RunAgainst(arbiter, {"status"}).out, HasSubstr(line)) << "it has not attached since a restart";
}

TEST(Status, AsksForOneCluster) {
  FakeArbiter arbiter;
  RunAgainst(arbiter, {"status", "--cluster", "prod"});
  EXPECT_EQ(arbiter.status_request.cluster(), "prod");
}

TEST(StatusWatch, RedrawsInPlaceOnATerminal) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  const Outcome outcome = RunAgainst(arbiter, {"status", "--watch"}, {.redraws = true, .looks = 2});
  EXPECT_THAT(outcome.out, StartsWith("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2Karbiter w1"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("up 12.5s\n"), HasSubstr("\x1b[J\x1b[H\x1b[2Karbiter w1")));
}

TEST(StatusWatch, GivesTheScreenBack) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  const char* const back = "\x1b[J\x1b[?7h\x1b[?25h\x1b[?1049l";
  EXPECT_THAT(RunAgainst(arbiter, {"status", "--watch"}, {.redraws = true}).out, EndsWith(back));
  arbiter.verdict = {grpc::StatusCode::PERMISSION_DENIED, "no operator"};
  EXPECT_THAT(RunAgainst(arbiter, {"status", "--watch"}, {.redraws = true}).out, EndsWith("\x1b[?1049l"));
}

TEST(StatusWatch, IsCutToTheWindow) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  const Outcome outcome = RunAgainst(arbiter, {"status", "-w"}, {.redraws = true, .size = {5, 0}});
  EXPECT_THAT(outcome.out, HasSubstr("cluster prod"));
  EXPECT_THAT(outcome.out, HasSubstr("... 7 more lines (a larger window, or --cluster)"));
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 4);
}

TEST(StatusWatch, AppendsWhereNothingCanBeRedrawn) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_UNHELD");
  const Outcome outcome = RunAgainst(arbiter, {"status", "-w"}, {.looks = 2});
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  EXPECT_NE(outcome.out.find("UNHELD"), outcome.out.rfind("UNHELD"));
}

TEST(StatusWatch, AsJsonIsOneDocumentALine) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  const Outcome outcome = RunAgainst(arbiter, {"status", "-w", "-o", "json"}, {.redraws = true, .looks = 3});
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 3);
  EXPECT_THAT(outcome.out, StartsWith("{\"arbiter\":"));
}

TEST(StatusWatch, GoesOnWhileTheArbiterIsAway) {
  FakeArbiter arbiter;
  arbiter.verdict = {grpc::StatusCode::UNAVAILABLE, "restarting"};
  const Outcome outcome = RunAgainst(arbiter, {"status", "-w"}, {.redraws = true, .looks = 2});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("cannot be reached: restarting"), HasSubstr("trying again")));
}

TEST(StatusWatch, RefusesAnIntervalThatIsNone) {
  for (const char* interval : {"5", "10ms", "-1s"}) {
    EXPECT_EQ(RunArbctl({"status", "--watch", absl::StrCat("--interval=", interval)}).code, 64) << interval;
  }
}

}  // namespace
}  // namespace arbiter::ctl
