// That ThreadSanitizer sees absl's locks here, and still sees a race.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace {

constexpr int kRounds = 100;
constexpr int kNoReport = 0;
constexpr int kReport = 66;  // ThreadSanitizer's exit code

// What two threads do to one number.
struct Shared {
  absl::Mutex mutex;
  absl::CondVar changed;
  absl::Notification given;
  int number = 0;
};

struct OrderCase {
  std::string name;
  int exit_code;
  std::function<void(Shared&)> one;
  std::function<void(Shared&)> other;
};

void Count(Shared& s) {
  for (int i = 0; i < kRounds; ++i) {
    const absl::MutexLock lock(&s.mutex);
    ++s.number;
    s.changed.Signal();
  }
}

bool Counted(Shared* s) { return s->number >= kRounds; }

std::vector<OrderCase> Cases() {
  return {
      {"NoLock", kReport, [](Shared& s) { ++s.number; }, [](Shared& s) { ++s.number; }},
      {"ALockOfOneOnly", kReport, Count, [](Shared& s) { ++s.number; }},
      {"BothLock", kNoReport, Count, Count},
      {"TryLock", kNoReport, Count,
       [](Shared& s) {
         while (!s.mutex.TryLock()) std::this_thread::yield();
         ++s.number;
         s.mutex.Unlock();
       }},
      {"OneReads", kNoReport, Count,
       [](Shared& s) {
         const absl::ReaderMutexLock lock(&s.mutex);
         if (s.number < 0) std::abort();
       }},
      {"WritingUnderAReadersLock", kReport,
       [](Shared& s) {
         const absl::ReaderMutexLock lock(&s.mutex);
         ++s.number;
       },
       [](Shared& s) {
         const absl::ReaderMutexLock lock(&s.mutex);
         ++s.number;
       }},
      {"Await", kNoReport, Count,
       [](Shared& s) {
         const absl::MutexLock lock(&s.mutex);
         s.mutex.Await(absl::Condition(Counted, &s));
         ++s.number;
       }},
      {"LockWhen", kNoReport, Count,
       [](Shared& s) {
         s.mutex.LockWhenWithTimeout(absl::Condition(Counted, &s), absl::Minutes(1));
         ++s.number;
         s.mutex.Unlock();
       }},
      {"CondVar", kNoReport, Count,
       [](Shared& s) {
         const absl::MutexLock lock(&s.mutex);
         while (s.number < kRounds) s.changed.Wait(&s.mutex);
         ++s.number;
       }},
      {"Notification", kNoReport,
       [](Shared& s) {
         ++s.number;
         s.given.Notify();
       },
       [](Shared& s) {
         s.given.WaitForNotification();
         ++s.number;
       }},
      {"AfterTheNotification", kReport,
       [](Shared& s) {
         s.given.Notify();
         ++s.number;
       },
       [](Shared& s) {
         s.given.WaitForNotification();
         ++s.number;
       }},
  };
}

class Order : public testing::TestWithParam<OrderCase> {};

TEST_P(Order, IsReportedIfItIsMissing) {
  // The child is a new process: a fork of one with threads is not watched.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto act = [] {
    Shared shared;
    std::thread one(GetParam().one, std::ref(shared));
    std::thread other(GetParam().other, std::ref(shared));
    one.join();
    other.join();
    std::exit(0);
  };
  EXPECT_EXIT(act(), testing::ExitedWithCode(GetParam().exit_code), GetParam().exit_code == kReport ? "data race" : "");
}

INSTANTIATE_TEST_SUITE_P(Tsan, Order, testing::ValuesIn(Cases()), [](const auto& item) { return item.param.name; });

}  // namespace
