// What the probe knows of its node: which adverts, addresses and gates belong together. The links are those of the
// machine that runs the test, so the configuration names interfaces that no machine has.
#include "probe/daemon/node_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "probe/daemon/session_end.h"
#include "tests/arbiter/process/scratch.h"
#include "tests/fakes/fake_gate.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using actuate::GateKey;
using arbiter::IpAddress;
using observe::Vantage;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kWire[] = "wire0";
constexpr char kLan[] = "lan0";

IpAddress Ip(const std::string& text) { return IpAddress::Parse(text).value(); }

class NodeStateTest : public testing::Test {
 protected:
  NodeStateTest() {
    settings_.keepalived_conf = scratch_.path() + "/keepalived.conf";
    settings_.runtime_dir = scratch_.path();
    settings_.actuators = {hold::RungKind::kGate, hold::RungKind::kRemoveAddress};
    addresses_ = netlink::AddressWatch::Open(Instant()).value();
    // This process stands for the daemon: it lives as long as the test.
    std::ifstream comm("/proc/self/comm");
    std::string name;
    std::getline(comm, name);
    daemon_ = keepalived::DaemonWatch::Open({Write("pid", std::to_string(getpid())), scratch_.path() + "/none", name})
                  .value();
    node_ = std::make_unique<NodeState>(settings_, *addresses_, *daemon_, gate_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(scratch_.path() + "/" + name) << text << "\n";
    return scratch_.path() + "/" + name;
  }

  void Configure(int vrid, const std::string& vips, const std::string& more = "") {
    Write("keepalived.conf", "vrrp_instance VI_1 {\n interface wire0\n virtual_router_id " + std::to_string(vrid) +
                                 "\n priority 90\n virtual_ipaddress {\n" + vips + " }\n" + more + "}");
    node_->ReadConfig();
  }

  static vrrp::Advertisement Advert(int vrid, int priority, const std::vector<std::string>& vips) {
    vrrp::Advertisement advert;
    advert.version = 2;
    advert.vrid = static_cast<std::uint8_t>(vrid);
    advert.priority = static_cast<std::uint8_t>(priority);
    advert.interval_cs = 100;
    advert.origin.source = Ip("192.0.2.1");
    std::vector<std::uint8_t> bytes;
    for (const std::string& vip : vips) {
      const IpAddress address = Ip(vip);
      bytes.insert(bytes.end(), address.bytes().begin(), address.bytes().end());
    }
    advert.addresses.Assign(Ip(vips.front()).family(), static_cast<std::uint8_t>(vips.size()),
                            vrrp::Bytes(bytes.data(), bytes.size()));
    return advert;
  }

  Concern Hear(Vantage vantage, const vrrp::Advertisement& advert, const std::string& interface = kWire) {
    capture::Packet packet;
    packet.content = advert;
    return node_->Hear(interface, vantage, packet, now_);
  }

  arbiter::v1::VipReport Report(const std::string& vip) {
    return report::ViewOf(Ip(vip), node_->FactsNow(now_), now_).report.Whole();
  }

  Scratch scratch_;
  Settings settings_;
  fakes::FakeGate gate_;
  std::unique_ptr<netlink::AddressWatch> addresses_;
  std::unique_ptr<keepalived::DaemonWatch> daemon_;
  std::unique_ptr<NodeState> node_;
  Instant now_ = Instant() + seconds(1000);
};

constexpr char kBoth[] = "  203.0.113.1/24\n  198.51.100.1/24 dev lan0\n";
constexpr char kExcluded[] = " virtual_ipaddress_excluded {\n  2001:db8:77::1/64\n }\n";

TEST_F(NodeStateTest, GatesTheVipWhereItIsAndTheAdvertsWhereTheyLeave) {
  Configure(66, kBoth, kExcluded);
  EXPECT_THAT(node_->GateKeys(Ip("203.0.113.1")), ElementsAre(GateKey{Ip("203.0.113.1"), kWire, 66, false}));
  EXPECT_THAT(node_->GateKeys(Ip("198.51.100.1")),
              UnorderedElementsAre(GateKey{Ip("198.51.100.1"), kLan, std::nullopt, false},
                                   GateKey{Ip("198.51.100.1"), kWire, 66, false}));
  EXPECT_THAT(node_->GateKeys(Ip("2001:db8:77::1")),
              ElementsAre(GateKey{Ip("2001:db8:77::1"), kWire, 66, false, IpAddress::Family::kV4}));
}

TEST_F(NodeStateTest, GatesWhatADaemonSaysThatRunsOnAnOlderFile) {
  Configure(66, kBoth);
  Hear(Vantage::kSent, Advert(65, 90, {"203.0.113.1"}));
  EXPECT_THAT(node_->GateKeys(Ip("203.0.113.1")), UnorderedElementsAre(GateKey{Ip("203.0.113.1"), kWire, 65, false},
                                                                       GateKey{Ip("203.0.113.1"), kWire, 66, false}));
  EXPECT_EQ(Report("203.0.113.1").vrid(), 65U);
  EXPECT_EQ(Report("198.51.100.1").vrid(), 65U);
}

TEST_F(NodeStateTest, KnowsAtOnceWhatAReloadHasChanged) {
  Configure(66, kBoth);
  Hear(Vantage::kSent, Advert(66, 120, {"203.0.113.1"}));
  EXPECT_EQ(Report("198.51.100.1").priority(), 120U);
  Configure(67, kBoth);
  now_ += std::chrono::milliseconds(10);
  Hear(Vantage::kSent, Advert(67, 101, {"203.0.113.1"}));
  for (const char* vip : {"203.0.113.1", "198.51.100.1"}) {
    EXPECT_EQ(Report(vip).vrid(), 67U) << vip;
    EXPECT_EQ(Report(vip).priority(), 101U) << vip;
    EXPECT_TRUE(Report(vip).advertises()) << vip;
  }
  // For ten minutes the old ones are remembered: they never come before what is sent now.
  now_ += seconds(3);
  Hear(Vantage::kSent, Advert(67, 101, {"203.0.113.1"}));
  now_ += seconds(2);
  node_->Expire(now_);
  EXPECT_EQ(Report("203.0.113.1").vrid(), 67U);
  EXPECT_TRUE(Report("203.0.113.1").advertises());
}

TEST_F(NodeStateTest, LooksAtAllVipsOfAnInstanceWhenItSpeaks) {
  Configure(66, kBoth, kExcluded);
  for (const int vrid : {66, 65}) {
    EXPECT_THAT(Hear(Vantage::kSent, Advert(vrid, 90, {"203.0.113.1"})).vips,
                UnorderedElementsAre(Ip("203.0.113.1"), Ip("198.51.100.1"), Ip("2001:db8:77::1")))
        << vrid;
  }
  EXPECT_THAT(Hear(Vantage::kOnWire, Advert(9, 90, {"203.0.113.9"})).vips, ElementsAre(Ip("203.0.113.9")));
}

TEST_F(NodeStateTest, LeavesToALiveDaemonWhatItsFileNamedInItsLife) {
  Configure(66, kBoth);
  EXPECT_THAT(node_->FactsNow(now_).formerly_owned, IsEmpty());
  Configure(66, "  203.0.113.1/24\n");
  EXPECT_THAT(node_->FactsNow(now_).formerly_owned, ElementsAre(Ip("198.51.100.1")));
  Configure(66, kBoth);
  EXPECT_THAT(node_->FactsNow(now_).formerly_owned, IsEmpty());
}

TEST_F(NodeStateTest, MayActOnWhatItsFileNamedAndItsVipsAndOnNothingThatOthersSay) {
  settings_.vips = {Ip("203.0.113.8")};
  settings_.protect = {Ip("198.51.100.1")};
  Configure(66, kBoth);
  node_->SetKnownElsewhere({Ip("203.0.113.50")});
  Hear(Vantage::kOnWire, Advert(9, 255, {"203.0.113.51"}));
  EXPECT_EQ(Report("203.0.113.1").not_ours(), "");
  EXPECT_EQ(Report("203.0.113.8").not_ours(), "");
  EXPECT_THAT(Report("198.51.100.1").not_ours(), HasSubstr("protect"));
  EXPECT_THAT(Report("203.0.113.50").not_ours(), HasSubstr("only other nodes"));
  EXPECT_THAT(Report("203.0.113.51").not_ours(), HasSubstr("only other nodes"));
  // What the file names no more was this node's own: a leftover of it stays this node's to give up.
  Configure(66, "  203.0.113.77/24\n");
  EXPECT_EQ(Report("203.0.113.1").not_ours(), "");
}

TEST_F(NodeStateTest, NeverActsOnTheAddressFromWhichItReachesTheArbiter) {
  Configure(66, "  127.0.0.1/8\n");
  EXPECT_EQ(Report("127.0.0.1").not_ours(), "");
  node_->SetSessionPeer("ipv4:127.0.0.1:7430");
  EXPECT_THAT(Report("127.0.0.1").not_ours(), HasSubstr("session to the arbiter"));
  node_->SetSessionPeer("unix:/run/x");
  EXPECT_EQ(Report("127.0.0.1").not_ours(), "");
}

TEST_F(NodeStateTest, LetsWhatOthersSayWaitForAMomentButNotForWhoNeedsToKnow) {
  Configure(66, kBoth);
  EXPECT_THAT(Hear(Vantage::kOnWire, Advert(9, 90, {"203.0.113.9"})).vips, ElementsAre(Ip("203.0.113.9")));
  EXPECT_THAT(Hear(Vantage::kOnWire, Advert(10, 90, {"203.0.113.10"})).vips, IsEmpty());
  EXPECT_EQ(node_->NextDeadline(), now_ + ConcernPace::kPause);
  EXPECT_THAT(Hear(Vantage::kSent, Advert(66, 90, {"203.0.113.1"})).vips, testing::Not(IsEmpty())) << "its own";
  EXPECT_THAT(node_->TakeHeard({Ip("203.0.113.1")}, now_).vips, IsEmpty());
  EXPECT_THAT(node_->TakeHeard({Ip("203.0.113.10")}, now_).vips, ElementsAre(Ip("203.0.113.10")));
  EXPECT_THAT(Hear(Vantage::kOnWire, Advert(11, 90, {"203.0.113.11"})).vips, IsEmpty());
  now_ += ConcernPace::kPause;
  EXPECT_THAT(node_->Expire(now_).vips, ElementsAre(Ip("203.0.113.11")));
}

TEST_F(NodeStateTest, AnAdvertInItsOwnNameFromOutsideIsShownAndSaysNothing) {
  Configure(66, kBoth);
  vrrp::Advertisement advert = Advert(66, 90, {"203.0.113.1"});
  advert.origin.source = Ip("127.0.0.1");  // whatever machine this is: it has that one
  Hear(Vantage::kOnWire, advert);
  EXPECT_EQ(node_->node_facts().dropped_adverts["source"], 1U);
  const report::Facts& facts = node_->FactsNow(now_);
  ASSERT_EQ(facts.heard.size(), 1U);
  EXPECT_THAT(facts.heard[0].defects, ElementsAre("source"));
  EXPECT_FALSE(Report("203.0.113.1").advertises());
  EXPECT_FALSE(node_->ForgesOurName(Vantage::kSent, advert));
}

TEST(SessionEnd, IsFoundForWhateverGrpcCallsAPeer) {
  for (const char* peer : {"ipv4:127.0.0.1:7430", "ipv6:[::1]:7430", "ipv6:%5B::1%5D:7430"}) {
    const absl::StatusOr<IpAddress> end = LocalEndTo(peer);
    ASSERT_TRUE(end.ok() || !absl::IsInvalidArgument(end.status())) << peer << " " << end.status();
    EXPECT_TRUE(end.value_or(Ip("127.0.0.1")).IsLoopback()) << peer;
  }
  for (const char* peer : {"", "unix:/run/x", "ipv4:nonsense", "ipv6:[::1", "ipv4:", "ipv6:]:"}) {
    EXPECT_FALSE(LocalEndTo(peer).ok()) << peer;
  }
}

TEST_F(NodeStateTest, SeesNewFactsThoughItKeepsWhatFollowsFromTheOld) {
  Configure(66, kBoth);
  EXPECT_FALSE(Report("203.0.113.1").advertises());
  Hear(Vantage::kSent, Advert(66, 90, {"203.0.113.1"}));
  EXPECT_TRUE(Report("203.0.113.1").advertises());
  now_ += seconds(10);
  node_->Expire(now_);
  EXPECT_FALSE(Report("203.0.113.1").advertises());
  node_->SetHeld({Ip("203.0.113.77")});
  EXPECT_TRUE(node_->FactsNow(now_).named.contains(Ip("203.0.113.77")));
  Hear(Vantage::kSent, Advert(66, 90, {"203.0.113.1"}));
  EXPECT_TRUE(Report("203.0.113.1").advertises());
  node_->ForgetInterface(kWire);
  EXPECT_FALSE(Report("203.0.113.1").advertises());
}

}  // namespace
}  // namespace probe::daemon
