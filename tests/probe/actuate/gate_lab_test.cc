// The gate on a real kernel, with addresses set by hand: what it touches, what it survives, where it cannot work.
#include "tests/probe/actuate/gate_lab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/answer_witness.h"
#include "tests/lab/firewall.h"
#include "tests/lab/lab.h"
#include "tests/lab/wait.h"

namespace probe::actuate {
namespace {

using lab::Seen;
using lab::WaitUntil;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kVip[] = "192.168.1.212";

// Host a holds one VIP of each family, set by hand; a gate is there.
class GateLab : public testing::Test {
 protected:
  GateLab() : a_(lab_.AddHost("a", 1)), gate_(OpenGateOn(a_)) { AddVips(); }

  void AddVips() {
    a_.Do({"ip", "addr", "add", absl::StrCat(kVip, "/24"), "dev", lab::kVrrpInterface});
    a_.Do({"ip", "addr", "add", "fd00:1::212/64", "dev", lab::kVrrpInterface, "nodad"});
  }

  lab::Lab lab_;
  lab::Host& a_;
  std::unique_ptr<NftGate> gate_;
};

TEST_F(GateLab, WorksOnThisKernelAndTheTrialLeavesNothing) {
  EXPECT_TRUE(gate_->Usable().ok()) << gate_->Usable();
  EXPECT_EQ(a_.Do({"nft", "list", "ruleset"}), "");
}

// Listing `meta l4proto 112 meta protocol ip` made nft 1.0.6 abort, and with it every listing of the operator's rules.
TEST_F(GateLab, TheOperatorCanListEverything) {
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip, 66, true), "incident 12: b survives").ok());
  ASSERT_TRUE(gate_->AdvertsOnly(KeyOn(kVip, 66, true), seconds(60)).ok());
  ASSERT_TRUE(gate_->ShutForAWhile(KeyOn("fd00:1::212", 66, true), seconds(60), "first sight").ok());
  ASSERT_TRUE(gate_->OpenForAWhile(KeyOn("192.168.1.213", 67, true), seconds(60)).ok());
  EXPECT_THAT(a_.Do({"nft", "list", "ruleset"}), testing::HasSubstr("incident 12: b survives"));
  EXPECT_THAT(a_.Do({"nft", "-j", "list", "ruleset"}), testing::HasSubstr("00:00:5e:00:02:42"));
}

// The ruleset less our table.
std::string Foreign(const lab::Host& host) {
  return std::string(absl::StripTrailingAsciiWhitespace(lab::Firewall(host).ForeignRuleset()));
}

TEST_F(GateLab, OtherTablesAreTheSameByteForByte) {
  lab::Firewall(a_).Load(
      R"(table inet firewalld {
        chain filter_INPUT {
          type filter hook input priority 10; policy accept;
          ct state established,related accept
          iifname "lo" accept
        }
      }
      table ip nat {
        chain DOCKER {
        }
        chain PREROUTING {
          type nat hook prerouting priority -100; policy accept;
          fib daddr type local jump DOCKER
        }
      }
      table netdev guard {
        set blocked {
          type ipv4_addr
          flags timeout
          elements = { 10.9.9.9 }
        }
        chain in {
          type filter hook ingress device "eth0" priority -500; policy accept;
          ip saddr @blocked drop
        }
      })");
  const std::string before = Foreign(a_);
  ASSERT_TRUE(absl::StrContains(before, "DOCKER"));
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip), "why").ok());
  EXPECT_EQ(Foreign(a_), before);
  a_.Do({"nft", "delete", "table", "netdev", kGateTable});
  ASSERT_TRUE(gate_->Restore().ok());
  ASSERT_TRUE(IsShut(*gate_, KeyOn(kVip)));
  EXPECT_EQ(Foreign(a_), before);
  ASSERT_TRUE(gate_->Open(KeyOn(kVip)).ok());
  ASSERT_TRUE(gate_->OpenAll().ok());
  EXPECT_EQ(Foreign(a_), before);
  EXPECT_FALSE(absl::StrContains(a_.Do({"nft", "list", "ruleset"}), kGateTable));
}

TEST_F(GateLab, DeletingTheTableByHandOpensEverything) {
  const lab::AnswerWitness witness(lab_.AddHost("witness", 250), kVip);
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip, std::nullopt), "leftover").ok());
  ASSERT_TRUE(WaitUntil("nobody answers", seconds(5), [&] { return Seen{witness.Latest().empty(), ""}; }));
  a_.Do({"nft", "delete", "table", "netdev", kGateTable});
  EXPECT_TRUE(WaitUntil("a answers", seconds(5), [&] {
    return Seen{witness.Latest() == std::set<std::string>{"a"}, witness.Record().Timeline()};
  }));
}

TEST_F(GateLab, ShutForAWhileItOpensByItself) {
  const lab::AnswerWitness witness(lab_.AddHost("witness", 250), kVip);
  const auto answers = [&] { return Seen{witness.Latest().contains("a"), witness.Record().Timeline()}; };
  ASSERT_TRUE(WaitUntil("a answers", seconds(5), answers));
  const lab::Instant shut = lab::Now();
  ASSERT_TRUE(gate_->ShutForAWhile(KeyOn(kVip), seconds(1), "first sight").ok());
  ASSERT_TRUE(IsShut(*gate_, KeyOn(kVip)));
  gate_.reset();  // nobody is left who could open it
  ASSERT_TRUE(WaitUntil("a fell silent", seconds(5), [&] { return Seen{witness.Latest().empty(), ""}; }));
  ASSERT_TRUE(WaitUntil("a answers again", seconds(5), answers));
  EXPECT_NEAR(lab::Milliseconds(witness.Record().LongestSilenceOf("a", shut)), 1000, 150)
      << witness.Record().Timeline(shut);
}

TEST_F(GateLab, ALeaseIsShutByTheKernelWhenNobodyRenewsIt) {
  const lab::AnswerWitness witness(lab_.AddHost("witness", 250), kVip);
  const auto answers = [&] { return Seen{witness.Latest().contains("a"), witness.Record().Timeline()}; };
  ASSERT_TRUE(gate_->OpenForAWhile(KeyOn(kVip), milliseconds(600)).ok());
  ASSERT_TRUE(WaitUntil("a answers", seconds(5), answers));
  const lab::Instant renewed = lab::Now();
  ASSERT_TRUE(gate_->OpenForAWhile(KeyOn(kVip), seconds(1)).ok());
  ASSERT_TRUE(WaitUntil("the lease ran out", seconds(5), [&] { return Seen{IsShut(*gate_, KeyOn(kVip)), ""}; }));
  const lab::Instant ended = lab::Now();
  EXPECT_TRUE(WaitUntil("a stays silent", seconds(5), [&] {
    return Seen{witness.Record().LongestSilenceOf("a", ended) >= milliseconds(250), witness.Record().Timeline(renewed)};
  }));
  EXPECT_FALSE(witness.Record().FirstAnswer("a", ended).has_value()) << witness.Record().Timeline(renewed);
  EXPECT_LE(witness.Record().LongestSilenceOf("a", renewed, renewed + milliseconds(950)), kWitnessNoise);
}

TEST_F(GateLab, SurvivesItsProcessAndIsAdoptedByTheNext) {
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip, 66, true), "incident 12").ok());
  ASSERT_TRUE(gate_->ShutForAWhile(KeyOn("fd00:1::212", 67), seconds(60), "first sight").ok());
  gate_ = OpenGateOn(a_);
  ASSERT_TRUE(IsShut(*gate_, KeyOn(kVip)));
  ASSERT_TRUE(gate_->Adopt().ok());
  const absl::StatusOr<GateState> state = gate_->Dump();
  ASSERT_TRUE(state.ok());
  const GateStanding* v4 = state->Find(KeyOn(kVip));
  const GateStanding* v6 = state->Find(KeyOn("fd00:1::212"));
  ASSERT_TRUE(v4 != nullptr && v6 != nullptr);
  EXPECT_EQ(v4->key, KeyOn(kVip, 66, true));
  EXPECT_EQ(v4->comment, "incident 12");
  EXPECT_FALSE(v4->for_ms.has_value());
  ASSERT_TRUE(v6->for_ms.has_value());
  EXPECT_NEAR(static_cast<double>(v6->for_ms->count()), 58000, 2100);
  ASSERT_TRUE(gate_->Open(KeyOn(kVip, 66, true)).ok());
  EXPECT_EQ(gate_->Dump()->Find(KeyOn(kVip)), nullptr);
  EXPECT_FALSE(gate_->Restore()->repaired);
}

TEST_F(GateLab, ALinkThatComesBackIsShutAgain) {
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip), "why").ok());
  a_.UnplugVrrp();
  EXPECT_FALSE(IsShut(*gate_, KeyOn(kVip)));
  a_.ReplugVrrp();
  ASSERT_TRUE(gate_->Ensure({lab::kVrrpInterface}).ok());
  EXPECT_TRUE(IsShut(*gate_, KeyOn(kVip)));
  AddVips();
  const lab::AnswerWitness witness(lab_.AddHost("witness", 250), kVip);
  ASSERT_TRUE(WaitUntil("enough questions", seconds(5), [&] { return Seen{witness.Record().questions() > 20, ""}; }));
  EXPECT_FALSE(witness.Record().FirstAnswer("a").has_value());
}

TEST_F(GateLab, WhatIsOrderedOnAnAbsentLinkActsOnceItIsThere) {
  a_.UnplugVrrp();
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip), "why").ok());
  EXPECT_FALSE(IsShut(*gate_, KeyOn(kVip)));
  a_.ReplugVrrp();
  ASSERT_TRUE(gate_->Ensure({lab::kVrrpInterface}).ok());
  EXPECT_TRUE(IsShut(*gate_, KeyOn(kVip)));
}

TEST_F(GateLab, ARenamedLinkIsShutUnderItsNewName) {
  ASSERT_TRUE(gate_->Shut(KeyOn(kVip), "why").ok());
  a_.Do({"ip", "link", "set", lab::kVrrpInterface, "name", "lan_0@x"});
  GateKey renamed = KeyOn(kVip);
  renamed.interface = "lan_0@x";
  ASSERT_TRUE(gate_->Shut(renamed, "why").ok());
  EXPECT_TRUE(IsShut(*gate_, renamed));
  ASSERT_TRUE(gate_->Open(KeyOn(kVip)).ok());
  EXPECT_TRUE(IsShut(*gate_, renamed));
  a_.Do({"ip", "link", "set", "lan_0@x", "name", lab::kVrrpInterface});
}

// Drops every capability to administer the network in this process, for good.
bool DropNetAdmin() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2] = {};
  if (syscall(SYS_capget, &header, sets) != 0) return false;
  sets[0].effective &= ~(1U << CAP_NET_ADMIN);
  sets[0].permitted &= ~(1U << CAP_NET_ADMIN);
  return syscall(SYS_capset, &header, sets) == 0;
}

TEST_F(GateLab, WithoutCapNetAdminItSaysSo) {
  int status = -1;
  a_.netns().Enter([&] {
    const pid_t child = fork();
    if (child == 0) {
      const auto gate = DropNetAdmin() ? OpenNftGate() : absl::InternalError("capset");
      _exit(gate.ok() && absl::IsPermissionDenied((*gate)->Usable()) ? 0 : 1);
    }
    waitpid(child, &status, 0);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// A kernel before 5.16: whatever needs the egress hook is refused.
class KernelWithoutEgress : public NftKernel {
 public:
  explicit KernelWithoutEgress(std::unique_ptr<NftKernel> kernel) : kernel_(std::move(kernel)) {}
  absl::Status Run(const std::string& script) override {
    if (!absl::StrContains(script, "hook egress")) return kernel_->Run(script);
    return absl::UnimplementedError("change nftables table: Error: Could not process rule: Operation not supported");
  }
  absl::StatusOr<TableDump> Dump(absl::string_view table) override { return kernel_->Dump(table); }

 private:
  std::unique_ptr<NftKernel> kernel_;
};

TEST_F(GateLab, WithoutTheEgressHookNothingIsHalfShut) {
  absl::StatusOr<std::unique_ptr<NftKernel>> kernel;
  absl::StatusOr<InterfaceLookup> lookup;
  a_.netns().Enter([&] {
    kernel = OpenNftKernel();
    lookup = OpenInterfaceLookup();
  });
  ASSERT_TRUE(kernel.ok() && lookup.ok());
  NftGate gate(std::make_unique<KernelWithoutEgress>(*std::move(kernel)), *std::move(lookup), lab::Now);
  EXPECT_TRUE(absl::IsUnimplemented(gate.Usable()));
  EXPECT_FALSE(gate.Shut(KeyOn(kVip), "why").ok());
  EXPECT_EQ(a_.Do({"nft", "list", "ruleset"}), "");
}

TEST_F(GateLab, AThousandAreShutLetOutAndOpenedInOneTransactionEach) {
  std::vector<GateKey> keys;
  for (int i = 0; i < 1000; ++i) {
    const std::string vip = i % 2 == 0 ? absl::StrCat("10.9.", i / 200, ".", 1 + i % 200) : absl::StrCat("fd09::", i);
    keys.push_back(KeyOn(vip, static_cast<std::uint8_t>(1 + i / 100)));
  }
  const auto shut = [&] {
    const GateState state = gate_->Dump().value();
    return std::count_if(keys.begin(), keys.end(), [&state](const GateKey& key) { return state.IsShut(key); });
  };
  ASSERT_TRUE(gate_->ShutForAWhile(keys, seconds(60), "first sight").ok());
  EXPECT_EQ(shut(), 1000);
  ASSERT_TRUE(gate_->Shut(keys, "incident 12: b survives").ok());
  ASSERT_TRUE(gate_->AdvertsOnly(keys, seconds(60)).ok());
  EXPECT_EQ(shut(), 1000);
  ASSERT_TRUE(gate_->Open(absl::MakeConstSpan(keys).first(999)).ok());
  EXPECT_EQ(shut(), 1);
  EXPECT_TRUE(IsShut(*gate_, keys.back()));
}

TEST_F(GateLab, TwoHundredAndFiftyComeBackAfterAFlush) {
  std::vector<GateKey> keys;
  for (int i = 1; i <= 250; ++i) keys.push_back(KeyOn(absl::StrCat("10.9.0.", i)));
  ASSERT_TRUE(gate_->Shut(keys, "incident 12: b survives").ok());
  a_.Do({"nft", "flush", "ruleset"});
  ASSERT_TRUE(gate_->Restore().value().repaired);
  const GateState state = gate_->Dump().value();
  for (const GateKey& key : keys) EXPECT_TRUE(state.IsShut(key)) << key.vip.ToString();
}

// A verb goes by what it knows of the kernel; where that is no longer so, the whole table is made anew.
TEST_F(GateLab, WhatSomebodyElseChangedStopsNoVerb) {
  const GateKey key = KeyOn(kVip);
  const std::string set = absl::StrCat("shut_ip4_", lab::kVrrpInterface);
  ASSERT_TRUE(gate_->Ensure({lab::kVrrpInterface}).ok());
  ASSERT_TRUE(gate_->Shut(key, "incident 12: b survives").ok());
  a_.Do({"nft", "delete", "element", "netdev", "arbiter_probe", set, "{", kVip, "}"});
  ASSERT_TRUE(gate_->ShutForAWhile(key, seconds(60), "first sight").ok());
  EXPECT_TRUE(IsShut(*gate_, key));
  a_.Do({"nft", "delete", "element", "netdev", "arbiter_probe", set, "{", kVip, "}"});
  ASSERT_TRUE(gate_->Open(key).ok());
  EXPECT_FALSE(IsShut(*gate_, key));
  a_.Do({"nft", "add", "element", "netdev", "arbiter_probe", set, "{", kVip, "timeout", "90s", "}"});
  ASSERT_TRUE(gate_->Shut(key, "incident 12: b survives").ok());
  const GateState state = gate_->Dump().value();
  ASSERT_NE(state.Find(key), nullptr);
  EXPECT_FALSE(state.Find(key)->for_ms) << "for good, not for the stranger's 90 s";
}

}  // namespace
}  // namespace probe::actuate
