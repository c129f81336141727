#include "arbiter/server/notification_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/notify/event_name.h"
#include "arbiter/notify/token.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

constexpr std::chrono::nanoseconds kShortestTimeout = std::chrono::milliseconds(100);
constexpr std::chrono::nanoseconds kLongestTimeout = std::chrono::minutes(5);

using Fail = std::function<void(const std::string& key, const std::string& what)>;

bool IsHttpUrl(absl::string_view url) {
  for (const char* const scheme : {"http://", "https://"}) {
    if (absl::StartsWith(url, scheme)) return url.size() > absl::string_view(scheme).size();
  }
  return false;
}

notify::WebhookTarget ReadWebhook(const config::v1::Webhook& from, const Fail& fail) {
  notify::WebhookTarget webhook{from.url(), notify::Format::kJson, from.ca(), from.bearer_token_file()};
  // What is not echoed: a URL may carry a password.
  if (!IsHttpUrl(from.url())) fail("webhook.url", "is no URL: write http://HOST:PORT/PATH or https://HOST/PATH");
  if (from.format() == "alertmanager") {
    webhook.format = notify::Format::kAlertmanager;
    if (absl::StrContains(from.url(), "/api/v2/")) {
      fail("webhook.url", "names the API already: write the address of Alertmanager alone, http://HOST:9093");
    }
  } else if (!from.format().empty() && from.format() != "json") {
    fail("webhook.format", absl::StrCat("\"", from.format(), "\" is no format: write json or alertmanager"));
  }
  return webhook;
}

void ReadTimeout(const std::string& text, const Fail& fail, std::chrono::nanoseconds* into) {
  if (text.empty()) return;
  const absl::StatusOr<std::chrono::nanoseconds> timeout = ParseDuration(text);
  if (!timeout.ok()) {
    fail("timeout", std::string(timeout.status().message()));
  } else if (*timeout < kShortestTimeout || *timeout > kLongestTimeout) {
    fail("timeout", absl::StrCat(text, " is not within ", FormatDuration(kShortestTimeout), " and ",
                                 FormatDuration(kLongestTimeout)));
  } else {
    *into = *timeout;
  }
}

notify::Target ReadTarget(const config::v1::NotificationTarget& from, const Fail& fail) {
  notify::Target target;
  target.name = from.name();
  if (from.name().empty()) fail("name", "is missing: what was not delivered is kept under it");
  if (from.has_webhook() == (from.command_size() > 0)) {
    fail("", "needs one of webhook and command");
  } else if (from.has_webhook()) {
    target.webhook = ReadWebhook(from.webhook(), fail);
  } else if (!absl::StartsWith(from.command(0), "/")) {
    fail("command", absl::StrCat("\"", from.command(0), "\" is no absolute path"));
  }
  target.command = {from.command().begin(), from.command().end()};
  for (int i = 0; i < from.events_size(); ++i) {
    if (!notify::IsEventName(from.events(i))) {
      fail(absl::StrCat("events[", i, "]"),
           absl::StrCat("\"", from.events(i), "\" is no event: write ", notify::EventNames()));
    }
  }
  target.events = {from.events().begin(), from.events().end()};
  ReadTimeout(from.timeout(), fail, &target.timeout);
  return target;
}

absl::Status CheckCommand(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("run ", path));
  if (!S_ISREG(file.st_mode)) return absl::FailedPreconditionError(absl::StrCat("run ", path, ": it is no file"));
  if (faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("run ", path));
}

struct FileCheck {
  std::string key;
  std::string path;  // empty: not configured
  std::function<absl::Status(const std::string& path)> check;
  std::string mend;
};

std::vector<FileCheck> ChecksOf(const notify::Target& target) {
  return {{"webhook.ca", target.webhook.ca, client::CheckAuthority,
           "name a PEM file that the arbiter's user can read, or leave `ca` out for the system's authorities"},
          {"webhook.bearer_token_file", target.webhook.bearer_token_file,
           [](const std::string& path) { return notify::ReadToken(path).status(); },
           "write the token into a file that the arbiter's user can read"},
          {"command", target.command.empty() ? "" : target.command[0], CheckCommand,
           "name a program that the arbiter's user may execute"}};
}

std::string KeyOf(std::size_t target) { return absl::StrCat("notifications[", target, "]"); }

}  // namespace

std::vector<notify::Target> ReadNotificationTargets(const config::v1::ArbiterConfig& config, const Fail& fail) {
  std::vector<notify::Target> targets;
  std::set<std::string> names;
  for (int i = 0; i < config.notifications_size(); ++i) {
    const std::string key = KeyOf(static_cast<std::size_t>(i));
    const Fail fail_here = [&](const std::string& below, const std::string& what) {
      fail(below.empty() ? key : absl::StrCat(key, ".", below), what);
    };
    targets.push_back(ReadTarget(config.notifications(i), fail_here));
    if (!names.insert(targets.back().name).second) {
      fail_here("name", absl::StrCat("\"", targets.back().name, "\" stands twice"));
    }
  }
  return targets;
}

void CheckNotificationFiles(const std::vector<notify::Target>& targets, const Fail& fail) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (const FileCheck& file : ChecksOf(targets[i])) {
      const absl::Status status = file.path.empty() ? absl::OkStatus() : file.check(file.path);
      if (!status.ok()) fail(absl::StrCat(KeyOf(i), ".", file.key), absl::StrCat(status.message(), "; ", file.mend));
    }
  }
}

}  // namespace arbiter::server
