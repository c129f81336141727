#include "probe/daemon/instance_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "probe/daemon/system.h"
#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

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

TEST(InstanceLock, FollowsNoLinkAndBelievesNoDirectoryOfOthers) {
  Scratch scratch;
  Scratch elsewhere;
  std::filesystem::create_symlink(elsewhere.path() + "/victim", scratch.path() + "/lock");
  EXPECT_EQ(InstanceLock::Take(scratch.path()).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(std::filesystem::exists(elsewhere.path() + "/victim"));
  EXPECT_EQ(LockOwner(scratch.path()), "");
  std::filesystem::permissions(elsewhere.path(), std::filesystem::perms(0770));
  EXPECT_THAT(std::string(InstanceLock::Take(elsewhere.path()).status().message()), HasSubstr("chmod go-w "));
}

TEST(RuntimeDirectory, IsMadeWithItsParentsAndMustBeOurs) {
  Scratch scratch;
  const std::string path = scratch.path() + "/a/b";
  EXPECT_EQ(MakeRuntimeDirectory(path), absl::OkStatus());
  EXPECT_EQ(MakeRuntimeDirectory(path), absl::OkStatus()) << "it is there";
  std::filesystem::create_directory_symlink(path, scratch.path() + "/link");
  EXPECT_THAT(std::string(MakeRuntimeDirectory(scratch.path() + "/link").message()),
              HasSubstr("runtime directory " + scratch.path() + "/link is a symbolic link"));
  std::filesystem::permissions(path, std::filesystem::perms(0757));
  const absl::Status status = MakeRuntimeDirectory(path);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("chmod go-w " + path));
}

}  // namespace
}  // namespace probe::daemon
