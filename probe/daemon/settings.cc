#include "probe/daemon/settings.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "arbiter/process/regular_file.h"

namespace probe::daemon {
namespace {

using arbiter::config::v1::ProbeConfig;

// Keeps the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const arbiter::YamlPlaces* places) : places_(places) {}

  void Fail(const std::string& key, absl::string_view what) {
    const std::string place = places_ == nullptr ? std::string() : absl::StrCat(places_->Of(key), ": ");
    status_.Update(absl::InvalidArgumentError(absl::StrCat(place, key, ": ", what)));
  }

  template <typename Texts, typename Parse, typename Value>
  void ReadList(const std::string& key, const Texts& texts, Parse parse, std::vector<Value>* into) {
    int index = 0;
    for (const std::string& text : texts) {
      auto value = parse(text);
      if (value.ok()) into->push_back(*std::move(value));
      if (!value.ok()) Fail(absl::StrCat(key, "[", index, "]"), value.status().message());
      ++index;
    }
  }

  // Whether the file has the key.
  [[nodiscard]] bool Has(const std::string& key) const { return places_ != nullptr && places_->Has(key); }

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  const arbiter::YamlPlaces* places_;
  absl::Status status_;
};

absl::StatusOr<std::string> HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return absl::ErrnoToStatus(errno, "ask for the host name");
  return std::string(name.data());
}

absl::StatusOr<hold::RungKind> ParseActuator(const std::string& text) {
  for (const hold::RungKind kind : {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress,
                                    hold::RungKind::kStopDaemon, hold::RungKind::kExec}) {
    if (text == hold::NameOf(kind)) return kind;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is no actuator: write gate, track_file, remove_address, stop_daemon or exec"));
}

template <typename Texts>
Command CommandOf(const std::string& key, const Texts& words, Reader* reader) {
  Command command(words.begin(), words.end());
  if (!command.empty() && command.front().substr(0, 1) != "/") {
    reader->Fail(key, absl::StrCat("\"", command.front(), "\" is no absolute path of a program"));
  }
  return command;
}

void ReadCommands(const ProbeConfig& config, Reader* reader, Settings* settings) {
  settings->stop_command = CommandOf("stop_command", config.stop_command(), reader);
  settings->start_command = CommandOf("start_command", config.start_command(), reader);
  settings->exec_command = CommandOf("exec_command", config.exec_command(), reader);
  settings->on_survivor = CommandOf("on_survivor", config.on_survivor(), reader);
  settings->on_demoted = CommandOf("on_demoted", config.on_demoted(), reader);
}

void ReadActuators(const ProbeConfig& config, Reader* reader, Settings* settings) {
  std::vector<hold::RungKind> kinds;
  reader->ReadList("actuators", config.actuators(), ParseActuator, &kinds);
  if (config.actuators().empty()) {
    // Who writes an empty list wants no action, and must not get the default.
    if (reader->Has("actuators")) reader->Fail("actuators", kNoActuators);
    kinds = {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress};
  }
  settings->actuators = {kinds.begin(), kinds.end()};
  if (settings->actuators.contains(hold::RungKind::kExec) && settings->exec_command.empty()) {
    reader->Fail("actuators", "exec needs an exec_command");
  }
}

bool ReadSwitch(const std::string& key, const std::string& text, bool otherwise, Reader* reader) {
  if (text.empty()) return otherwise;
  if (text != "on" && text != "off") reader->Fail(key, absl::StrCat("\"", text, "\" is neither on nor off"));
  return text != "off";
}

void ReadNames(const ProbeConfig& config, Reader* reader, Settings* settings) {
  settings->cluster = config.cluster().empty() ? "default" : config.cluster();
  settings->node = config.node();
  if (settings->node.empty()) {
    const absl::StatusOr<std::string> host = HostName();
    if (host.ok()) settings->node = *host;
    if (!host.ok()) reader->Fail("node", host.status().message());
  }
  settings->interfaces = {config.interface().begin(), config.interface().end()};
  settings->keepalived_conf = config.keepalived_conf();
  settings->keepalived_pidfile =
      config.keepalived_pidfile().empty() ? "/run/keepalived.pid" : config.keepalived_pidfile();
  settings->runtime_dir = config.runtime_dir().empty() ? "/run/arbiter-probe" : config.runtime_dir();
  if (settings->runtime_dir.front() != '/') reader->Fail("runtime_dir", "is no absolute path");
}

void ReadMetricsListen(const ProbeConfig& config, Reader* reader, Settings* settings) {
  if (config.metrics_listen().empty()) return;
  const auto listen = arbiter::ParseEndpoint(config.metrics_listen());
  if (listen.ok()) settings->metrics_listen = *listen;
  if (!listen.ok()) reader->Fail("metrics_listen", listen.status().message());
  if (listen.ok() && listen->host.find(':') != std::string::npos) {
    reader->Fail("metrics_listen",
                 absl::StrCat(config.metrics_listen(), " is an IPv6 address: write an IPv4 one or a host name"));
  }
}

}  // namespace

absl::StatusOr<Settings> MakeSettings(const ProbeConfig& config, const arbiter::YamlPlaces* places) {
  Settings settings;
  Reader reader(places);
  ReadNames(config, &reader, &settings);
  reader.ReadList("arbiter", config.arbiter(), arbiter::ParseEndpoint, &settings.arbiters);
  settings.dry_run = config.dry_run();
  settings.insecure = config.insecure();
  settings.tls = {config.tls().cert(), config.tls().key(), config.tls().ca()};
  if (!settings.tls.empty() && (settings.tls.cert.empty() || settings.tls.key.empty() || settings.tls.ca.empty())) {
    reader.Fail("tls", "needs all three of cert, key and ca");
  }
  ReadMetricsListen(config, &reader, &settings);
  reader.ReadList("vips", config.vips(), arbiter::IpAddress::Parse, &settings.vips);
  reader.ReadList("references", config.references(), arbiter::IpAddress::Parse, &settings.references);
  reader.ReadList("protect", config.protect(), arbiter::IpAddress::Parse, &settings.protect);
  settings.ask_who_answers = ReadSwitch("ask_who_answers", config.ask_who_answers(), true, &reader);
  ReadCommands(config, &reader, &settings);
  ReadActuators(config, &reader, &settings);
  const absl::StatusOr<arbiter::process::LogLevel> level =
      arbiter::process::ParseLogLevel(config.log_level().empty() ? "info" : config.log_level());
  if (level.ok()) settings.log_level = *level;
  if (!level.ok()) reader.Fail("log_level", level.status().message());
  if (!reader.status().ok()) return reader.status();
  return settings;
}

absl::Status CheckExposure(const Settings& settings) {
  if (!settings.tls.empty() || settings.insecure) return absl::OkStatus();
  for (const arbiter::Endpoint& endpoint : settings.arbiters) {
    if (endpoint.IsLoopback()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "arbiter: ", endpoint.ToString(),
        " is beyond this machine and there is no TLS: whoever is in between could take VIPs from this "
        "node. Give --tls-cert, --tls-key and --tls-ca, or --insecure where the network itself is trusted"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  const absl::StatusOr<std::string> text = arbiter::process::ReadRegularFile(path);
  if (!text.ok()) return text.status();
  ConfigFile file;
  if (absl::Status loaded = arbiter::LoadYaml(*text, path, &file.config, &file.places); !loaded.ok()) return loaded;
  return file;
}

ProbeConfig Overlay(ProbeConfig under, const ProbeConfig& over) {
  if (!over.arbiter().empty()) under.clear_arbiter();
  if (!over.interface().empty()) under.clear_interface();
  if (!over.actuators().empty()) under.clear_actuators();
  under.MergeFrom(over);
  return under;
}

}  // namespace probe::daemon
