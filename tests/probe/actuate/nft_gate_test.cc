#include "probe/actuate/nft_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::actuate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// Remembers what it was told to run, and refuses when told so.
class FakeKernel : public NftKernel {
 public:
  absl::Status Run(const std::string& script) override {
    scripts.push_back(script);
    if (refusals == 0) return absl::OkStatus();
    --refusals;
    return refusal;
  }
  absl::StatusOr<TableDump> Dump(absl::string_view) override { return dump; }

  std::vector<std::string> scripts;
  int refusals = 0;
  absl::Status refusal = absl::NotFoundError("change nftables table: No such file or directory");
  TableDump dump;
};

class NftGateTest : public testing::Test {
 protected:
  NftGateTest() {
    auto kernel = std::make_unique<FakeKernel>();
    kernel_ = kernel.get();
    gate_ = std::make_unique<NftGate>(
        std::move(kernel),
        [](const std::string& name) {
          return GateInterface{name, true, arbiter::MacAddress()};
        },
        [this] { return now_; });
  }

  static GateKey Key(absl::string_view vip = "10.0.0.1") {
    return {arbiter::IpAddress::Parse(vip).value(), "eth0", 66, false};
  }
  std::string LastScript() const { return kernel_->scripts.back(); }

  FakeKernel* kernel_;
  std::unique_ptr<NftGate> gate_;
  Instant now_ = Instant(seconds(100));
};

TEST_F(NftGateTest, WithoutTheCapabilityItSaysSo) {
  kernel_->refusals = 1;
  kernel_->refusal = absl::PermissionDeniedError("change nftables table: Operation not permitted");
  const absl::Status status = gate_->Usable();
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("CAP_NET_ADMIN"));
}

TEST_F(NftGateTest, WithoutTheEgressHookItSaysSo) {
  kernel_->refusals = 1;
  kernel_->refusal = absl::UnimplementedError("change nftables table: Operation not supported");
  const absl::Status status = gate_->Usable();
  EXPECT_TRUE(absl::IsUnimplemented(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("egress hook"));
}

TEST_F(NftGateTest, TheTrialLeavesNothingAndNeverNamesTheRealTable) {
  ASSERT_TRUE(gate_->Usable().ok());
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("arbiter_probe ")));
  EXPECT_THAT(LastScript(), testing::ContainsRegex("delete table netdev arbiter_probe_trial_[0-9]+$"));
}

TEST_F(NftGateTest, TheSecondGateOnAnInterfaceIsOneSmallTransaction) {
  ASSERT_TRUE(gate_->Shut(Key(), "why").ok());
  EXPECT_THAT(LastScript(), HasSubstr("hook egress"));
  ASSERT_TRUE(gate_->Shut(Key("10.0.0.2"), "why").ok());
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("chain")));
  EXPECT_EQ(kernel_->scripts.size(), 2U);
}

// Of both families, on two interfaces.
std::vector<GateKey> Crowd(int vips) {
  std::vector<GateKey> keys;
  for (int i = 0; i < vips; ++i) {
    const std::string vip = i % 2 == 0 ? absl::StrCat("10.1.", i / 200, ".", 1 + i % 200) : absl::StrCat("fd00::", i);
    keys.push_back({arbiter::IpAddress::Parse(vip).value(), i % 3 == 0 ? "eth0" : "eth1", 66, false});
  }
  return keys;
}

TEST_F(NftGateTest, ManyKeysAreOneTransactionThatNamesEachOnce) {
  ASSERT_TRUE(gate_->Shut(Crowd(250), "why").ok());
  EXPECT_EQ(kernel_->scripts.size(), 1U);
  ASSERT_TRUE(gate_->AdvertsOnly(Crowd(250), seconds(1)).ok());
  ASSERT_TRUE(gate_->ShutForAWhile(Crowd(250), seconds(2), "why").ok());
  ASSERT_TRUE(gate_->Open(Crowd(250)).ok());
  EXPECT_EQ(kernel_->scripts.size(), 4U);
  const std::string script = LastScript();
  EXPECT_EQ(std::count(script.begin(), script.end(), '\n'), 10) << "a delete for each of ten sets";
}

TEST_F(NftGateTest, AdvertsOfManyAreLetOutByTheRoutersAlone) {
  ASSERT_TRUE(gate_->Shut(Crowd(250), "why").ok());
  ASSERT_TRUE(gate_->AdvertsOnly(Crowd(250), seconds(1)).ok());
  EXPECT_LT(LastScript().size(), 1000U);
}

TEST_F(NftGateTest, AScriptForManyKeysGrowsWithThem) {
  ASSERT_TRUE(gate_->Shut(Crowd(100), "why").ok());
  const std::size_t hundred = LastScript().size();
  ASSERT_TRUE(gate_->OpenAll().ok());
  ASSERT_TRUE(gate_->Shut(Crowd(1000), "why").ok());
  EXPECT_LT(LastScript().size(), 12 * hundred);
}

TEST_F(NftGateTest, OneKeyOfManyThatCannotStandLeavesAllAsTheyWere) {
  std::vector<GateKey> keys = Crowd(10);
  keys[7].vrid = 0;
  EXPECT_TRUE(absl::IsInvalidArgument(gate_->Shut(keys, "why")));
  EXPECT_TRUE(kernel_->scripts.empty());
  EXPECT_EQ(gate_->Restore()->defect, "") << "nothing is ordered";
}

TEST_F(NftGateTest, ManyKeysThatTheKernelRefusesAreAsTheyWere) {
  std::vector<GateKey> keys = Crowd(4);
  ASSERT_TRUE(gate_->Shut(keys.front(), "first").ok());
  keys.push_back(keys.front());  // twice
  kernel_->refusals = 100;
  const absl::Status status = gate_->Open(keys);
  EXPECT_THAT(std::string(status.message()), HasSubstr("open the gate for 10.1.0.1 on eth0 and 4 more: "));
  kernel_->refusals = 0;
  ASSERT_TRUE(gate_->Restore()->repaired);
  EXPECT_THAT(LastScript(), HasSubstr("10.1.0.1 comment \"vrid 66: first"));
}

TEST_F(NftGateTest, AdvertsOfManyNeedThatAllAreShut) {
  std::vector<GateKey> keys = Crowd(6);
  ASSERT_TRUE(gate_->Shut(absl::MakeConstSpan(keys).first(5), "why").ok());
  const absl::Status status = gate_->AdvertsOnly(keys, seconds(1));
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("is shut for fd00::5"));
  EXPECT_EQ(kernel_->scripts.size(), 1U);
}

TEST_F(NftGateTest, TheRuleForVirtualMacsComesWithTheFirstOfThem) {
  ASSERT_TRUE(gate_->Shut(Key(), "why").ok());
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("0x5e00")));
  GateKey vmac = Key("10.0.0.2");
  vmac.vmac = true;
  ASSERT_TRUE(gate_->Shut(vmac, "why").ok());
  EXPECT_THAT(LastScript(), HasSubstr("0x5e00"));
  ASSERT_TRUE(gate_->Open(vmac).ok());
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("chain"))) << "what is shut meanwhile would count other rules";
  ASSERT_TRUE(gate_->OpenAll().ok());
  ASSERT_TRUE(gate_->Shut(Key(), "why").ok());
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("0x5e00")));
}

TEST_F(NftGateTest, TheRuleForVirtualMacsComesWithTheNextOneWhereTheFirstWasRefused) {
  ASSERT_TRUE(gate_->Shut(Key(), "why").ok());
  GateKey vmac = Key("10.0.0.2");
  vmac.vmac = true;
  kernel_->refusals = 3;  // and twice the whole table anew
  ASSERT_FALSE(gate_->Shut(vmac, "why").ok());
  ASSERT_TRUE(gate_->Shut(vmac, "why").ok());
  EXPECT_THAT(LastScript(), HasSubstr("0x5e00"));
}

TEST_F(NftGateTest, WhereTheTableIsGoneEverythingIsMadeAnew) {
  ASSERT_TRUE(gate_->Shut(Key(), "first").ok());
  kernel_->refusals = 1;
  ASSERT_TRUE(gate_->ShutForAWhile(Key("10.0.0.2"), seconds(2), "second").ok());
  EXPECT_THAT(LastScript(), HasSubstr("delete table"));
  EXPECT_THAT(LastScript(), HasSubstr("10.0.0.1 comment"));
  EXPECT_THAT(LastScript(), HasSubstr("10.0.0.2 timeout 2000ms"));
}

TEST_F(NftGateTest, ARefusedVerbChangesNothing) {
  ASSERT_TRUE(gate_->Shut(Key(), "first").ok());
  kernel_->refusals = 100;
  EXPECT_FALSE(gate_->Open(Key()).ok());
  const absl::Status status = gate_->Shut(Key("10.0.0.2"), "second");
  EXPECT_THAT(std::string(status.message()), HasSubstr("shut the gate for 10.0.0.2 on eth0: "));
  kernel_->refusals = 0;
  const auto repair = gate_->Restore();
  ASSERT_TRUE(repair.ok());
  EXPECT_TRUE(repair->repaired);
  EXPECT_EQ(repair->defect, "the table is gone");
  EXPECT_THAT(LastScript(), HasSubstr("10.0.0.1 comment"));
  EXPECT_THAT(LastScript(), testing::Not(HasSubstr("10.0.0.2")));
}

TEST_F(NftGateTest, ARestoredGateOpensWhenTheLostOneWouldHave) {
  ASSERT_TRUE(gate_->ShutForAWhile(Key(), seconds(2), "why").ok());
  now_ += milliseconds(500);
  ASSERT_TRUE(gate_->Restore().ok());
  EXPECT_THAT(LastScript(), HasSubstr("10.0.0.1 timeout 1500ms"));
}

TEST_F(NftGateTest, AdvertsAloneNeedAShutGate) {
  EXPECT_TRUE(absl::IsFailedPrecondition(gate_->AdvertsOnly(Key(), seconds(3))));
  ASSERT_TRUE(gate_->ShutForAWhile(Key(), seconds(2), "why").ok());
  EXPECT_TRUE(gate_->AdvertsOnly(Key(), seconds(1)).ok());
  EXPECT_THAT(LastScript(), HasSubstr("advert_vrid4_eth0 { 66 timeout 1000ms"));
  now_ += seconds(2);
  EXPECT_TRUE(absl::IsFailedPrecondition(gate_->AdvertsOnly(Key(), seconds(3))));
}

TEST_F(NftGateTest, WhatCannotStandInARuleIsRefused) {
  GateKey quoted = Key();
  quoted.interface = "eth\"0";
  GateKey no_vrid = Key();
  no_vrid.vrid = 0;
  for (const GateKey& key : {quoted, no_vrid, Key("224.0.0.18"), Key("0.0.0.0")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(gate_->Shut(key, "why")));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(gate_->ShutForAWhile(Key(), milliseconds(0), "why")));
  EXPECT_TRUE(kernel_->scripts.empty());
}

TEST_F(NftGateTest, AdoptingAnEmptyKernelDoesNothing) {
  ASSERT_TRUE(gate_->Adopt().ok());
  EXPECT_TRUE(kernel_->scripts.empty());
}

TEST(AbsentGate, RefusesWithTheReason) {
  AbsentGate gate(absl::UnimplementedError("no egress hook"));
  const GateKey key{arbiter::IpAddress::Parse("10.0.0.1").value(), "eth0", 66, false};
  EXPECT_TRUE(absl::IsUnimplemented(gate.Usable()));
  const absl::Status status = gate.Shut(key, "why");
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("no egress hook"));
  EXPECT_FALSE(gate.Dump()->IsShut(key));
}

}  // namespace
}  // namespace probe::actuate
