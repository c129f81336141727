// Whom the product believes: hosts that lie, and addresses that stay where they are.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/process.h"
#include "tests/lab/programs.h"
#include "tests/lab/site.h"
#include "tests/lab/stranger.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr char kOwn[] = "172.17.0.1";

// An address of the node's own that every host with containers has.
void GiveDocker(const Host& host) {
  host.Do({"ip", "link", "add", "docker0", "type", "bridge"});
  host.Do({"ip", "addr", "add", "172.17.0.1/16", "dev", "docker0"});
  host.Do({"ip", "link", "set", "docker0", "up"});
}

bool HasDocker(const Host& host) {
  const auto shown = Execute(host.In({"ip", "-o", "addr", "show", "dev", "docker0"}), seconds(5));
  return shown.ok() && shown->out.find(kOwn) != std::string::npos;
}

class ForgedAdvertTest : public testing::TestWithParam<int> {};

TEST_P(ForgedAdvertTest, TakesNoAddressFromAnybody) {
  Site site;
  for (const char* name : {"a", "b"}) GiveDocker(site.node(name).host());
  ASSERT_TRUE(site.Start());
  const Host& stranger = site.lab().AddHost("stranger", 99);
  const auto error = static_cast<std::uint16_t>(GetParam());
  for (int i = 0; i < 30; ++i) {
    Inject(stranger, MakeAdvert({.vrid = 200, .priority = 100, .checksum_error = error, .address = {172, 17, 0, 1}}));
    LetPass(milliseconds(100));
  }
  EXPECT_THAT(site.Incidents(), IsEmpty());
  EXPECT_THAT(site.HeldBack(kOwn), IsEmpty());
  for (const char* name : {"a", "b"}) {
    EXPECT_TRUE(HasDocker(site.node(name).host())) << name;
    EXPECT_EQ(site.node(name).probe().Log().find(kOwn), std::string::npos) << site.node(name).probe().Log();
  }
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(5)));
}

INSTANTIATE_TEST_SUITE_P(Checksums, ForgedAdvertTest, testing::Values(0, 1),
                         [](const auto& parameter) { return parameter.param == 0 ? "Right" : "Wrong"; });

struct FloodKind {
  std::string name;
  std::vector<Frame> frames;
  std::string series;  // that counts what is not read
  std::string told;    // by the log and by `nodes`
};

class FloodTest : public testing::TestWithParam<FloodKind> {
 protected:
  // keepalived itself is flooded, too, and may lose its peer for as long as that lasts: whoever it is, one answers.
  testing::AssertionResult AwaitOne(const std::set<std::string>& states) {
    return WaitUntil("one answers and the VIP is in order", seconds(20), [&] {
      return Seen{states.contains(site_.VipState()) && site_.witness().Latest().size() == 1,
                  site_.Vip().ToString() + " " + site_.Timelines()};
    });
  }

  // What the probe shows of the adverts that it did not read.
  std::uint64_t NotRead(const std::string& node) {
    const std::string metrics = site_.node(node).host().Do({"curl", "-sf", "http://127.0.0.1:7432/metrics"});
    const std::string series = "\n" + GetParam().series + " ";
    const std::size_t at = metrics.find(series);
    double count = 0;
    if (at == std::string::npos || !absl::SimpleAtod(FirstWord(metrics.substr(at + series.size())), &count)) return 0;
    return static_cast<std::uint64_t>(count);
  }

  static std::string FirstWord(const std::string& text) { return text.substr(0, text.find_first_of(" \n")); }

  Site site_{{.flavour = V4Fast(), .probe_flags = {"--metrics-listen", "127.0.0.1:7432"}}};
};

TEST_P(FloodTest, HidesNoSplit) {
  const Host& stranger = site_.lab().AddHost("stranger", 99);
  ASSERT_TRUE(site_.Start());
  auto flood = std::make_unique<Flood>(stranger, GetParam().frames, 20'000);
  ASSERT_TRUE(WaitUntil("the probes notice the flood", seconds(10), [&] {
    return Seen{NotRead("a") > 0 && NotRead("b") > 0, site_.node("a").probe().Log()};
  }));
  for (int round = 0; round < 3; ++round) {
    const Instant since = Now();
    VridsDiffer().cause(site_);
    ASSERT_TRUE(AwaitOne({"GUARDED"}));
    PrintFigure("flood: both answered", site_.BothAnswered(since));
    EXPECT_LE(site_.BothAnswered(since), seconds(1));
    VridsDiffer().mend(site_);
    ASSERT_TRUE(AwaitOne({"HELD"}));
  }
  for (const char* name : {"a", "b"}) {
    const std::string log = site_.node(name).probe().Log();
    EXPECT_NE(log.find("more " + GetParam().told + " than are read"), std::string::npos) << log;
    EXPECT_LE(std::count(log.begin(), log.end(), '\n'), 200) << "folded";
    EXPECT_GT(NotRead(name), flood->sent() / 4) << name << " of " << flood->sent();
  }
  EXPECT_NE(site_.arbiter().Ctl({"nodes"}).out.find("flood of " + GetParam().told), std::string::npos)
      << site_.arbiter().Ctl({"nodes"}).out;
  flood.reset();
  EXPECT_TRUE(AwaitOne({"HELD"}));
}

// A flood with our VRID makes keepalived itself lose its peer, and what becomes of that is not the same twice:
// tests/bench/flood_bench shows it.
INSTANTIATE_TEST_SUITE_P(Of, FloodTest,
                         testing::Values(FloodKind{"Adverts", StrangersAdverts(66),
                                                   R"(arbiter_probe_adverts_dropped_total{reason="over-budget"})",
                                                   "adverts"},
                                         FloodKind{"Arp", StrangersRequests(), "arbiter_probe_claims_passed_over_total",
                                                   "ARP and neighbour discovery"}),
                         [](const auto& parameter) { return parameter.param.name; });

class LyingProbeTest : public testing::TestWithParam<Flavour> {
 protected:
  explicit LyingProbeTest(int nodes = 2) : site_({.flavour = GetParam(), .nodes = nodes}) {}

  // What a probe says in its own name, from a host of its own: one of the segment that serves nothing, or one that is
  // not on it at all. It sees the arbiter, and nothing shows it to the nodes.
  void Lie(const std::string& vip) {
    const Host& host = site_.lab().AddManagementHost("liar", 99);
    const std::string address = vip.find(':') == std::string::npos ? "192.168.1.99" : "fd00:1::99";
    liar_ = std::make_unique<Process>(
        host.In({Program("lying_probe"), site_.arbiter().endpoint(), "default", "liar", vip, address}));
  }

  Site site_;
  std::unique_ptr<Process> liar_;
};

// b is backup, and hears a: so a is there, and the liar is the one that is to yield.
TEST_P(LyingProbeTest, TakesTheVipFromNobody) {
  ASSERT_TRUE(site_.Start());
  const Instant start = Now();
  Lie(site_.vip());
  ASSERT_TRUE(WaitUntil("the lie is seen and told", seconds(10), [&] {
    return Seen{site_.HeldBack() == Hosts{"liar"}, site_.Vip().ToString()};
  }));
  LetPass(seconds(5));
  EXPECT_TRUE(site_.AnsweredAlone("a", start)) << site_.Timelines();
  EXPECT_EQ(site_.HeldBack(), Hosts{"liar"});
  EXPECT_NE(site_.arbiter().Ctl({"status"}).out.find("nobody sees liar on the segment"), std::string::npos)
      << site_.arbiter().Ctl({"status"}).out;
}

TEST_P(LyingProbeTest, ThatIsGoneLeavesTheNextSplitToBeHealedAsEver) {
  ASSERT_TRUE(site_.Start());
  Lie(site_.vip());
  ASSERT_TRUE(WaitUntil("the lie is seen and told", seconds(10), [&] {
    return Seen{site_.HeldBack() == Hosts{"liar"}, site_.Vip().ToString()};
  }));
  liar_.reset();
  VridsDiffer().cause(site_);
  EXPECT_TRUE(WaitUntil("one of the two answers", seconds(15), [&] {
    return Seen{site_.HeldBack().contains("b") && site_.witness().Latest() == Hosts{"a"}, site_.Vip().ToString()};
  }));
}

INSTANTIATE_TEST_SUITE_P(Flavours, LyingProbeTest, testing::Values(V4(), V6()),
                         [](const auto& parameter) { return parameter.param.name; });

// Nobody but the two themselves could tell which of them is there.
class LyingPeerTest : public LyingProbeTest {
 protected:
  LyingPeerTest() : LyingProbeTest(1) {}
};

TEST_P(LyingPeerTest, HasNobodyHeldAndIsToldByName) {
  ASSERT_TRUE(site_.Start());
  const Instant start = Now();
  Lie(site_.vip());
  ASSERT_TRUE(WaitUntil("the lie is seen and told", seconds(10), [&] {
    return Seen{site_.VipState() == "SPLIT", site_.Vip().ToString()};
  }));
  LetPass(seconds(12));  // it is asked again, and again it is not seen
  EXPECT_TRUE(site_.AnsweredAlone("a", start)) << site_.Timelines();
  EXPECT_THAT(site_.HeldBack(), IsEmpty());
  const std::string advice = site_.Vip()["advice"].text();
  EXPECT_NE(advice.find("nobody is demoted"), std::string::npos) << advice;
  EXPECT_NE(advice.find("liar"), std::string::npos) << advice;
  EXPECT_EQ(site_.Incidents().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Flavours, LyingPeerTest, testing::Values(V4(), V6()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(Trust, WhatAnotherNodesDaemonNamesIsNotTakenFromANodeThatHadItBefore) {
  Site site;
  GiveDocker(site.node("b").host());
  site.node("a").instance().virtual_ipaddress.emplace_back("172.17.0.1/32");
  ASSERT_TRUE(site.Start());
  LetPass(seconds(3));
  EXPECT_THAT(site.HeldBack(kOwn), IsEmpty());
  EXPECT_TRUE(HasDocker(site.node("b").host()));
  EXPECT_NE(site.arbiter().Log().find("is left alone"), std::string::npos) << site.arbiter().Log();
}

// Sends the adverts of a's virtual router in a's name, ten times a second.
class Impostor {
 public:
  explicit Impostor(const Host& host)
      : host_(host),
        metronome_(
            milliseconds(100), -1, [this] { Inject(host_, frame_); }, [] {}) {}

 private:
  const Host& host_;
  const Frame frame_ = MakeAdvert({.vrid = 66, .priority = 100, .source = {192, 168, 1, 1}});
  Metronome metronome_;  // last: its thread uses the rest
};

class SpoofedLifeTest : public testing::TestWithParam<bool> {};

TEST_P(SpoofedLifeTest, KeepsNoHoldStandingWhenTheSurvivorIsDead) {
  const bool with_arbiter = GetParam();
  Site site;
  const Host& stranger = site.lab().AddHost("stranger", 99);
  ASSERT_TRUE(site.Start());
  VridsDiffer().cause(site);
  ASSERT_TRUE(site.AwaitGuarded("a", {"b"}));
  const Impostor impostor(stranger);
  if (!with_arbiter) site.arbiter().Kill();
  LetPass(seconds(6));
  ASSERT_EQ(site.witness().Latest(), Hosts{"a"}) << "a lives, and answers";
  const Instant gone = Now();
  site.lab().host("a").GoDark();
  EXPECT_TRUE(site.AwaitAnswers({"b"}, seconds(15))) << site.node("b").probe().Log();
  const Duration outage = site.witness().Record().LongestSilence(gone);
  EXPECT_LE(outage, kSilenceLimit + seconds(3));
  EXPECT_GE(outage, seconds(1)) << "VRRP alone cannot tell the impostor";
  PrintFigure(with_arbiter ? "spoofed life, with the arbiter: nobody answered" : "spoofed life, alone: nobody answered",
              outage);
  const std::string said = with_arbiter ? site.arbiter().Log() : site.node("b").probe().Log();
  EXPECT_NE(said.find("nobody answers for"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(Arbiter, SpoofedLifeTest, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "There" : "Gone"; });

}  // namespace
}  // namespace lab
