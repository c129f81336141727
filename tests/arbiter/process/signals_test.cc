#include "arbiter/process/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace arbiter::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Signals, AreSeenOnceAndTogether) {
  absl::StatusOr<Signals> signals = Signals::Open();
  ASSERT_TRUE(signals.ok()) << signals.status();
  EXPECT_FALSE(signals->Drain().reload);
  for (const int signal : {SIGPIPE, SIGHUP, SIGTERM}) ASSERT_EQ(kill(getpid(), signal), 0);
  const Signals::Seen seen = signals->Wait(seconds(10));
  EXPECT_TRUE(seen.reload && seen.stop);
  const Signals::Seen none = signals->Wait(milliseconds(1));
  EXPECT_FALSE(none.reload || none.stop);
}

}  // namespace
}  // namespace arbiter::process
