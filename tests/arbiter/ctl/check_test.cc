#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

struct Case {
  const char* name;
  std::string vip;
  int code;
  const char* line;
};

class Check : public testing::TestWithParam<Case> {};

TEST_P(Check, SaysInOneLineAndACodeHowItIs) {
  FakeArbiter arbiter;
  arbiter.status = OneVip(GetParam().vip);
  const Outcome outcome = RunAgainst(arbiter, {"check"});
  EXPECT_EQ(outcome.code, GetParam().code);
  EXPECT_EQ(outcome.out, absl::StrCat(GetParam().line, "\n"));
  EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, Check,
    testing::Values(
        Case{"Held", absl::StrCat("state: VIP_STATE_HELD ", kHolderA), 0,
             "ARBITER OK - 1 VIP held, 2 nodes connected | nodes=2 connected=2 vips=1 held=1 split=0 held_back=0"},
        Case{"Guarded", absl::StrCat("state: VIP_STATE_GUARDED held_back { node: 'b' gate { shut: true } } ", kHolderA),
             1,
             "ARBITER WARNING - prod 192.168.1.212 is guarded (held by a), b is held back | nodes=2 connected=2 vips=1 "
             "held=0 split=0 held_back=1"},
        Case{"Contested", "state: VIP_STATE_CONTESTED", 1,
             "ARBITER WARNING - prod 192.168.1.212 is contested | nodes=2 connected=2 vips=1 held=0 split=0 "
             "held_back=0"},
        Case{"Unknown", "state: VIP_STATE_UNKNOWN", 1,
             "ARBITER WARNING - prod 192.168.1.212 is unknown | nodes=2 connected=2 vips=1 held=0 split=0 held_back=0"},
        Case{"Split", absl::StrCat("state: VIP_STATE_SPLIT ", kHolderA, kHolderB), 2,
             "ARBITER CRITICAL - prod 192.168.1.212 is split (held by a and b) | nodes=2 connected=2 vips=1 held=0 "
             "split=1 "
             "held_back=0"},
        Case{
            "Healing", "state: VIP_STATE_HEALING", 2,
            "ARBITER CRITICAL - prod 192.168.1.212 is healing | nodes=2 connected=2 vips=1 held=0 split=0 held_back=0"},
        Case{"Unheld", "state: VIP_STATE_UNHELD", 2,
             "ARBITER CRITICAL - prod 192.168.1.212 is unheld | nodes=2 connected=2 vips=1 held=0 split=0 held_back=0"},
        Case{"UnheldAndWhy",
             "state: VIP_STATE_UNHELD obstacles { node: 'a' evidence: 'sync has no carrier' repair: 'look at it' } "
             "obstacles { node: 'b' evidence: 'sync has no carrier' repair: 'look at it' }",
             2,
             "ARBITER CRITICAL - prod 192.168.1.212 is unheld (a, b: sync has no carrier) | nodes=2 connected=2 vips=1 "
             "held=0 split=0 held_back=0"},
        Case{"NoStandby",
             absl::StrCat("state: VIP_STATE_HELD no_standby: true obstacles { node: 'b' evidence: 'keepalived does not "
                          "run' repair: 'start it' } ",
                          kHolderA),
             1,
             "ARBITER WARNING - prod 192.168.1.212 has no standby (b: keepalived does not run) | nodes=2 connected=2 "
             "vips=1 held=1 split=0 held_back=0"},
        Case{"Foreign", "state: VIP_STATE_FOREIGN note: 'a router of the segment has it'", 0,
             "ARBITER OK - 0 VIPs held, 2 nodes connected | nodes=2 connected=2 vips=0 held=0 split=0 held_back=0"},
        Case{"StillAnswers", "state: VIP_STATE_GUARDED held_back { node: 'b' configured: true }", 2,
             "ARBITER CRITICAL - prod 192.168.1.212 is guarded, b is held back and STILL ANSWERS | nodes=2 connected=2 "
             "vips=1 held=0 split=0 held_back=1"}),
    [](const auto& test) { return test.param.name; });

TEST(CheckAll, TheWorstComesFirstAndABarIsNoFigure) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_UNHELD");
  v1::ClusterStatus& cluster = *arbiter.status.mutable_clusters(0);
  cluster.mutable_nodes(0)->set_state(v1::NODE_STATE_STALE);
  cluster.add_warnings("a|b");
  const Outcome outcome = RunAgainst(arbiter, {"check"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out,
              testing::StartsWith("ARBITER CRITICAL - prod 192.168.1.212 is unheld; node a is stale; a/b | "));
}

TEST(CheckAll, ManyFindingsAreCounted) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_HELD");
  for (int i = 0; i < 20; ++i) {
    v1::VipStatus& vip = *arbiter.status.mutable_clusters(0)->add_vips();
    vip.set_state(v1::VIP_STATE_UNHELD);
    vip.set_incident(absl::StrCat("3-", i));  // each is another matter
  }
  EXPECT_THAT(RunAgainst(arbiter, {"check"}).out, testing::HasSubstr("; and 15 more |"));
}

TEST(CheckAll, WhatSaysTheSameIsOneFinding) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_HELD");
  for (int i = 1; i <= 20; ++i) {
    v1::VipStatus& vip = *arbiter.status.mutable_clusters(0)->add_vips();
    vip.set_state(v1::VIP_STATE_UNHELD);
    vip.set_address(absl::StrCat("10.0.0.", i));
  }
  EXPECT_THAT(RunAgainst(arbiter, {"check"}).out,
              testing::HasSubstr("prod 10.0.0.1 ... 10.0.0.20 (20 VIPs) are unheld | nodes=2 connected=2 vips=21"));
}

TEST(CheckAll, ObservingIsSaidAndIsNoAlarm) {
  FakeArbiter arbiter;
  arbiter.status = OneVip("state: VIP_STATE_HELD");
  arbiter.status.mutable_clusters(0)->set_mode(v1::MODE_OBSERVE);
  const Outcome outcome = RunAgainst(arbiter, {"check"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, testing::HasSubstr("1 of 1 cluster only observed"));
}

TEST(CheckAll, NoNodeIsAWarning) { EXPECT_EQ(RunAgainst(FakeArbiter(), {"check"}).code, 1); }

TEST(CheckAll, WhatCannotBeAskedIsUnknown) {
  FakeArbiter arbiter;
  arbiter.verdict = {grpc::StatusCode::PERMISSION_DENIED, "no certificate"};
  const Outcome outcome = RunAgainst(arbiter, {"check"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, testing::StartsWith("ARBITER UNKNOWN - not permitted"));
  EXPECT_EQ(RunArbctl({"check", "--server", "127.0.0.1:1"}).code, 3);
  EXPECT_EQ(RunArbctl({"check", "--tls-cert", "/nowhere"}).code, 3);
}

TEST(CheckAll, WrongUsageIsUnknownInOneLine) {
  const std::vector<std::vector<std::string>> mistakes = {
      {"check", "--nope"}, {"check", "--timeout", "x"}, {"--timeout", "x", "check"}, {"check", "--server", "nowhere"}};
  for (const std::vector<std::string>& words : mistakes) {
    const Outcome outcome = RunArbctl(words);
    EXPECT_EQ(outcome.code, 3) << words.back();
    EXPECT_THAT(outcome.out, testing::StartsWith("ARBITER UNKNOWN - ")) << words.back();
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
    EXPECT_EQ(outcome.err, "");
  }
  EXPECT_EQ(RunArbctl({"status", "check", "--nope"}).code, 64);
}

}  // namespace
}  // namespace arbiter::ctl
