// What a receiver outside is told, and what is remembered of it until the receiver has acknowledged it.
#ifndef ARBITER_STORE_NOTIFICATION_H_
#define ARBITER_STORE_NOTIFICATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace arbiter::store {

// Fields that do not apply stay empty.
struct Notification {
  std::string id{};     // the same at each attempt and after a restart: by it a receiver knows what it has already
  std::string event{};  // "split", "healed", "could_not_heal", "node_lost", "config_mismatch"
  bool resolved = false;
  std::string arbiter{};
  std::string cluster{};
  std::string vip{};
  std::string node{};
  std::string subject{};  // of a mismatch: the virtual router and the keyword
  std::string incident{};
  std::string summary{};
  std::string description{};
  std::string cause{};
  std::string advice{};
  absl::Time at{};
  absl::Time since{};                // of one that resolves a split: when that was told
  std::uint32_t count = 1;           // how many like it this one stands for
  std::vector<std::string> nodes{};  // of a mismatch: those that differ; not told
  friend bool operator==(const Notification&, const Notification&) = default;
};

// What a notification of a lost node or a mismatch is about, the same when it began and when it is over.
std::string ThingOf(const Notification& notification);

// A notification and the receiver that it waits for.
struct OutboxEntry {
  std::string target;
  Notification notification;
  friend bool operator==(const OutboxEntry&, const OutboxEntry&) = default;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_NOTIFICATION_H_
