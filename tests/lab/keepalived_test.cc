#include "tests/lab/keepalived.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "tests/lab/address_log.h"
#include "tests/lab/answer_witness.h"
#include "tests/lab/client.h"
#include "tests/lab/figure.h"
#include "tests/lab/firewall.h"
#include "tests/lab/flavour.h"
#include "tests/lab/lab.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Hosts = std::set<std::string>;

// What a busy machine may hide: two questions.
constexpr Duration kNoise = milliseconds(45);

// What keepalived alone does: these are the facts that the tests of our programs stand on.
class KeepalivedTest : public testing::TestWithParam<Flavour> {
 protected:
  KeepalivedTest()
      : a_(lab_.AddHost("a", 1)),
        b_(lab_.AddHost("b", 2)),
        keepalived_a_(a_, DirectoryOf("a")),
        keepalived_b_(b_, DirectoryOf("b")),
        witness_(lab_.AddHost("witness", 250), GetParam().vip()),
        addresses_({&a_, &b_}) {}

  std::filesystem::path DirectoryOf(const std::string& host) const {
    std::filesystem::create_directory(lab_.directory() / host);
    return lab_.directory() / host;
  }

  // Priorities 100 and 90, with these VRIDs.
  void Start(int vrid_a, int vrid_b) {
    InstanceConfig instance = InstanceOf(GetParam(), 100);
    instance.virtual_router_id = vrid_a;
    keepalived_a_.Configure({.instances = {instance}});
    instance = InstanceOf(GetParam(), 90);
    instance.virtual_router_id = vrid_b;
    keepalived_b_.Configure({.instances = {instance}});
    keepalived_a_.Start();
    keepalived_b_.Start();
  }

  testing::AssertionResult Answering(const Hosts& hosts) const {
    return WaitUntil("the right hosts answer", seconds(15), [&] {
      return Seen{witness_.Latest() == hosts, witness_.Record().Timeline()};
    });
  }

  Lab lab_;
  Host& a_;
  Host& b_;
  Keepalived keepalived_a_;
  Keepalived keepalived_b_;
  AnswerWitness witness_;
  AddressLog addresses_;
};

TEST_P(KeepalivedTest, AHealthyPairElectsOneAndFailsOver) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  EXPECT_TRUE(addresses_.Has("a", GetParam().vip()));
  const Client client(lab_.AddHost("client", 251), GetParam().vip());
  const Instant healthy = Now();
  LetPass(seconds(1));
  EXPECT_LE(witness_.Record().LongestSilenceOf("a", healthy), kNoise) << witness_.Record().Timeline();
  EXPECT_EQ(client.Record().Lost(healthy, Now() - milliseconds(100)), 0) << client.Record().Describe(healthy, Now());

  const Instant stopped = Now();
  keepalived_a_.Stop();
  ASSERT_TRUE(Answering({"b"}));
  EXPECT_FALSE(addresses_.Has("a", GetParam().vip()));
  EXPECT_EQ(witness_.Record().BothAnswered({}), Duration::zero()) << witness_.Record().Timeline();
  PrintFigure("keepalived alone, clean stop " + GetParam().name + ": nobody answered",
              witness_.Record().LongestSilence(stopped));
}

TEST_P(KeepalivedTest, DifferentVridsMakeBothAnswer) {
  Start(66, 65);
  ASSERT_TRUE(Answering({"a", "b"}));
  const Instant split = Now();
  LetPass(seconds(2));
  EXPECT_LE(witness_.Record().LongestSilenceOf("a", split), kNoise) << witness_.Record().Timeline();
  EXPECT_LE(witness_.Record().LongestSilenceOf("b", split), kNoise) << witness_.Record().Timeline();
}

TEST_P(KeepalivedTest, AFilterOnBothSidesMakesBothAnswerUntilItGoes) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  Firewall(a_).DropVrrp();
  Firewall(b_).DropVrrp();
  ASSERT_TRUE(Answering({"a", "b"}));
  Firewall(a_).AllowVrrp();
  Firewall(b_).AllowVrrp();
  EXPECT_TRUE(Answering({"a"}));
}

TEST_P(KeepalivedTest, KilledItLeavesTheVipBehind) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  keepalived_a_.Kill();
  ASSERT_TRUE(Answering({"a", "b"}));
  EXPECT_TRUE(addresses_.Has("a", GetParam().vip()));
}

TEST_P(KeepalivedTest, FrozenItKeepsTheVipAndThawedItPrevails) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  keepalived_a_.Freeze();
  ASSERT_TRUE(Answering({"a", "b"}));
  keepalived_a_.Thaw();
  EXPECT_TRUE(Answering({"a"}));
}

TEST_P(KeepalivedTest, AfterADarkHostTheBackupTakesOver) {
  Start(66, 66);
  ASSERT_TRUE(Answering({"a"}));
  const Instant dark = Now();
  a_.GoDark();
  ASSERT_TRUE(Answering({"b"}));
  PrintFigure("keepalived alone, host dark " + GetParam().name + ": nobody answered",
              witness_.Record().LongestSilence(dark));
}

INSTANTIATE_TEST_SUITE_P(Flavours, KeepalivedTest, testing::Values(V4(), V6(), V4Vmac(), V4VmacXmitBase(), V6Vmac()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(Keepalived, ATrackFileMakesItYieldWithinMilliseconds) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const std::string file = (lab.directory() / "VI_1.demote").string();
  Keepalived keepalived(a, lab.directory());
  InstanceConfig instance = InstanceOf(V4(), 100);
  instance.track_file = file;
  keepalived.Configure({.instances = {instance}});
  const AddressLog addresses({&a});
  keepalived.Start();
  ASSERT_TRUE(WaitUntil("a holds", seconds(10), [&] {
    return Seen{addresses.Has("a", V4().vip()), keepalived.Log()};
  }));
  const Instant written = Now();
  a.Do({"sh", "-c", "echo 1 > " + file});
  ASSERT_TRUE(WaitUntil("a yields", seconds(5), [&] {
    return Seen{!addresses.Has("a", V4().vip()), keepalived.Log()};
  }));
  const auto removed = addresses.LastRemoved("a", V4().vip());
  ASSERT_TRUE(removed.has_value());
  PrintFigure("keepalived alone, track file to RTM_DELADDR (the shell included)", *removed - written);
}

}  // namespace
}  // namespace lab
