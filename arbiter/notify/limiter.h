// Keeps what flaps from flooding its receivers.
#ifndef ARBITER_NOTIFY_LIMITER_H_
#define ARBITER_NOTIFY_LIMITER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/vocabulary.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

// Of notifications about one thing, kBurst pass in kWindow; of those that follow the last one is held until the window
// ends and then stands, with their count, for all. Not thread-safe. What is held is in memory only.
class Limiter {
 public:
  static constexpr std::uint32_t kBurst = 4;
  static constexpr core::Duration kWindow = std::chrono::minutes(1);

  // The notification if it may go now.
  std::optional<store::Notification> Offer(store::Notification notification, core::Instant now);

  // Those that were held and whose window has ended.
  std::vector<store::Notification> Due(core::Instant now);

 private:
  struct Window {
    core::Instant ends{};
    std::uint32_t passed = 0;
    std::uint32_t held_count = 0;
    store::Notification held{};  // where held_count is not 0
  };
  std::map<std::string, Window> windows_;
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_LIMITER_H_
