// Everything that an operator sets, out of flags, environment, file and defaults, in this order of rank.
#ifndef ARBITER_SERVER_SETTINGS_H_
#define ARBITER_SERVER_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/config/v1/config.pb.h"
#include "arbiter/core/policy.h"
#include "arbiter/notify/target.h"
#include "arbiter/process/log.h"
#include "arbiter/server/access.h"
#include "arbiter/server/limits.h"
#include "arbiter/store/store.h"
#include "proto/value/endpoint.h"
#include "proto/yaml/load_yaml.h"

namespace arbiter::server {

struct Settings {
  std::string id;
  Endpoint listen;
  std::optional<Endpoint> metrics_listen;  // nullopt: off
  std::string state_dir;
  core::Policy policy;
  client::TlsFiles tls;
  bool insecure = false;
  process::LogLevel log_level = process::LogLevel::kInfo;
  Access::Roles roles;
  Limits limits;
  store::Retention retention;
  std::vector<notify::Target> notifications;
};

// Completes a configuration with the defaults. InvalidArgument names the key that is wrong, with `places` its line, and
// says how it should be.
absl::StatusOr<Settings> MakeSettings(const config::v1::ArbiterConfig& config, const YamlPlaces* places = nullptr);

// A plaintext arbiter that others than this machine can reach: FailedPrecondition, unless it is told to be insecure.
absl::Status CheckExposure(const Settings& settings);

// The files that the settings name (TLS, notifications) as they are at `now`: each is there, can be read or executed,
// and is what it should be. The status names the file, what is wrong with it, and, where `places` has it, the line.
absl::Status CheckFiles(const Settings& settings, const YamlPlaces& places, absl::Time now);

struct ConfigFile {
  config::v1::ArbiterConfig config;
  YamlPlaces places;
};

// NotFound and the like say which file; a wrong key or value says its line.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

// `over` wins where it says something.
config::v1::ArbiterConfig Overlay(config::v1::ArbiterConfig under, const config::v1::ArbiterConfig& over);

// What differs between two settings and takes effect only at a start, as keys, comma-separated; empty: nothing.
std::string NeedsRestart(const Settings& running, const Settings& wanted);

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_SETTINGS_H_
