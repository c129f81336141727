// arbiter: the map. Everything is built here, in the order of the data.
#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "arbiter/client/grpc_errors.h"
#include "arbiter/client/kept_certificates.h"
#include "arbiter/client/local_peer.h"
#include "arbiter/notify/notifier.h"
#include "arbiter/process/descriptor_limit.h"
#include "arbiter/process/exit_code.h"
#include "arbiter/process/http_endpoint.h"
#include "arbiter/process/journal.h"
#include "arbiter/process/privileges.h"
#include "arbiter/process/service_notifier.h"
#include "arbiter/process/signals.h"
#include "arbiter/server/access.h"
#include "arbiter/server/command_line.h"
#include "arbiter/server/desk.h"
#include "arbiter/server/directive_ledger.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/server/event_log.h"
#include "arbiter/server/grpc_server.h"
#include "arbiter/server/metrics.h"
#include "arbiter/server/notification_watch.h"
#include "arbiter/server/operations_service.h"
#include "arbiter/server/operator_answers.h"
#include "arbiter/server/probe_service.h"
#include "arbiter/server/rate_limit.h"
#include "arbiter/server/settings.h"
#include "arbiter/store/sqlite_store.h"
#include "arbiter/wire/arbiter_message.h"
#include "proto/codec/time.h"

namespace arbiter::server {
namespace {

constexpr std::size_t kDeskThreads = 4;
constexpr std::chrono::milliseconds kHousekeepingEvery = std::chrono::seconds(1);

int Fail(const absl::Status& status) {
  std::cerr << process::ErrorPrefix() << "arbiter: " << status.message() << "\n";
  return process::ExitCodeOf(status);
}

// File under flags, checked.
absl::StatusOr<Settings> ReadSettings(const CommandLine& line) {
  const absl::StatusOr<Settings> flags = MakeSettings(line.flags);
  if (!flags.ok()) {
    return process::UsageError(flags.status());
  }
  absl::StatusOr<ConfigFile> file = ReadConfigFile(line.config_path);
  if (!file.ok()) {
    if (line.config_given || !absl::IsNotFound(file.status())) {
      return process::ConfigurationError(file.status());
    }
    file.emplace();
  }
  absl::StatusOr<Settings> settings = MakeSettings(Overlay(file->config, line.flags), &file->places);
  if (!settings.ok()) {
    return process::ConfigurationError(settings.status());
  }
  absl::Status usable = CheckExposure(*settings);
  usable.Update(CheckFiles(*settings, file->places, absl::Now()));
  if (!usable.ok()) {
    return process::ConfigurationError(usable);
  }
  return settings;
}

v1::Welcome WelcomeOf(const Settings& settings) {
  v1::Welcome welcome;
  welcome.set_arbiter(settings.id);
  welcome.set_arbiter_version(ARBITER_VERSION);
  welcome.set_protocol(wire::kProtocol);
  *welcome.mutable_heartbeat_interval() = codec::ToProto(settings.policy.heartbeat_interval);
  *welcome.mutable_absent_after() =
      codec::ToProto(settings.policy.heartbeat_interval * settings.policy.missed_heartbeats);
  return welcome;
}

struct Watched {
  EngineLoop* loop = nullptr;
  const ProbeService* probes = nullptr;
  const store::Store* store = nullptr;
  const Metrics* metrics = nullptr;
  const notify::Notifier* notifier = nullptr;
  const process::Log* log = nullptr;
};

process::HttpAnswers AnswersOf(const Watched& of) {
  EngineLoop* const loop = of.loop;
  const auto clusters = [loop] {
    return loop->Look(
        [](const core::Engine& engine, const ProbeRegistry&, core::Instant now) { return engine.View(now); });
  };
  process::HttpAnswers answers;
  answers.metrics = [=] {
    return of.metrics->Render({.clusters = clusters().value_or(std::vector<core::ClusterView>()),
                               .streams = of.probes->streams(),
                               .term = loop->term(),
                               .log_lines_lost = of.log->Lost(),
                               .audit_entries_lost = loop->writer().LostAudit(),
                               .store_writable = of.store->Healthy().ok(),
                               .notifications = of.notifier->Status()});
  };
  answers.alive = [=] {
    const auto answer = loop->Look([](const core::Engine&, const ProbeRegistry&, core::Instant) { return true; });
    return process::HealthOf(answer.status());
  };
  answers.ready = [=] { return process::HealthOf(of.store->Healthy()); };
  return answers;
}

struct Reloaded {
  Access* access = nullptr;
  const EventLog* events = nullptr;
  ProbeService* probes = nullptr;
  process::Log* log = nullptr;
};

// Takes over into `running` what needs no restart.
void Reload(const CommandLine& line, Settings* running, const Reloaded& parts) {
  process::Log* const log = parts.log;
  const absl::StatusOr<Settings> wanted = ReadSettings(line);
  if (!wanted.ok()) {
    log->Error("reload", {{"outcome", "nothing changed"}, {"error", std::string(wanted.status().message())}});
    return;
  }
  std::vector<std::string> taken;
  if (wanted->log_level != running->log_level) taken.emplace_back("log_level");
  if (wanted->roles.operators != running->roles.operators) taken.emplace_back("operators");
  if (wanted->roles.viewers != running->roles.viewers) taken.emplace_back("viewers");
  if (wanted->roles.nodes != running->roles.nodes) taken.emplace_back("nodes");
  if (wanted->roles.deny != running->roles.deny) taken.emplace_back("deny");
  log->SetLevel(wanted->log_level);
  parts.access->SetRoles(wanted->roles);
  parts.events->WakeAll();  // who may no longer look sees no event more
  parts.probes->EndUnwelcome();
  running->log_level = wanted->log_level;
  running->roles = wanted->roles;
  const std::string restart = NeedsRestart(*running, *wanted);
  log->Write(restart.empty() ? process::LogLevel::kInfo : process::LogLevel::kWarning, "reload",
             {{"taken", taken.empty() ? "nothing" : absl::StrJoin(taken, ", ")}, {"needs_restart", restart}});
}

struct Running {
  EngineLoop* loop = nullptr;
  ProbeService* probes = nullptr;
  NotificationWatch* notifications = nullptr;
  Reloaded reloaded;
};

// Until a signal ends it: streams over their time limits, the watchdog, reloads.
void Supervise(process::Signals& signals, const CommandLine& line, const Settings& settings, const Running& running) {
  Settings now = settings;
  const process::ServiceNotifier notifier;
  notifier.Ready(absl::StrCat("listening on ", settings.listen.ToString()));
  for (process::Signals::Seen seen; !seen.stop; seen = signals.Wait(kHousekeepingEvery)) {
    if (seen.reload) {
      notifier.Reloading();
      Reload(line, &now, running.reloaded);
      notifier.Ready(absl::StrCat("listening on ", settings.listen.ToString()));
    }
    running.probes->CheckTimes(std::chrono::steady_clock::now());
    running.notifications->Tick(std::chrono::steady_clock::now());
    if (running.loop->Look([](const core::Engine&, const ProbeRegistry&, core::Instant) { return true; }).ok()) {
      notifier.Alive();
    }
  }
  notifier.Stopping();
}

void LogStart(const Settings& settings, const store::Remembered& remembered, const process::Log& log) {
  log.Info("started", {{"id", settings.id},
                       {"version", ARBITER_VERSION},
                       {"term", absl::StrCat(remembered.term)},
                       {"listen", settings.listen.ToString()},
                       {"mode", settings.policy.default_mode == core::Mode::kEnforce ? "enforce" : "observe"},
                       {"open_incidents", absl::StrCat(remembered.open_incidents.size())}});
  if (settings.tls.empty()) {
    log.Warning("plaintext",
                {{"text", settings.insecure ? "INSECURE: no TLS, and whoever reaches the port may demote nodes"
                                            : "no TLS: only root and this user, on this machine, may connect"},
                 {"listen", settings.listen.ToString()}});
  }
}

// Failed handshakes above all: whoever reaches the port can cause them.
client::GrpcErrors::Sink ToLog(const process::Log& log) {
  constexpr std::uint64_t kLinesAPeriod = 5;
  auto limit = std::make_shared<RateLimit>(kLinesAPeriod, std::chrono::seconds(10));
  return [&log, limit](absl::string_view text) {
    const RateLimit::Verdict verdict = limit->Ask(std::chrono::steady_clock::now());
    if (!verdict.show) return;
    log.Warning("grpc", {{"text", std::string(text)},
                         {"not_shown", verdict.not_shown == 0 ? "" : absl::StrCat(verdict.not_shown)}});
  };
}

// Plaintext is for whom the operator named, or for root and for us.
Door DoorOf(const Settings& settings, const client::TlsFiles& kept) {
  Door door{settings.listen, kept, std::nullopt};
  if (settings.tls.empty() && !settings.insecure) {
    door.only = client::TrustedUids("");
  }
  return door;
}

int Run(process::Signals& signals, const CommandLine& line, const Settings& settings) {
  store::SqliteStore store(settings.state_dir, settings.retention);
  const absl::StatusOr<store::Remembered> remembered = store.Open();
  if (!remembered.ok()) {
    return Fail(remembered.status());
  }
  const absl::Status dropped = process::KeepCapabilities({});
  if (!dropped.ok()) {
    return Fail(dropped);
  }

  process::Log log(settings.log_level);
  const client::GrpcErrors grpc_errors(ToLog(log));
  EventLog events;
  Metrics metrics;
  DirectiveLedger ledger;
  notify::Notifier notifier(settings.id, settings.notifications);
  EngineLoop loop(settings.policy, settings.limits,
                  {&store, &log, &events, &metrics, &ledger,
                   [&notifier](const std::vector<core::Effect>& effects) { notifier.OnEffects(effects); }});
  NotificationWatch notifications(&notifier, &loop, &log, *remembered);

  Access access(!settings.tls.empty(), settings.roles);
  ProbeService probes({&loop, &access, &ledger, &store, &log, &metrics}, settings.limits, WelcomeOf(settings));

  OperatorAnswers answers(&loop, &store, &log, {settings.id, ARBITER_VERSION, std::chrono::steady_clock::now()});
  Desk desk(kDeskThreads, settings.limits.waiting_requests);
  OperationsService operations({&answers, &desk, &events, &access}, settings.limits);

  const auto certificates = client::KeepCertificates(settings.tls, log);
  if (!certificates.ok()) {
    return Fail(certificates.status());
  }
  loop.Start(*remembered);
  const auto server =
      GrpcServer::Open(DoorOf(settings, client::KeptOf(*certificates)), settings.limits, {&probes, &operations}, &log);
  if (!server.ok()) {
    return Fail(server.status());
  }
  const auto http = process::OpenHttpEndpoint(settings.metrics_listen,
                                              AnswersOf({&loop, &probes, &store, &metrics, &notifier, &log}));
  if (!http.ok()) {
    return Fail(http.status());
  }

  LogStart(settings, *remembered, log);
  Supervise(signals, line, settings, {&loop, &probes, &notifications, {&access, &events, &probes, &log}});
  log.Info("stopping", {});
  notifier.Stop();
  loop.Stop();  // first of what serves others: that the streams end now means nothing
  (*server)->Stop();
  return 0;
}

int Main(int argc, const char* const* argv) {
  // Debian's Abseil looks for cycles at each lock, gRPC's included: a sixth of the time with 10,000 streams.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto line = ReadCommandLine(argc, argv, ARBITER_VERSION);
  if (const auto* exit = std::get_if<Exit>(&line)) {
    return exit->code;
  }
  const auto& command_line = std::get<CommandLine>(line);
  const absl::StatusOr<Settings> settings = ReadSettings(command_line);
  if (!settings.ok()) {
    return Fail(settings.status());
  }
  if (command_line.check_config) {
    std::cout << "configuration is fine\n";
    return 0;
  }
  process::RaiseDescriptorLimit();
  absl::StatusOr<process::Signals> signals = process::Signals::Open();
  if (!signals.ok()) {
    return Fail(signals.status());
  }
  return Run(*signals, command_line, *settings);
}

}  // namespace
}  // namespace arbiter::server

int main(int argc, char** argv) { return arbiter::server::Main(argc, argv); }
