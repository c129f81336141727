// Somebody else changes our table: it is noticed, and put back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "absl/strings/str_cat.h"
#include "probe/actuate/gate_watch.h"
#include "tests/lab/figure.h"
#include "tests/lab/firewall.h"
#include "tests/lab/lab.h"
#include "tests/probe/actuate/gate_lab.h"

namespace probe::actuate {
namespace {

using std::chrono::seconds;

class GateWatchLab : public testing::Test {
 protected:
  GateWatchLab() : a_(lab_.AddHost("a", 1)), gate_(OpenGateOn(a_)) {
    absl::StatusOr<std::unique_ptr<GateWatch>> watch;
    a_.netns().Enter([&] { watch = GateWatch::Open([&] { return gate_->Usable(); }); });
    EXPECT_TRUE(watch.ok()) << watch.status();
    if (watch.ok()) watch_ = *std::move(watch);
    EXPECT_TRUE(gate_->Shut(KeyOn("192.168.1.212"), "why").ok());
  }

  // Waits for the notification as the probe's loop does, and reads it.
  GateNews Wait() {
    pollfd wait{watch_->fd(), POLLIN, 0};
    EXPECT_EQ(poll(&wait, 1, 5000), 1);
    return watch_->Drain().value();
  }

  lab::Lab lab_;
  lab::Host& a_;
  std::unique_ptr<NftGate> gate_;
  std::unique_ptr<GateWatch> watch_;
};

TEST_F(GateWatchLab, OurOwnChangesAreNoNews) {
  ASSERT_TRUE(gate_->ShutForAWhile(KeyOn("192.168.1.213", 67), seconds(2), "why").ok());
  ASSERT_TRUE(gate_->Open(KeyOn("192.168.1.213", 67)).ok());
  ASSERT_TRUE(gate_->OpenAll().ok());
  EXPECT_FALSE(Wait().touched);
  EXPECT_EQ(watch_->touches(), 0U);
}

TEST_F(GateWatchLab, AFlushOfTheRulesetIsNoticedAndPutBack) {
  ASSERT_FALSE(Wait().touched);
  lab::Firewall(a_).Flush();
  const lab::Instant flushed = lab::Now();
  EXPECT_TRUE(Wait().touched);
  const auto repair = gate_->Restore();
  lab::PrintFigure("gate: put back after a flush", lab::Now() - flushed);
  ASSERT_TRUE(repair.ok()) << repair.status();
  EXPECT_TRUE(repair->repaired);
  EXPECT_EQ(repair->defect, "the table is gone");
  EXPECT_TRUE(IsShut(*gate_, KeyOn("192.168.1.212")));
  EXPECT_EQ(watch_->touches(), 1U);
  EXPECT_FALSE(Wait().touched) << "the repair is our own change";
}

struct Meddling {
  const char* name;
  std::vector<std::string> nft;
  const char* defect;
};

class GateMeddling : public GateWatchLab, public testing::WithParamInterface<Meddling> {};

TEST_P(GateMeddling, IsNoticedAndPutBack) {
  ASSERT_FALSE(Wait().touched);
  a_.Do(GetParam().nft);
  EXPECT_TRUE(Wait().touched);
  const auto repair = gate_->Restore();
  ASSERT_TRUE(repair.ok()) << repair.status();
  EXPECT_THAT(repair->defect, testing::HasSubstr(GetParam().defect));
  EXPECT_TRUE(IsShut(*gate_, KeyOn("192.168.1.212")));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GateMeddling,
    testing::Values(Meddling{"Element",
                             {"nft", "delete", "element", "netdev", kGateTable, "shut_ip4_eth0", "{ 192.168.1.212 }"},
                             "192.168.1.212 is not in set"},
                    Meddling{"Vrid", {"nft", "flush", "set", "netdev", kGateTable, "shut_vrid4_eth0"}, "66 is not in"},
                    Meddling{"Rules", {"nft", "flush", "chain", "netdev", kGateTable, "out_eth0"}, "0 rules"},
                    Meddling{"Lease",
                             {"nft", "add", "element", "netdev", kGateTable, "pass_ip4_eth0", "{ 192.168.1.212 }"},
                             "nobody's order"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(GateWatchLab, ChangesOfOtherTablesAreNoNews) {
  ASSERT_FALSE(Wait().touched);
  lab::Firewall(a_).DropVrrp();
  lab::Firewall(a_).Load("add table netdev guard\nadd set netdev guard s { type ipv4_addr; }\n");
  EXPECT_FALSE(Wait().touched);
}

TEST_F(GateWatchLab, NotificationsThatWereLostCountAsATouch) {
  std::string flood = "add table inet flood\nadd set inet flood s { type ipv4_addr; }\n";
  for (int i = 0; i < 60000; ++i) {
    absl::StrAppend(&flood, "add element inet flood s { 10.", i / 65536, ".", i / 256 % 256, ".", i % 256, " }\n");
  }
  lab::Firewall(a_).Load(flood);
  const GateNews news = Wait();
  EXPECT_TRUE(news.touched);
  EXPECT_EQ(news.what, "notifications lost");
}

}  // namespace
}  // namespace probe::actuate
