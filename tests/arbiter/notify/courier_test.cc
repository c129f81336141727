#include "arbiter/notify/courier.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

// What a receiver got and how it answers; outlives the courier.
class Receiver {
 public:
  absl::Status Take(const store::Notification& notification) {
    const absl::MutexLock lock(&mutex_);
    got_.push_back(notification.id);
    return answer_;
  }
  void AnswerWith(absl::Status status) {
    const absl::MutexLock lock(&mutex_);
    answer_ = std::move(status);
  }
  bool Await(std::size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return got_.size() >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(20));
  }
  std::vector<std::string> got() {
    const absl::MutexLock lock(&mutex_);
    return got_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::string> got_ ABSL_GUARDED_BY(mutex_);
  absl::Status answer_ ABSL_GUARDED_BY(mutex_);
};

class FakeDelivery final : public Delivery {
 public:
  explicit FakeDelivery(Receiver* receiver) : receiver_(receiver) {}
  absl::Status Deliver(const store::Notification& n, const std::atomic<bool>& /*stopping*/) override {
    return receiver_->Take(n);
  }

 private:
  Receiver* receiver_;
};

class CourierTest : public testing::Test {
 protected:
  std::unique_ptr<Courier> Start(const Courier::Limits& limits, Format format = Format::kJson) {
    Target target;
    target.name = "ops";
    target.webhook = {"http://unused", format, "", ""};
    return std::make_unique<Courier>(
        target, std::make_unique<FakeDelivery>(&receiver_), limits,
        Courier::Hooks{[this](const std::string&, const std::string& id) { forgotten_.Take({.id = id}).IgnoreError(); },
                       [](bool, const std::string&, const std::string&) {}},
        1);
  }
  static Courier::Limits Quick() {
    Courier::Limits limits;
    limits.waits = {absl::Milliseconds(1), absl::Milliseconds(4)};
    return limits;
  }
  static Courier::Limits Patient() {
    Courier::Limits limits;
    limits.waits = {absl::Hours(1), absl::Hours(1)};
    return limits;
  }

  Receiver receiver_;
  Receiver forgotten_;
};

TEST_F(CourierTest, TriesTheFirstUntilItIsAcknowledgedThenTheNext) {
  receiver_.AnswerWith(absl::UnavailableError("down"));
  const auto courier = Start(Quick());
  courier->Push(SampleSplit("1"));
  courier->Push(SampleHealed("2"));
  ASSERT_TRUE(receiver_.Await(3));
  receiver_.AnswerWith(absl::OkStatus());
  ASSERT_TRUE(forgotten_.Await(2));
  const std::vector<std::string> got = receiver_.got();
  for (std::size_t i = 0; i + 1 < got.size(); ++i) EXPECT_EQ(got[i], "1");
  EXPECT_EQ(got.back(), "2");
  EXPECT_EQ(forgotten_.got(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(courier->Status().sent, 2U);
  EXPECT_GE(courier->Status().failed, 3U);
  EXPECT_EQ(courier->Status().waiting, 0U);
}

TEST_F(CourierTest, WhatIsRefusedForGoodDoesNotHoldUpTheRest) {
  receiver_.AnswerWith(absl::InvalidArgumentError("400"));
  const auto courier = Start(Patient());
  courier->Push(SampleSplit("1"));
  courier->Push(SampleSplit("2"));
  ASSERT_TRUE(forgotten_.Await(2));
  EXPECT_EQ(receiver_.got(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(courier->Status().dropped, 2U);
}

TEST_F(CourierTest, OfTooManyTheOldestIsDroppedAndCounted) {
  receiver_.AnswerWith(absl::UnavailableError("down"));
  Courier::Limits limits = Patient();
  limits.most = 2;
  const auto courier = Start(limits);
  courier->Push(SampleSplit("1"));
  ASSERT_TRUE(receiver_.Await(1));
  courier->Push(SampleSplit("2"));
  courier->Push(SampleSplit("3"));
  ASSERT_TRUE(forgotten_.Await(1));
  EXPECT_EQ(courier->Status().dropped, 1U);
  EXPECT_EQ(courier->Status().waiting, 2U);
}

TEST_F(CourierTest, WhatIsTooOldIsDroppedUntried) {
  const auto courier = Start(Quick());
  courier->Push(SampleSplit("1", absl::Now() - absl::Hours(25)));
  ASSERT_TRUE(forgotten_.Await(1));
  EXPECT_TRUE(receiver_.got().empty());
  EXPECT_EQ(courier->Status().dropped, 1U);
}

TEST_F(CourierTest, AnAlertIsRepeatedUntilItIsResolved) {
  Courier::Limits limits = Quick();
  limits.repeat = absl::Milliseconds(20);
  const auto courier = Start(limits, Format::kAlertmanager);
  courier->Push(SampleSplit("1"));
  ASSERT_TRUE(receiver_.Await(4));
  courier->Push(SampleHealed("2"));
  ASSERT_TRUE(forgotten_.Await(2));
  courier->Push(SampleHealed("3"));
  ASSERT_TRUE(forgotten_.Await(3));
  const std::vector<std::string> got = receiver_.got();
  EXPECT_EQ(got.back(), "3");
  EXPECT_EQ(got[got.size() - 2], "2") << "an alert that was resolved was repeated";
}

TEST_F(CourierTest, AJsonReceiverHearsOfItOnce) {
  Courier::Limits limits = Quick();
  limits.repeat = absl::Milliseconds(1);
  const auto courier = Start(limits);
  courier->Push(SampleSplit("1"));
  courier->Push(SampleHealed("2"));
  ASSERT_TRUE(forgotten_.Await(2));
  EXPECT_EQ(receiver_.got(), (std::vector<std::string>{"1", "2"}));
}

TEST_F(CourierTest, StopsWithoutWaitingForTheNextAttempt) {
  receiver_.AnswerWith(absl::UnavailableError("down"));
  const auto courier = Start(Patient());
  courier->Push(SampleSplit("1"));
  ASSERT_TRUE(receiver_.Await(1));
  const absl::Time began = absl::Now();
  courier->Stop();
  EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  EXPECT_TRUE(forgotten_.got().empty());
}

}  // namespace
}  // namespace arbiter::notify
