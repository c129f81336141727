#include "probe/daemon/read_settings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/process/exit_code.h"

namespace probe::daemon {
namespace {

using arbiter::config::v1::ProbeConfig;

// A file that is not at the default place is an empty one.
absl::StatusOr<ConfigFile> ReadFileOf(const CommandLine& line) {
  absl::StatusOr<ConfigFile> file = ReadConfigFile(line.config_path);
  if (file.ok() || line.config_given || !absl::IsNotFound(file.status())) return file;
  return ConfigFile();
}

// Nothing else of the configuration is looked at, and so nothing else can be wrong with it.
absl::StatusOr<Settings> SettingsOfPlaces(const ProbeConfig& config, const arbiter::YamlPlaces* places) {
  ProbeConfig needed;
  needed.set_runtime_dir(config.runtime_dir());
  needed.set_keepalived_conf(config.keepalived_conf());
  needed.set_node("unused");
  return MakeSettings(needed, places);
}

}  // namespace

absl::StatusOr<Settings> ReadSettings(const CommandLine& line) {
  const absl::StatusOr<Settings> flags = MakeSettings(line.flags);
  if (!flags.ok()) return arbiter::process::UsageError(flags.status());
  const absl::StatusOr<ConfigFile> file = ReadFileOf(line);
  if (!file.ok()) return arbiter::process::ConfigurationError(file.status());
  absl::StatusOr<Settings> settings = MakeSettings(Overlay(file->config, line.flags), &file->places);
  if (!settings.ok()) return arbiter::process::ConfigurationError(settings.status());
  return settings;
}

absl::StatusOr<HoldsPlaces> ReadHoldsPlaces(const CommandLine& line, std::string* warning) {
  warning->clear();
  const absl::StatusOr<Settings> flags = SettingsOfPlaces(line.flags, nullptr);
  if (!flags.ok()) return arbiter::process::UsageError(flags.status());
  const absl::StatusOr<ConfigFile> file = ReadFileOf(line);
  const absl::StatusOr<Settings> both =
      file.ok() ? SettingsOfPlaces(Overlay(file->config, line.flags), &file->places) : file.status();
  if (!both.ok()) {
    *warning = absl::StrCat(std::string(both.status().message()), "; goes on without this file, in ",
                            flags->runtime_dir, " (--runtime-dir names another)");
  }
  const Settings& settings = both.ok() ? *both : *flags;
  return HoldsPlaces{settings.runtime_dir, settings.keepalived_conf};
}

}  // namespace probe::daemon
