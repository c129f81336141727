// arbiter-probe: the map. Everything is built here, in the order of the data.
#include <linux/capability.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/client/channel.h"
#include "arbiter/client/grpc_errors.h"
#include "arbiter/client/kept_certificates.h"
#include "arbiter/client/local_channel.h"
#include "arbiter/client/local_peer.h"
#include "arbiter/process/descriptor_limit.h"
#include "arbiter/process/exit_code.h"
#include "arbiter/process/http_endpoint.h"
#include "arbiter/process/journal.h"
#include "arbiter/process/log.h"
#include "arbiter/process/privileges.h"
#include "arbiter/process/signals.h"
#include "probe/actuate/nft_gate.h"
#include "probe/daemon/command_line.h"
#include "probe/daemon/control_socket.h"
#include "probe/daemon/doctor_command.h"
#include "probe/daemon/health.h"
#include "probe/daemon/hold_file.h"
#include "probe/daemon/holds_command.h"
#include "probe/daemon/instance_lock.h"
#include "probe/daemon/metrics.h"
#include "probe/daemon/probe.h"
#include "probe/daemon/read_settings.h"
#include "probe/daemon/sniff_command.h"
#include "probe/daemon/snippet_command.h"
#include "probe/daemon/system.h"
#include "probe/daemon/uplink.h"
#include "probe/daemon/what_drops_command.h"

namespace probe::daemon {
namespace {

constexpr char kArbiterUser[] = "arbiter";  // as which the package's unit runs it

constexpr char kNoArbiter[] =
    "no arbiter is configured: this node is watched, and nobody is told or obeyed. Write `arbiter: [WITNESS:7430]` "
    "and `tls` into /etc/arbiter/probe.yaml (or give --arbiter, --tls-cert, --tls-key and --tls-ca), and restart "
    "arbiter-probe";

int Fail(const absl::Status& status) {
  std::cerr << arbiter::process::ErrorPrefix() << "arbiter-probe: " << status.message() << "\n";
  return arbiter::process::ExitCodeOf(status);
}

// The gate of this host, or what stands in its place where it must not or cannot work.
std::unique_ptr<actuate::Gate> OpenGate(const Settings& settings, const arbiter::process::Log& log) {
  if (!settings.actuators.contains(hold::RungKind::kGate)) {
    return std::make_unique<actuate::AbsentGate>(absl::FailedPreconditionError("not among the actuators"));
  }
  absl::StatusOr<std::unique_ptr<actuate::NftGate>> gate = actuate::OpenNftGate();
  absl::Status usable = gate.status();
  if (usable.ok()) usable = CheckMayAdminister();
  if (usable.ok()) usable = (*gate)->Usable();
  if (usable.ok()) return *std::move(gate);
  log.Warning("gates",
              {{"text", "no gate on this node, the next rungs have to do"}, {"error", std::string(usable.message())}});
  return std::make_unique<actuate::AbsentGate>(usable);
}

std::unique_ptr<actuate::GateWatch> WatchGate(actuate::Gate& gate, const arbiter::process::Log& log) {
  if (!gate.Usable().ok()) return nullptr;
  auto watch = actuate::GateWatch::Open([&gate] { return gate.Usable(); });
  if (watch.ok()) return *std::move(watch);
  log.Error("gates", {{"text", "gates are not watched"}, {"error", std::string(watch.status().message())}});
  return nullptr;
}

absl::StatusOr<std::vector<session::Arbiter>> ArbitersOf(const Settings& settings,
                                                         const arbiter::client::Certificates& certificates,
                                                         const arbiter::process::Log& log) {
  const auto credentials = arbiter::client::MakeCredentials(arbiter::client::KeptOf(certificates));
  if (!credentials.ok()) return arbiter::process::ConfigurationError(credentials.status());
  const bool by_user = settings.tls.empty() && !settings.insecure && !settings.arbiters.empty();
  const arbiter::client::Uids trusted = by_user ? arbiter::client::TrustedUids(kArbiterUser) : arbiter::client::Uids();
  std::vector<session::Arbiter> arbiters;
  for (const arbiter::Endpoint& endpoint : settings.arbiters) {
    if (by_user) {
      arbiters.push_back(
          {endpoint.ToString(), [endpoint, trusted] { return arbiter::client::MakeLocalChannel(endpoint, trusted); }});
      continue;
    }
    if (settings.tls.empty()) {
      log.Warning("plaintext", {{"at", endpoint.ToString()},
                                {"text", absl::StrCat("INSECURE: no TLS, and whoever ",
                                                      endpoint.IsLoopback() ? "listens there" : "is in between",
                                                      " may take VIPs from this node")}});
    }
    arbiters.push_back({endpoint.ToString(), [endpoint, credentials = *credentials] {
                          return arbiter::client::MakeChannel(endpoint, credentials);
                        }});
  }
  return arbiters;
}

arbiter::v1::Hello HelloOf(const Settings& settings) {
  arbiter::v1::Hello hello;
  hello.set_node(settings.node);
  hello.set_cluster(settings.cluster);
  hello.set_probe_version(ARBITER_VERSION);
  hello.set_instance(RandomName());
  hello.set_boot_id(BootId());
  hello.set_protocol(Uplink::kProtocol);
  return hello;
}

arbiter::process::HttpAnswers AnswersOf(const Metrics& metrics, const Health& health) {
  arbiter::process::HttpAnswers answers;
  answers.metrics = [&metrics] { return metrics.Render(); };
  answers.alive = [&health] { return health.Alive(std::chrono::steady_clock::now()); };
  answers.ready = [&health] { return health.Ready(std::chrono::steady_clock::now()); };
  return answers;
}

// What has to be so before anything is opened. Files that this node's VRRP daemon tracks lie in the runtime directory.
// Kept are taps, questions and announcements (CAP_NET_RAW), gates and addresses (CAP_NET_ADMIN). The user stays: as
// root the VRRP daemon's files can be read and the daemon, which is root's too, can be stopped, by ownership alone. A
// file of another user that has no read bit for others stays closed. The site's commands (hooks, stop_command) run with
// the same two: one that needs more asks systemd for it (`systemctl start UNIT`); sudo and the like do not work below
// this process.
absl::Status Prepare(const Settings& settings) {
  if (absl::Status status = CheckExposure(settings); !status.ok()) return arbiter::process::ConfigurationError(status);
  if (absl::Status status = CheckMayCapture(); !status.ok()) return status;
  if (absl::Status status = MakeRuntimeDirectory(settings.runtime_dir); !status.ok()) return status;
  return arbiter::process::KeepCapabilities({CAP_NET_RAW, CAP_NET_ADMIN});
}

keepalived::DaemonPlace PlaceOf(const Settings& settings) {
  keepalived::DaemonPlace place;
  place.pid_file = settings.keepalived_pidfile;
  return place;
}

absl::Status Run(const Settings& settings) {
  const Instant now = std::chrono::steady_clock::now();
  if (absl::Status status = Prepare(settings); !status.ok()) return status;
  const auto lock = InstanceLock::Take(settings.runtime_dir);
  if (!lock.ok()) return lock.status();
  auto signals = arbiter::process::Signals::Open();
  if (!signals.ok()) return signals.status();

  const arbiter::process::Log log(settings.log_level);
  const arbiter::client::GrpcErrors grpc_errors(arbiter::client::OfCaller([&log](absl::string_view text) {
    log.Warning("grpc", {{"text", std::string(text)}});
  }));
  auto loop = EventLoop::Open();
  if (!loop.ok()) return loop.status();
  auto control = ControlSocket::Listen(settings.runtime_dir);
  if (!control.ok()) return control.status();

  auto addresses = netlink::AddressWatch::Open(now);
  if (!addresses.ok()) return addresses.status();
  auto kernel = netlink::KernelReader::Open();
  if (!kernel.ok()) return kernel.status();
  auto daemon = keepalived::DaemonWatch::Open(PlaceOf(settings));
  if (!daemon.ok()) return daemon.status();
  const std::unique_ptr<actuate::Gate> gate = OpenGate(settings, log);
  const std::unique_ptr<actuate::GateWatch> gate_watch = WatchGate(*gate, log);
  auto announcer = actuate::Announcer::Open();
  if (!announcer.ok()) return announcer.status();
  auto asker = actuate::PacketSocket::Open();
  if (!asker.ok()) return asker.status();

  NodeState node(settings, **addresses, **daemon, *gate);
  HoldFile store(settings.runtime_dir, BootId());

  const auto certificates = arbiter::client::KeepCertificates(settings.tls, log);
  if (!certificates.ok()) return certificates.status();
  auto arbiters = ArbitersOf(settings, *certificates, log);
  if (!arbiters.ok()) return arbiters.status();
  session::Session session(*std::move(arbiters), std::random_device()(), now);
  Metrics metrics({settings.cluster, settings.node, ARBITER_VERSION});
  Health health(now);
  const auto http = arbiter::process::OpenHttpEndpoint(settings.metrics_listen, AnswersOf(metrics, health));
  if (!http.ok()) return http.status();

  log.Info("started", {{"version", ARBITER_VERSION},
                       {"node", settings.node},
                       {"cluster", settings.cluster},
                       {"text", settings.dry_run ? "dry run: reports and never acts" : ""}});
  if (settings.arbiters.empty()) log.Warning("arbiter", {{"text", kNoArbiter}});
  Probe probe({settings, log, **loop, *signals, *control, **addresses, *kernel, **daemon, gate_watch.get(), *announcer,
               *asker, node, store, session, metrics, health, HelloOf(settings)});
  if (absl::Status status = probe.Start(); !status.ok()) return status;
  return probe.Run();
}

// What a start would refuse without a look at this host's interfaces and privileges.
absl::Status CheckConfig(const Settings& settings) {
  if (absl::Status status = CheckExposure(settings); !status.ok()) return arbiter::process::ConfigurationError(status);
  const auto credentials = arbiter::client::MakeCredentials(settings.tls);
  if (!credentials.ok()) return arbiter::process::ConfigurationError(credentials.status());
  std::cout << "configuration is fine\n";
  if (settings.arbiters.empty()) std::cerr << "arbiter-probe: " << kNoArbiter << "\n";
  return absl::OkStatus();
}

absl::Status PrintHolds(const HoldsCommand& command, const CommandLine& line) {
  std::string warning;
  const absl::StatusOr<HoldsPlaces> places = ReadHoldsPlaces(line, &warning);
  if (!places.ok()) return places.status();
  if (!warning.empty()) std::cerr << "arbiter-probe: " << warning << "\n";
  const HoldsAnswer answer = RunHolds(command, *places);
  std::cout << answer.text << std::flush;
  return answer.status;
}

int ExitCode(const absl::Status& status) { return status.ok() ? 0 : Fail(status); }

int Main(int argc, const char* const* argv) {
  const auto line = ReadCommandLine(argc, argv, ARBITER_VERSION);
  if (const auto* exit = std::get_if<Exit>(&line)) return exit->code;
  const auto& command_line = std::get<CommandLine>(line);
  if (command_line.check_config) {
    const absl::StatusOr<Settings> settings = ReadSettings(command_line);
    return ExitCode(settings.ok() ? CheckConfig(*settings) : settings.status());
  }
  if (const auto* sniff = std::get_if<SniffOptions>(&command_line.subcommand)) {
    return RunSniff(*sniff, std::cout, std::cerr);
  }
  if (const auto* holds = std::get_if<HoldsCommand>(&command_line.subcommand)) {
    return ExitCode(PrintHolds(*holds, command_line));
  }
  if (const auto* drops = std::get_if<WhatDropsOptions>(&command_line.subcommand)) {
    return ExitCode(RunWhatDrops(*drops, std::cout));
  }
  const absl::StatusOr<Settings> settings = ReadSettings(command_line);
  if (!settings.ok()) return Fail(settings.status());
  if (const auto* doctor = std::get_if<DoctorOptions>(&command_line.subcommand)) {
    return RunDoctor(*doctor, *settings, ARBITER_VERSION, std::cout);
  }
  if (std::holds_alternative<SnippetCommand>(command_line.subcommand)) {
    return ExitCode(arbiter::process::ConfigurationError(RunSnippet(*settings, std::cout, std::cerr)));
  }
  arbiter::process::RaiseDescriptorLimit();
  return ExitCode(Run(*settings));
}

}  // namespace
}  // namespace probe::daemon

int main(int argc, char** argv) { return probe::daemon::Main(argc, argv); }
