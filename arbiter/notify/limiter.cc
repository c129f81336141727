#include "arbiter/notify/limiter.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "arbiter/notify/event_name.h"

namespace arbiter::notify {
namespace {

// A split and its healing are about one thing: the VIP.
std::string WhatFlaps(const store::Notification& n) {
  const std::string event = n.event == kHealed ? kSplit : n.event;
  return absl::StrJoin({event, n.cluster, n.vip, n.event == kNodeLost ? n.node : std::string(), n.subject}, "\n");
}

}  // namespace

std::optional<store::Notification> Limiter::Offer(store::Notification notification, core::Instant now) {
  Window& window = windows_[WhatFlaps(notification)];
  if (window.held_count == 0 && now >= window.ends) {
    window.ends = now + kWindow;
    window.passed = 0;
  }
  if (window.held_count == 0 && window.passed < kBurst) {
    ++window.passed;
    return notification;
  }
  window.held = std::move(notification);
  window.held.count = ++window.held_count;
  return std::nullopt;
}

std::vector<store::Notification> Limiter::Due(core::Instant now) {
  std::vector<store::Notification> due;
  for (auto it = windows_.begin(); it != windows_.end();) {
    Window& window = it->second;
    if (now < window.ends) {
      ++it;
    } else if (window.held_count > 0) {
      due.push_back(std::move(window.held));
      window.ends = now + kWindow;
      window.passed = kBurst;  // it still flaps: one a window from now on
      window.held_count = 0;
      ++it;
    } else {
      it = windows_.erase(it);
    }
  }
  return due;
}

}  // namespace arbiter::notify
