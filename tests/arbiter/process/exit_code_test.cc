#include "arbiter/process/exit_code.h"

#include <gtest/gtest.h>

namespace arbiter::process {
namespace {

TEST(ExitCode, SaysFirstWhatIsNotPermittedThenWhoseMistakeItIs) {
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), kExitFailed);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("")), kExitConfiguration);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), kExitNotPermitted);
  EXPECT_EQ(ExitCodeOf(UsageError(absl::InvalidArgumentError(""))), kExitUsage);
  EXPECT_EQ(ExitCodeOf(ConfigurationError(absl::NotFoundError(""))), kExitConfiguration);
  EXPECT_EQ(ExitCodeOf(ConfigurationError(absl::PermissionDeniedError(""))), kExitNotPermitted);
}

TEST(ExitCode, OfWhatPassesByItselfBlamesNoConfiguration) {
  EXPECT_EQ(ExitCodeOf(ConfigurationError(absl::UnavailableError(""))), kExitFailed);
}

}  // namespace
}  // namespace arbiter::process
