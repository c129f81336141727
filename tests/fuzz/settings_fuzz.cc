// Configuration files: the first byte chooses the arbiter's or the probe's, the rest is the text.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "arbiter/server/settings.h"
#include "probe/daemon/settings.h"
#include "proto/yaml/load_yaml.h"
#include "tests/fuzz/script.h"

namespace {

using arbiter::LoadYaml;
using arbiter::YamlPlaces;
using fuzz::Require;

// What is refused says where, in the file.
void ReadArbiter(absl::string_view text) {
  namespace server = arbiter::server;
  arbiter::config::v1::ArbiterConfig config;
  YamlPlaces places;
  const absl::Status loaded = LoadYaml(text, "arbiter.yaml", &config, &places);
  Require(loaded.ok() || !loaded.message().empty());
  if (!loaded.ok()) return;
  const absl::StatusOr<server::Settings> settings = server::MakeSettings(config, &places);
  Require(settings.ok() || !settings.status().message().empty());
  const auto overlaid = server::MakeSettings(server::Overlay(config, {}), nullptr);
  Require(overlaid.ok() == settings.ok());
  if (!settings.ok()) return;
  Require(server::NeedsRestart(*settings, *overlaid).empty());
  static_cast<void>(server::CheckExposure(*settings));
  Require(settings->policy.settle_min <= settings->policy.settle_max);
  Require(settings->policy.confirm_after.count() > 0 && settings->policy.heartbeat_interval.count() > 0);
}

void ReadProbe(absl::string_view text) {
  namespace daemon = probe::daemon;
  arbiter::config::v1::ProbeConfig config;
  YamlPlaces places;
  const absl::Status loaded = LoadYaml(text, "probe.yaml", &config, &places);
  Require(loaded.ok() || !loaded.message().empty());
  if (!loaded.ok()) return;
  const absl::StatusOr<daemon::Settings> settings = daemon::MakeSettings(config, &places);
  Require(settings.ok() || !settings.status().message().empty());
  if (!settings.ok()) return;
  Require(daemon::MakeSettings(daemon::Overlay(config, {}), nullptr).ok());
  static_cast<void>(daemon::CheckExposure(*settings));
  Require(!settings->actuators.empty() && !settings->node.empty() && !settings->cluster.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'p') {
    ReadProbe(text);
  } else {
    ReadArbiter(text);
  }
  return 0;
}
