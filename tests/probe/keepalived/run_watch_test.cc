#include "probe/keepalived/run_watch.h"

#include <gtest/gtest.h>

namespace probe::keepalived {
namespace {

using std::chrono::seconds;

RunWatch::Instant At(int s) { return RunWatch::Instant(seconds(s)); }

RunSample Sample(char state, std::uint64_t slices, bool frozen = false) { return {7, 100, state, slices, frozen}; }

// Five looks, a second apart.
struct Looks {
  const char* what;
  const char* states;
  std::uint64_t slices[5];
  bool frozen;
  int stands_still;  // seconds, at the last look
};

class AProcess : public testing::TestWithParam<Looks> {};

TEST_P(AProcess, StandsStillForAsLongAsItIsNotLetRun) {
  RunWatch watch;
  for (int i = 0; i < 5; ++i) watch.See(Sample(GetParam().states[i], GetParam().slices[i], GetParam().frozen), At(i));
  EXPECT_EQ(watch.StandsStillFor(At(4)), seconds(GetParam().stands_still));
}

INSTANTIATE_TEST_SUITE_P(That, AProcess,
                         testing::Values(Looks{"Sleeps", "SSSSS", {5, 5, 5, 5, 5}, false, 0},
                                         Looks{"Works", "RSRSR", {5, 6, 7, 8, 9}, false, 0},
                                         Looks{"IsBusyAtEachLook", "RRRRR", {5, 6, 7, 8, 9}, false, 0},
                                         Looks{"Starves", "RRRRR", {5, 5, 5, 5, 5}, false, 4},
                                         Looks{"WaitsForItsDisk", "SDDDD", {5, 5, 5, 5, 5}, false, 3},
                                         Looks{"WaitedForItsDisk", "DDDDS", {5, 5, 5, 5, 5}, false, 0},
                                         Looks{"IsStopped", "SSTTT", {5, 5, 5, 5, 5}, false, 2},
                                         Looks{"IsInAFrozenGroup", "SSSSS", {5, 5, 5, 5, 5}, true, 4},
                                         Looks{"RanOnceMeanwhile", "DDDDD", {5, 5, 6, 6, 6}, false, 2}),
                         [](const auto& looks) { return looks.param.what; });

TEST(RunWatch, BeginsAnewWithAnotherProcess) {
  RunWatch watch;
  watch.See(Sample('D', 5), At(0));
  RunSample other = Sample('D', 5);
  other.start_ticks = 200;
  watch.See(other, At(3));
  EXPECT_EQ(watch.StandsStillFor(At(4)), seconds(1));
  watch.Forget();
  EXPECT_EQ(watch.StandsStillFor(At(4)), seconds(0));
}

}  // namespace
}  // namespace probe::keepalived
