// Whom to notify, as an operator configured it.
#ifndef ARBITER_NOTIFY_TARGET_H_
#define ARBITER_NOTIFY_TARGET_H_

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace arbiter::notify {

enum class Format : std::uint8_t { kJson, kAlertmanager };

struct WebhookTarget {
  std::string url;  // http or https
  Format format = Format::kJson;
  std::string ca;                 // empty: the system's
  std::string bearer_token_file;  // empty: none
  friend bool operator==(const WebhookTarget&, const WebhookTarget&) = default;
};

// Either a webhook with a URL or a command.
struct Target {
  std::string name;
  WebhookTarget webhook;
  std::vector<std::string> command;  // argv, argv[0] absolute; empty: a webhook
  std::set<std::string> events;      // empty: all
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);

  [[nodiscard]] bool is_alertmanager() const { return command.empty() && webhook.format == Format::kAlertmanager; }
  // An alert that fired has to be resolved, whether its end was asked for or not.
  [[nodiscard]] bool wants(const std::string& event) const {
    return events.empty() || events.contains(event) ||
           (is_alertmanager() && event == "healed" && (events.contains("split") || events.contains("could_not_heal")));
  }
  friend bool operator==(const Target&, const Target&) = default;
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_TARGET_H_
