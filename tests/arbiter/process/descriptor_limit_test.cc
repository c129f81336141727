#include "arbiter/process/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace arbiter::process {
namespace {

rlimit Limit() {
  rlimit limit{};
  EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  return limit;
}

// Root may raise the hard limit as well.
bool Set(rlim_t soft, rlim_t hard) {
  const rlimit limit{soft, hard};
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(DescriptorLimit, RisesToWhatThereMayBe) {
  if (!Set(256, 3000)) GTEST_SKIP() << "the limit is lower here, and only root raises it";
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 3000U);
}

TEST(DescriptorLimit, RisesNoFurtherThanIsNeeded) {
  if (!Set(256, 70'000)) GTEST_SKIP() << "the limit is lower here, and only root raises it";
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 65'536U);
  ASSERT_TRUE(Set(68'000, 70'000));
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 68'000U);
}

}  // namespace
}  // namespace arbiter::process
