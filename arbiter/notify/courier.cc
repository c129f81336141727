#include "arbiter/notify/courier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace arbiter::notify {
namespace {

// More alerts than that at once are not repeated.
constexpr std::size_t kMostFiring = 1'000;

}  // namespace

Courier::Courier(const Target& target, std::unique_ptr<Delivery> delivery, const Limits& limits, Hooks hooks,
                 std::uint64_t seed)
    : target_(target),
      delivery_(std::move(delivery)),
      limits_(limits),
      hooks_(std::move(hooks)),
      repeat_at_(Clock::now()),
      backoff_(limits.waits, seed),
      thread_([this] { Run(); }) {}

Courier::~Courier() { Stop(); }

void Courier::Push(store::Notification notification) {
  std::optional<std::string> lost;
  {
    const absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(notification));
    if (waiting_.size() > limits_.most) {
      const auto oldest = waiting_.begin() + (under_way_ ? 1 : 0);
      lost = oldest->id;
      waiting_.erase(oldest);
    }
    news_ = true;
  }
  if (lost.has_value()) Dropped(*lost, absl::StrCat("more than ", limits_.most, " wait"));
}

void Courier::KeepFiring(const store::Notification& notification) {
  const absl::MutexLock lock(&mutex_);
  NoteAlerts(notification);
  news_ = true;
}

void Courier::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

TargetStatus Courier::Status() const {
  const absl::MutexLock lock(&mutex_);
  TargetStatus status{target_.name, sent_, failed_, dropped_, waiting_.size(), 0};
  if (!waiting_.empty()) {
    status.oldest_seconds = std::max(0.0, absl::ToDoubleSeconds(absl::Now() - waiting_.front().at));
  }
  return status;
}

absl::Duration Courier::UntilDue() const {
  absl::Duration until = absl::InfiniteDuration();
  if (!waiting_.empty()) until = absl::FromChrono(try_at_ - Clock::now());
  if (!firing_.empty()) until = std::min(until, absl::FromChrono(repeat_at_ - Clock::now()));
  return until;
}

void Courier::WaitForWork() {
  const absl::Condition news(this, &Courier::HasNews);
  while (!stopping_) {
    news_ = false;
    const absl::Duration until = UntilDue();
    if (until <= absl::ZeroDuration()) return;
    mutex_.AwaitWithTimeout(news, until);
  }
}

void Courier::Run() {
  while (!stopping_) {
    bool first = false;
    {
      const absl::MutexLock lock(&mutex_);
      WaitForWork();
      if (stopping_) return;
      first = !waiting_.empty() && try_at_ <= Clock::now();
      under_way_ = first;
    }
    if (first) {
      DeliverFirst();
    } else {
      RepeatAlerts();
    }
  }
}

void Courier::DeliverFirst() {
  store::Notification notification;
  {
    const absl::MutexLock lock(&mutex_);
    notification = waiting_.front();
  }
  if (notification.at + limits_.oldest < absl::Now()) {
    Settle(notification, absl::InvalidArgumentError(absl::StrCat("older than ", absl::FormatDuration(limits_.oldest))));
    return;
  }
  const absl::Status status = delivery_->Deliver(notification, stopping_);
  if (!status.ok() && stopping_) return;
  Settle(notification, status);
}

void Courier::Settle(const store::Notification& notification, const absl::Status& status) {
  const bool over = status.ok() || absl::IsInvalidArgument(status);
  {
    const absl::MutexLock lock(&mutex_);
    under_way_ = false;
    if (over) {
      waiting_.pop_front();
    } else {
      ++failed_;
      try_at_ = Clock::now() + absl::ToChronoNanoseconds(backoff_.Failed());
    }
    if (status.ok()) {
      ++sent_;
      NoteAlerts(notification);
    }
  }
  if (!over) {
    if (!std::exchange(failing_, true)) {
      hooks_.say(true, target_.name, absl::StrCat("is tried again until it succeeds: ", status.message()));
    }
    return;
  }
  backoff_.Succeeded();
  if (!status.ok()) {
    Dropped(notification.id, std::string(status.message()));
    return;
  }
  hooks_.forget(target_.name, notification.id);
  if (std::exchange(failing_, false)) hooks_.say(false, target_.name, "delivers again");
}

void Courier::Dropped(const std::string& id, const std::string& why) {
  std::uint64_t dropped = 0;
  {
    const absl::MutexLock lock(&mutex_);
    dropped = ++dropped_;
  }
  hooks_.forget(target_.name, id);
  const bool power_of_two = (dropped & (dropped - 1)) == 0;  // a storm is no reason to flood the log as well
  if (power_of_two) hooks_.say(true, target_.name, absl::StrCat("dropped ", id, ", ", dropped, " in all: ", why));
}

void Courier::NoteAlerts(const store::Notification& notification) {
  if (!target_.is_alertmanager()) return;
  if (firing_.empty()) repeat_at_ = Clock::now() + absl::ToChronoNanoseconds(limits_.repeat);
  for (const AlertLabels& labels : AlertsOf(notification)) {
    if (notification.resolved) {
      firing_.erase(labels);
    } else if (firing_.size() < kMostFiring) {
      firing_.insert_or_assign(labels, notification);
    }
  }
}

void Courier::RepeatAlerts() {
  std::vector<store::Notification> alerts;
  {
    const absl::MutexLock lock(&mutex_);
    repeat_at_ = Clock::now() + absl::ToChronoNanoseconds(limits_.repeat);
    for (const auto& [labels, notification] : firing_) alerts.push_back(notification);
  }
  for (const store::Notification& alert : alerts) {
    if (stopping_) return;
    if (!delivery_->Deliver(alert, stopping_).ok()) return;  // what is new is tried anyway and says what is wrong
  }
}

}  // namespace arbiter::notify
