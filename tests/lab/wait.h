// Waiting for a condition, with a deadline and with what was seen last.
#ifndef TESTS_LAB_WAIT_H_
#define TESTS_LAB_WAIT_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/lab/instant.h"

namespace lab {

// One look at the world.
struct Seen {
  bool met = false;
  std::string what;  // what was there to see, for the message when the deadline passes
};

// Looks again and again until the condition is met. A failure says what was waited for and what was seen last. A test
// that has failed fatally is not waited for.
testing::AssertionResult WaitUntil(absl::string_view awaited, Duration limit, const std::function<Seen()>& look);

// The same for a condition that must stay met for all of `span`; the failure says after how long it was not.
testing::AssertionResult StaysSo(absl::string_view expected, Duration span, const std::function<Seen()>& look);

}  // namespace lab

#endif  // TESTS_LAB_WAIT_H_
