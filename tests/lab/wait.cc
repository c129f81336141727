#include "tests/lab/wait.h"

#include <thread>

namespace lab {

testing::AssertionResult WaitUntil(absl::string_view awaited, Duration limit, const std::function<Seen()>& look,
                                   Duration pause) {
  const Instant deadline = Now() + limit;
  while (true) {
    if (testing::Test::HasFatalFailure()) return testing::AssertionFailure() << "the test has failed before";
    const Seen seen = look();
    if (seen.met) return testing::AssertionSuccess();
    if (Now() >= deadline) {
      return testing::AssertionFailure() << "waited " << Milliseconds(limit) << " ms until " << std::string(awaited)
                                         << "; seen last: " << seen.what;
    }
    std::this_thread::sleep_for(pause);
  }
}

void LetPass(Duration span) { std::this_thread::sleep_for(span); }

}  // namespace lab
