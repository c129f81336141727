#include "probe/session/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace probe::session {
namespace {

TEST(Backoff, DoublesUpToTheLongestAndKeepsAtLeastHalfOfIt) {
  Backoff backoff(1);
  Duration whole = Backoff::kFirst;
  for (int i = 0; i < 10; ++i) {
    const Duration wait = backoff.Next();
    EXPECT_GE(wait, whole / 2) << i;
    EXPECT_LE(wait, whole) << i;
    whole = std::min(whole * 2, Backoff::kLongest);
  }
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff(1);
  for (int i = 0; i < 10; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next(), Backoff::kFirst);
}

TEST(Backoff, DiffersFromProbeToProbe) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 0; seed < 100; ++seed) waits.insert(Backoff(seed).Next());
  EXPECT_GT(waits.size(), 90U);
}

}  // namespace
}  // namespace probe::session
