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
// that has failed fatally is not waited for. A look that is dear to the machine wants a pause after it.
testing::AssertionResult WaitUntil(absl::string_view awaited, Duration limit, const std::function<Seen()>& look,
                                   Duration pause = std::chrono::milliseconds(10));

// Lets time pass in which something must not happen. What did happen is judged by the records afterwards.
void LetPass(Duration span);

}  // namespace lab

#endif  // TESTS_LAB_WAIT_H_
