#include "tests/lab/ping_record.h"

#include <gtest/gtest.h>

#include <vector>

namespace lab {
namespace {

using std::chrono::milliseconds;

Instant At(int ms) { return Instant{} + milliseconds(ms); }

// A ping every 50 ms; whether each is answered, 1 ms later.
PingRecord Make(const std::vector<bool>& answered) {
  PingRecord record;
  int at = 0;
  for (const bool answer : answered) {
    const std::uint16_t number = record.Send(At(at));
    if (answer) record.Receive(number, At(at + 1));
    at += 50;
  }
  return record;
}

TEST(PingRecord, CountsWhatWasLostWithinATime) {
  const PingRecord record = Make({true, false, false, true, false});
  EXPECT_EQ(record.Sent(At(0), At(1000)), 5);
  EXPECT_EQ(record.Lost(At(0), At(1000)), 3);
  EXPECT_EQ(record.Lost(At(100), At(200)), 1);
  EXPECT_EQ(record.LongestGap(At(0), At(1000)), milliseconds(150));
}

TEST(PingRecord, CountsAnAnswerThatCameTooLateAsLost) {
  PingRecord record;
  const std::uint16_t number = record.Send(At(0));
  record.Receive(number, At(0) + PingRecord::kPatience + milliseconds(1));
  EXPECT_EQ(record.Lost(At(0), At(1)), 1);
}

TEST(PingRecord, IgnoresAnAnswerToWhatWasNeverSent) {
  PingRecord record;
  record.Receive(7, At(0));
  EXPECT_EQ(record.Sent(At(0), At(1)), 0);
}

TEST(PingRecord, NamesTheLostPings) {
  EXPECT_EQ(Make({true, false, true}).Describe(At(0), At(1000)), "sent 3, lost 1, longest gap 100 ms, lost at 0.05 s");
}

}  // namespace
}  // namespace lab
