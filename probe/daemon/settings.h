// Everything that an operator sets, out of flags, environment, file and defaults, in this order of rank.
#ifndef PROBE_DAEMON_SETTINGS_H_
#define PROBE_DAEMON_SETTINGS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/config/v1/config.pb.h"
#include "arbiter/process/log.h"
#include "probe/hold/directive.h"
#include "proto/value/endpoint.h"
#include "proto/value/ip_address.h"
#include "proto/yaml/load_yaml.h"

namespace probe::daemon {

// A program and its arguments; empty: none.
using Command = std::vector<std::string>;

struct Settings {
  std::vector<arbiter::Endpoint> arbiters;  // empty: the node is watched, and nobody is told or obeyed
  std::string cluster;
  std::string node;
  std::vector<std::string> interfaces;  // empty: every Ethernet-like one
  std::string keepalived_conf;          // empty: what the daemon was started with
  std::string keepalived_pidfile;
  std::string runtime_dir;
  bool dry_run = false;
  arbiter::client::TlsFiles tls;
  bool insecure = false;
  std::optional<arbiter::Endpoint> metrics_listen;  // nullopt: off
  std::vector<arbiter::IpAddress> vips;
  std::vector<arbiter::IpAddress> references;
  std::vector<arbiter::IpAddress> protect;  // never shut out, never taken away
  bool ask_who_answers = true;              // whether anybody else answers for the VIPs that this node holds
  std::set<hold::RungKind> actuators;
  Command stop_command;
  Command start_command;
  Command exec_command;
  Command on_survivor;
  Command on_demoted;
  arbiter::process::LogLevel log_level = arbiter::process::LogLevel::kInfo;
};

// Why an empty list of actuators is refused.
inline constexpr char kNoActuators[] =
    "the list is empty: name one at least, or leave it out for the default; a probe that shall not act gets dry_run";

// Completes a configuration with the defaults. InvalidArgument names the key that is wrong, with `places` its line, and
// says how it should be.
absl::StatusOr<Settings> MakeSettings(const arbiter::config::v1::ProbeConfig& config,
                                      const arbiter::YamlPlaces* places = nullptr);

// An arbiter on another machine and no TLS: FailedPrecondition, unless the probe is told to be insecure.
absl::Status CheckExposure(const Settings& settings);

struct ConfigFile {
  arbiter::config::v1::ProbeConfig config;
  arbiter::YamlPlaces places;
};

// NotFound and the like say which file; a wrong key or value says its line.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

// `over` wins where it says something; a list replaces the list below it.
arbiter::config::v1::ProbeConfig Overlay(arbiter::config::v1::ProbeConfig under,
                                         const arbiter::config::v1::ProbeConfig& over);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SETTINGS_H_
