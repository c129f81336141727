#include "probe/daemon/instance_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/probe/daemon/scratch.h"

namespace probe::daemon {
namespace {

using testing::HasSubstr;

TEST(InstanceLock, KeepsASecondProbeOffAndNamesTheFirst) {
  Scratch scratch;
  const auto first = InstanceLock::Take(scratch.path());
  ASSERT_TRUE(first.ok());
  const auto second = InstanceLock::Take(scratch.path());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("process " + std::to_string(getpid())));
}

TEST(InstanceLock, IsLetGoWithItsOwner) {
  Scratch scratch;
  { ASSERT_TRUE(InstanceLock::Take(scratch.path()).ok()); }
  EXPECT_TRUE(InstanceLock::Take(scratch.path()).ok());
}

}  // namespace
}  // namespace probe::daemon
