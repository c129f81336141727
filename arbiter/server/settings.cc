#include "arbiter/server/settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "arbiter/client/certificate.h"
#include "arbiter/process/regular_file.h"
#include "arbiter/server/notification_settings.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

constexpr char kDefaultListen[] = "127.0.0.1:7430";
constexpr char kDefaultMetricsListen[] = "127.0.0.1:7431";
constexpr char kDefaultStateDir[] = "/var/lib/arbiter";
constexpr char kSerialPrefix[] = "serial:";

// Keeps the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const YamlPlaces* places) : places_(places) {}

  template <typename Value>
  void Read(const char* key, absl::StatusOr<Value> value, Value* into) {
    if (value.ok()) {
      *into = *std::move(value);
    } else {
      Fail(key, value.status().message());
    }
  }

  // Empty: keeps what `into` has.
  void Duration(const char* key, const std::string& text, core::Duration least, core::Duration* into) {
    constexpr core::Duration kMost = std::chrono::minutes(10);
    if (text.empty()) {
      return;
    }
    const absl::StatusOr<core::Duration> duration = ParseDuration(text);
    if (!duration.ok()) {
      Fail(key, duration.status().message());
    } else if (*duration < least || *duration > kMost) {
      Fail(key, absl::StrCat(text, " is not within ", FormatDuration(least), " and ", FormatDuration(kMost)));
    } else {
      *into = *duration;
    }
  }

  void Fail(const std::string& key, absl::string_view what) {
    const std::string place = places_ == nullptr ? std::string() : absl::StrCat(places_->Of(key), ": ");
    status_.Update(absl::InvalidArgumentError(absl::StrCat(place, key, ": ", what)));
  }

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  const YamlPlaces* places_;
  absl::Status status_;
};

template <typename Number>
void SetUnlessZero(std::uint32_t value, Number* into) {
  if (value != 0) {
    *into = static_cast<Number>(value);
  }
}

absl::StatusOr<core::Mode> ParseMode(const std::string& text) {
  if (text.empty() || text == "enforce") {
    return core::Mode::kEnforce;
  }
  if (text == "observe") {
    return core::Mode::kObserve;
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no mode: write enforce or observe"));
}

absl::StatusOr<std::string> HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return absl::ErrnoToStatus(errno, "ask for the host name");
  }
  return std::string(name.data());
}

void ReadLimits(const config::v1::Limits& from, Reader* reader, Limits* into) {
  // A snapshot of a few VIPs is some KiB; gRPC counts in an int.
  constexpr std::uint32_t kLeastBytes = 64 * 1024;
  constexpr std::uint32_t kMostBytes = 1024 * 1024 * 1024;
  if (from.message_bytes() != 0 && (from.message_bytes() < kLeastBytes || from.message_bytes() > kMostBytes)) {
    reader->Fail("limits.message_bytes",
                 absl::StrCat(from.message_bytes(), " is not within ", kLeastBytes, " and ", kMostBytes));
  }
  SetUnlessZero(from.nodes(), &into->nodes);
  SetUnlessZero(from.streams(), &into->streams);
  SetUnlessZero(from.vips_per_node(), &into->report.vips);
  into->kept.vips = std::max(into->kept.vips, 4 * into->report.vips);
  SetUnlessZero(from.message_bytes(), &into->message_bytes);
  into->kept.bytes = std::max(into->kept.bytes, into->message_bytes);
  SetUnlessZero(from.directives_per_minute(), &into->directives_a_minute);
}

void ReadRetention(const config::v1::Retention& from, Reader* reader, store::Retention* into) {
  if (!from.age().empty()) {
    const absl::StatusOr<core::Duration> age = ParseDuration(from.age());
    if (age.ok() && *age < std::chrono::hours(1)) {
      reader->Fail("retention.age", absl::StrCat(from.age(), " is less than 1h: nobody could read what has happened"));
    } else if (age.ok()) {
      into->age = absl::FromChrono(*age);
    } else {
      reader->Fail("retention.age", age.status().message());
    }
  }
  SetUnlessZero(from.closed_incidents(), &into->closed_incidents);
  SetUnlessZero(from.audit_entries(), &into->audit_entries);
}

void ReadTimes(const config::v1::ArbiterConfig& config, Reader* reader, core::Policy* policy) {
  using std::chrono::milliseconds;
  // Below 50 ms a healthy change of hands (up to about 20 ms) would sooner or later pass for a split.
  reader->Duration("confirm_after", config.confirm_after(), milliseconds(50), &policy->confirm_after);
  reader->Duration("affirm_within", config.affirm_within(), milliseconds(10), &policy->affirm_within);
  reader->Duration("heartbeat_interval", config.heartbeat_interval(), milliseconds(100), &policy->heartbeat_interval);
  reader->Duration("settle_min", config.settle_min(), milliseconds(100), &policy->settle_min);
  reader->Duration("settle_max", config.settle_max(), milliseconds(100), &policy->settle_max);
  if (policy->settle_max < policy->settle_min) reader->Fail("settle_max", "is shorter than settle_min");
}

void ReadAddresses(const config::v1::ArbiterConfig& config, Reader* reader, Settings* settings) {
  reader->Read("listen", ParseEndpoint(config.listen().empty() ? kDefaultListen : config.listen()), &settings->listen);
  const std::string metrics = config.has_metrics_listen() ? config.metrics_listen() : kDefaultMetricsListen;
  if (!metrics.empty()) {
    Endpoint endpoint;
    reader->Read("metrics_listen", ParseEndpoint(metrics), &endpoint);
    if (endpoint.host.find(':') != std::string::npos) {
      reader->Fail("metrics_listen", absl::StrCat(metrics, " is an IPv6 address: write an IPv4 one or a host name"));
    }
    settings->metrics_listen = endpoint;
  }
}

std::set<std::string> ReadNodes(const config::v1::ArbiterConfig& config, Reader* reader) {
  std::set<std::string> nodes;
  for (int i = 0; i < config.nodes_size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(config.nodes(i), '/');
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) {
      reader->Fail(
          absl::StrCat("nodes[", i, "]"),
          absl::StrCat("\"", config.nodes(i), "\" names no node: write CLUSTER/NODE, or CLUSTER/* for all of one"));
    }
    nodes.insert(config.nodes(i));
  }
  return nodes;
}

std::set<std::string> ReadDeny(const config::v1::ArbiterConfig& config, Reader* reader) {
  std::set<std::string> denied;
  for (int i = 0; i < config.deny_size(); ++i) {
    absl::string_view entry = config.deny(i);
    const std::string key = absl::StrCat("deny[", i, "]");
    if (!absl::ConsumePrefix(&entry, kSerialPrefix)) {
      if (entry.empty()) reader->Fail(key, "is empty: write a name in a certificate, CLUSTER/NODE, or serial:HEX");
      denied.insert(config.deny(i));
      continue;
    }
    const std::string serial = client::PlainSerial(entry);
    if (serial.empty()) {
      reader->Fail(key, absl::StrCat("\"", config.deny(i),
                                     "\" has no hexadecimal number: write it as `arbiter-certs list` "
                                     "or `openssl x509 -serial` shows it"));
    }
    denied.insert(absl::StrCat(kSerialPrefix, serial));
  }
  return denied;
}

}  // namespace

absl::StatusOr<Settings> MakeSettings(const config::v1::ArbiterConfig& config, const YamlPlaces* places) {
  Settings settings;
  Reader reader(places);
  reader.Read("id", config.id().empty() ? HostName() : config.id(), &settings.id);
  ReadAddresses(config, &reader, &settings);
  settings.state_dir = config.state_dir().empty() ? kDefaultStateDir : config.state_dir();
  ReadTimes(config, &reader, &settings.policy);
  reader.Read("mode", ParseMode(config.mode()), &settings.policy.default_mode);
  settings.tls = {config.tls().cert(), config.tls().key(), config.tls().ca()};
  if (!settings.tls.empty() && (settings.tls.cert.empty() || settings.tls.key.empty() || settings.tls.ca.empty())) {
    reader.Fail("tls", "needs all three of cert, key and ca");
  }
  settings.insecure = config.insecure();
  reader.Read("log_level", process::ParseLogLevel(config.log_level().empty() ? "info" : config.log_level()),
              &settings.log_level);
  settings.roles.operators = {config.operators().begin(), config.operators().end()};
  settings.roles.viewers = {config.viewers().begin(), config.viewers().end()};
  settings.roles.nodes = ReadNodes(config, &reader);
  settings.roles.deny = ReadDeny(config, &reader);
  ReadLimits(config.limits(), &reader, &settings.limits);
  ReadRetention(config.retention(), &reader, &settings.retention);
  settings.notifications = ReadNotificationTargets(
      config, [&reader](const std::string& key, const std::string& what) { reader.Fail(key, what); });
  if (!reader.status().ok()) {
    return reader.status();
  }
  return settings;
}

absl::Status CheckExposure(const Settings& settings) {
  if (!settings.tls.empty() || settings.insecure || settings.listen.IsLoopback()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "listen: ", settings.listen.ToString(),
      " can be reached from elsewhere and there is no TLS: anybody there could demote nodes. Give --tls-cert, "
      "--tls-key and --tls-ca, or --insecure where the network itself is trusted"));
}

absl::Status CheckFiles(const Settings& settings, const YamlPlaces& places, absl::Time now) {
  if (!settings.tls.empty()) {
    const absl::Status tls = client::CheckTlsFiles(settings.tls, now);
    if (!tls.ok()) {
      return tls;
    }
  }
  Reader reader(&places);
  CheckNotificationFiles(settings.notifications,
                         [&reader](const std::string& key, const std::string& what) { reader.Fail(key, what); });
  return reader.status();
}

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  const absl::StatusOr<std::string> text = process::ReadRegularFile(path);
  if (!text.ok()) {
    return text.status();
  }
  ConfigFile file;
  const absl::Status loaded = LoadYaml(*text, path, &file.config, &file.places);
  if (!loaded.ok()) {
    return loaded;
  }
  return file;
}

config::v1::ArbiterConfig Overlay(config::v1::ArbiterConfig under, const config::v1::ArbiterConfig& over) {
  // What is set in `over` replaces what is set in `under`; its lists and limits are empty.
  under.MergeFrom(over);
  return under;
}

std::string NeedsRestart(const Settings& running, const Settings& wanted) {
  std::vector<std::string> keys;
  const auto compare = [&keys](const char* key, bool same) {
    if (!same) {
      keys.emplace_back(key);
    }
  };
  compare("id", running.id == wanted.id);
  compare("listen", running.listen == wanted.listen);
  compare("metrics_listen", running.metrics_listen == wanted.metrics_listen);
  compare("state_dir", running.state_dir == wanted.state_dir);
  compare("confirm_after", running.policy.confirm_after == wanted.policy.confirm_after);
  compare("affirm_within", running.policy.affirm_within == wanted.policy.affirm_within);
  compare("heartbeat_interval", running.policy.heartbeat_interval == wanted.policy.heartbeat_interval);
  compare("settle_min", running.policy.settle_min == wanted.policy.settle_min);
  compare("settle_max", running.policy.settle_max == wanted.policy.settle_max);
  compare("mode", running.policy.default_mode == wanted.policy.default_mode);
  compare("tls",
          running.tls.cert == wanted.tls.cert && running.tls.key == wanted.tls.key && running.tls.ca == wanted.tls.ca);
  compare("insecure", running.insecure == wanted.insecure);
  compare("limits", running.limits.nodes == wanted.limits.nodes && running.limits.streams == wanted.limits.streams &&
                        running.limits.report.vips == wanted.limits.report.vips &&
                        running.limits.message_bytes == wanted.limits.message_bytes &&
                        running.limits.directives_a_minute == wanted.limits.directives_a_minute);
  compare("retention", running.retention.age == wanted.retention.age &&
                           running.retention.closed_incidents == wanted.retention.closed_incidents &&
                           running.retention.audit_entries == wanted.retention.audit_entries);
  compare("notifications", running.notifications == wanted.notifications);
  return absl::StrJoin(keys, ", ");
}

}  // namespace arbiter::server
