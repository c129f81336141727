// The gate in front of a real keepalived, judged by what clients reach.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "probe/actuate/announcer.h"
#include "probe/netlink/kernel_reader.h"
#include "tests/lab/answer_witness.h"
#include "tests/lab/client.h"
#include "tests/lab/figure.h"
#include "tests/lab/flavour.h"
#include "tests/lab/keepalived.h"
#include "tests/lab/lab.h"
#include "tests/lab/wait.h"
#include "tests/probe/actuate/gate_lab.h"

namespace probe::actuate {
namespace {

using lab::Flavour;
using lab::Seen;
using lab::WaitUntil;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Hosts = std::set<std::string>;

class GatedKeepalived : public testing::TestWithParam<Flavour> {
 protected:
  GatedKeepalived()
      : a_(lab_.AddHost("a", 1)),
        b_(lab_.AddHost("b", 2)),
        keepalived_a_(a_, DirectoryOf("a")),
        keepalived_b_(b_, DirectoryOf("b")),
        gate_(OpenGateOn(a_)),
        witness_(lab_.AddHost("witness", 250), GetParam().vip()) {}

  std::filesystem::path DirectoryOf(const std::string& host) const {
    std::filesystem::create_directory(lab_.directory() / host);
    return lab_.directory() / host;
  }

  // Priorities 100 and 90.
  void Start(int vrid_a, int vrid_b) {
    lab::InstanceConfig instance = lab::InstanceOf(GetParam(), 100);
    instance.virtual_router_id = vrid_a;
    keepalived_a_.Configure({.instances = {instance}});
    instance = lab::InstanceOf(GetParam(), 90);
    instance.virtual_router_id = vrid_b;
    keepalived_b_.Configure({.instances = {instance}});
    keepalived_a_.Start();
    keepalived_b_.Start();
  }

  static GateKey Key() { return KeyOn(GetParam().vip(), 66, GetParam().use_vmac); }

  testing::AssertionResult Answering(const Hosts& hosts) const {
    return WaitUntil("the right hosts answer", seconds(15), [&] {
      return Seen{witness_.Latest() == hosts, witness_.Record().Timeline()};
    });
  }

  AdvertCount Adverts() const {
    const auto state = gate_->Dump();
    return state.ok() && !state->adverts.empty() ? state->adverts.front() : AdvertCount{};
  }

  // What the probe of the node that serves again does: announce the VIP from where it is configured.
  void AnnounceFromA() {
    a_.netns().Enter([] {
      auto reader = netlink::KernelReader::Open();
      auto announcer = Announcer::Open();
      ASSERT_TRUE(reader.ok() && announcer.ok());
      const auto places = reader->Find(Key().vip);
      ASSERT_TRUE(places.ok() && places->size() == 1U);
      auto announcement = MakeAnnouncement(places->front());
      ASSERT_TRUE(announcement.ok()) << announcement.status();
      EXPECT_TRUE(announcer->Announce(*announcement).ok());
    });
  }

  lab::Lab lab_;
  lab::Host& a_;
  lab::Host& b_;
  lab::Keepalived keepalived_a_;
  lab::Keepalived keepalived_b_;
  std::unique_ptr<NftGate> gate_;
  lab::AnswerWitness witness_;
};

TEST_P(GatedKeepalived, OfTwoThatAnswerTheGatedOneIsSilentAndTheOtherNeverMisses) {
  Start(66, 65);
  ASSERT_TRUE(Answering({"a", "b"}));
  const lab::Instant split = lab::Now();
  ASSERT_TRUE(gate_->Shut(Key(), "the test").ok());
  const lab::Instant shut = lab::Now();
  EXPECT_TRUE(IsShut(*gate_, Key()));
  lab::PrintFigure(absl::StrCat("gate: shut, ", GetParam().name), shut - split);
  // keepalived goes on as active behind the gate: its adverts are met there.
  ASSERT_TRUE(WaitUntil("adverts are stopped", seconds(5), [&] {
    return Seen{Adverts().stopped >= 2, absl::StrCat(Adverts().stopped)};
  }));
  EXPECT_EQ(Adverts().vrid, 66);
  const auto last = witness_.Record().LastAnswer("a");
  ASSERT_TRUE(last.has_value());
  EXPECT_LE(*last, shut + kWitnessNoise) << witness_.Record().Timeline(split);
  EXPECT_LE(witness_.Record().LongestSilenceOf("b", split), kWitnessNoise) << witness_.Record().Timeline(split);
  ASSERT_TRUE(gate_->Open(Key()).ok());
  EXPECT_TRUE(Answering({"a", "b"}));
}

TEST_P(GatedKeepalived, PacketsOfAClientThatKnowsTheMacAreDroppedToo) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  lab::Host& host = lab_.AddHost("client", 251);
  const lab::Client client(host, GetParam().vip());
  const lab::Instant start = lab::Now();
  lab::LetPass(milliseconds(300));
  // It will not ask again: its neighbour entry is for ever.
  const std::string neighbours = host.Do({"ip", "neigh", "show", GetParam().vip()});
  const std::size_t mac = neighbours.find("lladdr ");
  ASSERT_NE(mac, std::string::npos) << neighbours;
  host.Do({"ip", "neigh", "replace", GetParam().vip(), "lladdr", neighbours.substr(mac + 7, 17), "nud", "permanent",
           "dev", lab::kVrrpInterface});
  const lab::Instant known = lab::Now();
  lab::LetPass(milliseconds(300));
  EXPECT_EQ(client.Record().Lost(known, lab::Now() - milliseconds(100)), 0)
      << client.Record().Describe(start, lab::Now());
  ASSERT_TRUE(gate_->ShutForAWhile(Key(), seconds(2), "the test").ok());
  const lab::Instant shut = lab::Now();
  lab::LetPass(milliseconds(1200));
  const int sent = client.Record().Sent(shut + milliseconds(20), shut + seconds(1));
  EXPECT_GT(sent, 10);
  EXPECT_EQ(client.Record().Lost(shut + milliseconds(20), shut + seconds(1)), sent)
      << client.Record().Describe(start, lab::Now());
}

TEST_P(GatedKeepalived, BehindAShutGateItIsSucceededAndGetsTheVipBackByATrial) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  ASSERT_TRUE(gate_->Shut(Key(), "the test").ok());
  ASSERT_TRUE(Answering({"b"}));  // b hears no adverts any more
  EXPECT_EQ(witness_.Record().BothAnswered({}), lab::Duration::zero()) << witness_.Record().Timeline();

  const lab::Instant trial = lab::Now();
  ASSERT_TRUE(gate_->AdvertsOnly(Key(), seconds(4)).ok());
  ASSERT_TRUE(Answering({}));  // b heard a's priority and yielded; a's VIP still is shut
  EXPECT_GT(Adverts().let_out, 0U);
  ASSERT_TRUE(gate_->Open(Key()).ok());
  AnnounceFromA();
  ASSERT_TRUE(Answering({"a"}));
  EXPECT_EQ(witness_.Record().BothAnswered(trial), lab::Duration::zero()) << witness_.Record().Timeline(trial);
}

TEST_P(GatedKeepalived, ATrialEndsByTheKernelsOwnTimer) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  ASSERT_TRUE(gate_->Shut(Key(), "the test").ok());
  ASSERT_TRUE(Answering({"b"}));
  ASSERT_TRUE(gate_->AdvertsOnly(Key(), milliseconds(1500)).ok());
  EXPECT_TRUE(gate_->Dump()->Find(Key())->adverts.has_value());
  ASSERT_TRUE(WaitUntil("adverts stop", seconds(5), [&] {
    return Seen{!gate_->Dump()->Find(Key())->adverts.has_value(), ""};
  }));
  EXPECT_TRUE(IsShut(*gate_, Key()));
  EXPECT_TRUE(Answering({"b"}));  // at once if it heard nothing meanwhile, else after its master-down interval
}

INSTANTIATE_TEST_SUITE_P(Flavours, GatedKeepalived,
                         testing::Values(lab::V4(), lab::V6(), lab::V4Vmac(), lab::V4VmacXmitBase(), lab::V6Vmac()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(GatedKeepalivedScope, TheOtherVipOfTheNodeNeverMissesAnAnswer) {
  lab::Lab lab;
  const lab::Host& a = lab.AddHost("a", 1);
  lab::Keepalived keepalived(a, lab.directory());
  lab::InstanceConfig second = lab::InstanceOf(lab::V4(), 100);
  second.name = "VI_2";
  second.virtual_router_id = 67;
  second.virtual_ipaddress = {"192.168.1.213/24"};
  keepalived.Configure({.instances = {lab::InstanceOf(lab::V4(), 100), second}});
  keepalived.Start();
  const lab::AnswerWitness gated(lab.AddHost("w1", 250), "192.168.1.212");
  const lab::AnswerWitness other(lab.AddHost("w2", 251), "192.168.1.213");
  ASSERT_TRUE(WaitUntil("a answers for both", seconds(10), [&] {
    return Seen{gated.Latest().contains("a") && other.Latest().contains("a"), other.Record().Timeline()};
  }));
  const auto gate = OpenGateOn(a);
  const lab::Instant shut = lab::Now();
  ASSERT_TRUE(gate->Shut(KeyOn("192.168.1.212"), "the test").ok());
  lab::LetPass(milliseconds(1500));
  EXPECT_GE(gated.Record().LongestSilenceOf("a", shut), milliseconds(1300)) << gated.Record().Timeline(shut);
  EXPECT_LE(other.Record().LongestSilenceOf("a", shut), kWitnessNoise) << other.Record().Timeline(shut);
  const auto state = gate->Dump();
  ASSERT_TRUE(state.ok());
  for (const AdvertCount& count : state->adverts) EXPECT_EQ(count.vrid, 66);
}

TEST(GatedKeepalivedScope, AdvertsBehindAnAuthenticationHeaderAreStoppedToo) {
  lab::Lab lab;
  const lab::Host& a = lab.AddHost("a", 1);
  lab::Keepalived keepalived(a, lab.directory());
  lab::InstanceConfig instance = lab::InstanceOf(lab::V4(), 100);
  instance.auth_type = "AH";
  instance.auth_pass = "secret";
  keepalived.Configure({.instances = {instance}});
  const auto gate = OpenGateOn(a);
  ASSERT_TRUE(gate->Shut(KeyOn("192.168.1.212"), "the test").ok());
  keepalived.Start();
  EXPECT_TRUE(WaitUntil("its adverts are stopped", seconds(10), [&] {
    const auto state = gate->Dump();
    return Seen{state.ok() && !state->adverts.empty() && state->adverts.front().stopped >= 2, keepalived.Log()};
  }));
}

}  // namespace
}  // namespace probe::actuate
