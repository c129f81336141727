#include "probe/daemon/shut_gates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace probe::daemon {
namespace {

using actuate::GateStanding;
using arbiter::IpAddress;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

GateStanding ShutFor(const char* vip) {
  GateStanding gate;
  gate.key = {*IpAddress::Parse(vip), "eth0", std::nullopt, false};
  return gate;
}

TEST(ShutGates, AreFineWhenAllOfThemAreKnown) {
  EXPECT_TRUE(CheckAllKnown({}, {}, "/run/x").ok());
  EXPECT_TRUE(CheckAllKnown({ShutFor("10.0.0.1")}, {*IpAddress::Parse("10.0.0.1")}, "/run/x").ok());
}

TEST(ShutGates, ThatNobodyKnowsAreNamed) {
  GateStanding timed = ShutFor("10.0.0.3");
  timed.for_ms = std::chrono::milliseconds(1500);
  const absl::Status status =
      CheckAllKnown({ShutFor("10.0.0.1"), ShutFor("10.0.0.2"), timed}, {*IpAddress::Parse("10.0.0.1")}, "/run/x");
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("/run/x knows nothing of: 10.0.0.2 on eth0, 10.0.0.3 on eth0 (opens by itself in 1.5s)"),
                    HasSubstr("--runtime-dir"), Not(HasSubstr("10.0.0.1"))));
}

TEST(ShutGates, AreNoneWhereTheKernelHasNone) {
  actuate::AbsentGate gate(absl::UnimplementedError("no such kernel"));
  EXPECT_TRUE(ShutGates(gate)->empty());
  EXPECT_TRUE(OpenAllForGood(gate, "/run/x").ok());
}

}  // namespace
}  // namespace probe::daemon
