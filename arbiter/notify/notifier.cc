#include "arbiter/notify/notifier.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/notify/delivery.h"
#include "arbiter/notify/event_name.h"

namespace arbiter::notify {
namespace {

std::unique_ptr<Delivery> MakeDelivery(const Target& target) {
  return target.command.empty() ? MakeWebhook(target) : MakeCommand(target);
}

}  // namespace

Notifier::Notifier(std::string arbiter, std::vector<Target> targets, const Courier::Limits& limits)
    : arbiter_(std::move(arbiter)), targets_(std::move(targets)), limits_(limits) {}

Notifier::~Notifier() { Stop(); }

void Notifier::Start(const store::Remembered& remembered, const Hooks& hooks) {
  hooks_ = hooks;
  std::random_device random;
  for (const Target& target : targets_) {
    couriers_.push_back(std::make_unique<Courier>(target, MakeDelivery(target), limits_,
                                                  Courier::Hooks{hooks.forget, hooks.say}, random()));
  }
  const absl::MutexLock lock(&mutex_);
  term_ = remembered.term;
  TakeUp(remembered);
}

void Notifier::TakeUp(const store::Remembered& remembered) {
  for (store::Notification& open : mapping_.Resume(remembered.open_incidents, absl::Now())) {
    open.arbiter = arbiter_;
    open.id = absl::StrCat(arbiter_, "-", term_, "-", ++last_);
    KeepFiring(open);
  }
  mapping_.ResumeTold(remembered.told);
  for (const store::Notification& told : remembered.told) KeepFiring(told);
  for (const store::OutboxEntry& entry : remembered.outbox) {
    const auto courier = std::find_if(couriers_.begin(), couriers_.end(),
                                      [&](const auto& c) { return c->target().name == entry.target; });
    if (courier != couriers_.end()) {
      (*courier)->Push(entry.notification);
      continue;
    }
    hooks_.forget(entry.target, entry.notification.id);
    hooks_.say(true, entry.target,
               absl::StrCat("dropped ", entry.notification.id, ": the target is no longer configured"));
  }
}

void Notifier::KeepFiring(const store::Notification& notification) {
  for (const std::unique_ptr<Courier>& courier : couriers_) {
    if (courier->target().wants(notification.event)) courier->KeepFiring(notification);
  }
}

bool Notifier::AnybodyWants(const std::string& event) const {
  return std::any_of(couriers_.begin(), couriers_.end(),
                     [&](const std::unique_ptr<Courier>& courier) { return courier->target().wants(event); });
}

void Notifier::Stop() {
  for (const std::unique_ptr<Courier>& courier : couriers_) courier->Stop();
}

void Notifier::OnEffects(const std::vector<core::Effect>& effects) {
  if (targets_.empty()) return;
  const absl::MutexLock lock(&mutex_);
  const core::Instant now = std::chrono::steady_clock::now();
  Send(mapping_.Of(effects, absl::Now(), now), now);
}

void Notifier::OnClusters(const std::vector<core::ClusterView>& clusters) {
  const absl::Time at = absl::Now();
  const Mapping::Differences now = Mapping::FindDifferences(clusters, at);  // without the lock: the engine may want it
  const absl::MutexLock lock(&mutex_);
  Send(mapping_.OfDifferences(now, clusters, at), std::chrono::steady_clock::now());
}

void Notifier::Tick(core::Instant now) {
  const absl::MutexLock lock(&mutex_);
  Send(mapping_.Due(now), now);
  for (store::Notification& held : limiter_.Due(now)) Hand(std::move(held));
}

void Notifier::Send(std::vector<store::Notification> notifications, core::Instant now) {
  for (store::Notification& notification : notifications) {
    std::optional<store::Notification> passed = limiter_.Offer(std::move(notification), now);
    if (passed.has_value()) Hand(*std::move(passed));
  }
}

void Notifier::Hand(store::Notification notification) {
  notification.arbiter = arbiter_;
  notification.id = absl::StrCat(arbiter_, "-", term_, "-", ++last_);
  // Splits are remembered with their incidents. Should the process end in between, one is told too often that something
  // is over, and not that it began and never that it ended.
  const bool lasts = notification.event == kNodeLost || notification.event == kConfigMismatch;
  const bool remember = lasts && AnybodyWants(notification.event);
  if (remember && !notification.resolved) hooks_.told(notification);
  for (const std::unique_ptr<Courier>& courier : couriers_) {
    if (!courier->target().wants(notification.event)) continue;
    // First kept: what is forgotten must have been kept before.
    store::Notification mine = notification;
    if (!courier->target().wants(kSplit)) mine.since = absl::Time();  // it does not know when that began
    hooks_.keep({courier->target().name, mine});
    courier->Push(std::move(mine));
  }
  if (remember && notification.resolved) hooks_.told(notification);
}

std::vector<TargetStatus> Notifier::Status() const {
  std::vector<TargetStatus> out;
  for (const std::unique_ptr<Courier>& courier : couriers_) out.push_back(courier->Status());
  return out;
}

}  // namespace arbiter::notify
