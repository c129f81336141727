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

void Lower(rlim_t soft, rlim_t hard) {
  const rlimit limit{soft, hard};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(DescriptorLimit, RisesToWhatThereMayBe) {
  if (Limit().rlim_max < 3000) GTEST_SKIP() << "the limit is lower here";
  Lower(256, 3000);
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 3000U);
}

TEST(DescriptorLimit, RisesNoFurtherThanIsNeeded) {
  if (Limit().rlim_max < 70'000) GTEST_SKIP() << "the limit is lower here";
  Lower(256, 70'000);
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 65'536U);
  Lower(68'000, 70'000);
  RaiseDescriptorLimit();
  EXPECT_EQ(Limit().rlim_cur, 68'000U);
}

}  // namespace
}  // namespace arbiter::process
