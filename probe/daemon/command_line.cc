#include "probe/daemon/command_line.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <vector>

#include "absl/strings/str_split.h"
#include "arbiter/process/exit_code.h"
#include "arbiter/process/journal.h"
#include "probe/daemon/settings.h"
#include "proto/value/duration.h"

namespace probe::daemon {
namespace {

using arbiter::config::v1::ProbeConfig;

constexpr std::chrono::minutes kLongestListening(10);
constexpr char kDefaultConfigPath[] = "/etc/arbiter/probe.yaml";

constexpr char kFooter[] =
    R"(Every flag of run but --insecure and --check-config has an environment variable: --node is ARBITER_PROBE_NODE. Flags
win over the environment, over the file, over the defaults. Durations are written 250ms, 3s, 1m. SIGHUP reads
keepalived's configuration anew; a change of the probe's own needs a restart.

Examples:
  arbiter-probe --arbiter 192.0.2.10:7430,192.0.2.11:7430 --cluster prod \
      --tls-cert a.crt --tls-key a.key --tls-ca ca.crt
  arbiter-probe --dry-run              reports to the arbiter, never acts
  arbiter-probe --check-config         says whether the configuration is fine, and starts nothing
  arbiter-probe sniff -i eth0          prints adverts as they pass
  arbiter-probe sniff --read x.pcap -o json
  arbiter-probe snippet                prints the lines that give keepalived its track files
  arbiter-probe doctor                 examines this node, no arbiter needed
  arbiter-probe doctor -o json --listen 10s
  arbiter-probe holds                  shows what this node must not answer for
  arbiter-probe holds --release-all    the emergency exit: opens everything, no arbiter needed

Exit codes: 0 done, 1 failed at run time, 64 wrong usage, 77 not permitted, 78 wrong configuration. doctor, by its worst
finding: 0 all is well, 2 a warning, 3 a fault, 4 nothing worse than a check that could not look.)";

using Set = std::function<void(const std::string&)>;

struct Flag {
  const char* name;
  const char* type;
  const char* environment;
  const char* help;
  Set set;
};

void Add(CLI::App* app, Flag flag) {
  app->add_option_function<std::string>(flag.name, std::move(flag.set), flag.help)
      ->envname(flag.environment)
      ->type_name(flag.type)
      ->take_last();
}

std::vector<std::string> Listed(const std::string& text) { return absl::StrSplit(text, ',', absl::SkipWhitespace()); }

void AddDaemonFlags(CLI::App* app, CommandLine* line) {
  ProbeConfig* flags = &line->flags;
  Add(app,
      {"--config", "FILE", "ARBITER_PROBE_CONFIG",
       "Configuration file (default /etc/arbiter/probe.yaml, which may be missing)", [line](const std::string& path) {
         line->config_path = path;
         line->config_given = true;
       }});
  Add(app, {"--arbiter", "HOST:PORT[,...]", "ARBITER_PROBE_ARBITER",
            "Where the arbiters are, tried in turn, the first preferred (default: nowhere, and the probe idles)",
            [flags](const std::string& text) {
              for (const std::string& address : Listed(text)) flags->add_arbiter(address);
            }});
  Add(app, {"--cluster", "NAME", "ARBITER_PROBE_CLUSTER", "Nodes among which a VIP must be unique (default default)",
            [flags](const std::string& text) { flags->set_cluster(text); }});
  Add(app, {"--node", "NAME", "ARBITER_PROBE_NODE", "Name of this node (default: the host name)",
            [flags](const std::string& text) { flags->set_node(text); }});
  app->add_option_function<std::vector<std::string>>(
         "--interface",
         [flags](const std::vector<std::string>& names) {
           for (const std::string& name : names) flags->add_interface(name);
         },
         "Where VRRP is spoken; repeatable (default: every Ethernet-like interface that is up)")
      ->envname("ARBITER_PROBE_INTERFACE")
      ->type_name("IF")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  Add(app, {"--keepalived-conf", "FILE", "ARBITER_PROBE_KEEPALIVED_CONF",
            "keepalived's configuration (default: what it was started with, else /etc/keepalived/keepalived.conf)",
            [flags](const std::string& text) { flags->set_keepalived_conf(text); }});
  Add(app, {"--keepalived-pidfile", "FILE", "ARBITER_PROBE_KEEPALIVED_PIDFILE",
            "keepalived's pid file (default /run/keepalived.pid)",
            [flags](const std::string& text) { flags->set_keepalived_pidfile(text); }});
  Add(app, {"--runtime-dir", "DIR", "ARBITER_PROBE_RUNTIME_DIR",
            "Where the track files and the holds are (default /run/arbiter-probe)",
            [flags](const std::string& text) { flags->set_runtime_dir(text); }});
  Add(app, {"--actuators", "LIST", "ARBITER_PROBE_ACTUATORS",
            "Ways to give a VIP up: gate,track_file,remove_address (default), stop_daemon, exec",
            [flags](const std::string& text) {
              const std::vector<std::string> names = Listed(text);
              if (names.empty()) throw CLI::ValidationError("--actuators", kNoActuators);
              for (const std::string& name : names) flags->add_actuators(name);
            }});
  Add(app, {"--ask-who-answers", "on|off", "ARBITER_PROBE_ASK_WHO_ANSWERS",
            "Ask on the segment, once a second, whether anybody else answers for the VIPs held here (default on)",
            [flags](const std::string& text) {
              if (text != "on" && text != "off") throw CLI::ValidationError("--ask-who-answers", "write on or off");
              flags->set_ask_who_answers(text);
            }});
  Add(app, {"--log-level", "LEVEL", "ARBITER_PROBE_LOG_LEVEL", "debug, info (default), warning or error",
            [flags](const std::string& text) { flags->set_log_level(text); }});
  Add(app, {"--metrics-listen", "HOST:PORT", "ARBITER_PROBE_METRICS_LISTEN",
            "Where /metrics, /healthz and /readyz are (default: nowhere)",
            [flags](const std::string& text) { flags->set_metrics_listen(text); }});
  app->add_flag_callback(
         "--dry-run", [flags] { flags->set_dry_run(true); }, "Report, and never act")
      ->envname("ARBITER_PROBE_DRY_RUN");
  app->add_flag("--check-config", line->check_config, "Check flags, configuration and TLS files, then exit");
}

void AddTlsFlags(CLI::App* app, ProbeConfig* flags) {
  Add(app, {"--tls-cert", "FILE", "ARBITER_PROBE_TLS_CERT", "Certificate of this node, PEM",
            [flags](const std::string& path) { flags->mutable_tls()->set_cert(path); }});
  Add(app, {"--tls-key", "FILE", "ARBITER_PROBE_TLS_KEY", "Its key, PEM",
            [flags](const std::string& path) { flags->mutable_tls()->set_key(path); }});
  Add(app, {"--tls-ca", "FILE", "ARBITER_PROBE_TLS_CA", "Authority whose certificate the arbiter must have, PEM",
            [flags](const std::string& path) { flags->mutable_tls()->set_ca(path); }});
  app->add_flag_callback(
      "--insecure", [flags] { flags->set_insecure(true); },
      "Speak to any arbiter without TLS, beyond loopback too: whoever is it, or in between, may take VIPs from this "
      "node");
}

void AddDoctor(CLI::App* app, CommandLine* line) {
  CLI::App* doctor = app->add_subcommand(
      "doctor", "Examine this node: configuration, daemon, addresses, packet filter, segment, check scripts");
  doctor->fallthrough()->preparse_callback([line](std::size_t) { line->subcommand = DoctorOptions(); });
  const auto options = [line]() -> DoctorOptions& { return std::get<DoctorOptions>(line->subcommand); };
  doctor
      ->add_option_function<std::string>(
          "-o,--output", [options](const std::string& form) { options().json = form == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORM");
  doctor
      ->add_option_function<std::string>(
          "--listen",
          [options](const std::string& text) {
            const auto duration = arbiter::ParseDuration(text);
            if (!duration.ok()) throw CLI::ValidationError("--listen", std::string(duration.status().message()));
            if (*duration > kLongestListening) throw CLI::ValidationError("--listen", "at most 10m");
            options().listen = *duration;
          },
          "How long to listen on the segments (default 3s)")
      ->type_name("DURATION");
}

// Of the probe itself, so no help lists it.
void AddWhatDrops(CLI::App* app, CommandLine* line) {
  CLI::App* drops = app->add_subcommand("what-drops", "What of the packet filter drops adverts on that way")->group("");
  drops->preparse_callback([line](std::size_t) { line->subcommand = WhatDropsOptions(); });
  drops->add_option_function<std::vector<std::string>>("ways", [line](const std::vector<std::string>& ways) {
    std::get<WhatDropsOptions>(line->subcommand).ways = ways;
  });
}

void AddSubcommands(CLI::App* app, CommandLine* line) {
  app->require_subcommand(0, 1);
  app->add_subcommand("run", "Watch this node and do what the arbiter says (the default)")->fallthrough();

  CLI::App* sniff = app->add_subcommand("sniff", "Print adverts as they pass or out of a capture file, one a line");
  sniff->preparse_callback([line](std::size_t) { line->subcommand = SniffOptions(); });
  const auto options = [line]() -> SniffOptions& { return std::get<SniffOptions>(line->subcommand); };
  sniff
      ->add_option_function<std::vector<std::string>>(
          "-i,--interface", [options](const std::vector<std::string>& names) { options().interfaces = names; },
          "Where to listen; repeatable (default: every Ethernet-like interface that is up)")
      ->type_name("IF")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sniff
      ->add_option_function<std::string>(
          "--read", [options](const std::string& path) { options().read = path; },
          "A capture file instead; - is the standard input")
      ->type_name("FILE");
  sniff
      ->add_option_function<std::string>(
          "-o,--output", [options](const std::string& form) { options().json = form == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORM");

  AddDoctor(app, line);
  AddWhatDrops(app, line);

  CLI::App* snippet =
      app->add_subcommand("snippet", "Print the lines that give keepalived its track files, for this node");
  snippet->fallthrough()->preparse_callback([line](std::size_t) { line->subcommand = SnippetCommand(); });

  CLI::App* holds = app->add_subcommand("holds", "Show what this node must not answer for, and end it by hand");
  holds->fallthrough()->preparse_callback([line](std::size_t) { line->subcommand = HoldsCommand(); });
  const auto held = [line]() -> HoldsCommand& { return std::get<HoldsCommand>(line->subcommand); };
  CLI::Option* one = holds
                         ->add_option_function<std::string>(
                             "--release", [held](const std::string& name) { held().release = name; },
                             "End the hold of a VIP, or of all VIPs of a VRRP instance")
                         ->type_name("NAME");
  CLI::Option* all =
      holds
          ->add_flag_callback(
              "--release-all", [held] { held().release_all = true; }, "End all holds and open every gate")
          ->excludes(one);
  holds
      ->add_flag_callback(
          "--forget-term", [held] { held().forget_term = true; },
          "Forget the newest term: it was none of an arbiter of yours, and the true one is refused for it")
      ->excludes(one)
      ->excludes(all);
}

// CLI11 may say more than one line; the first says it all.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::variant<CommandLine, Exit> ReadCommandLine(int argc, const char* const* argv, const std::string& version) {
  CommandLine line;
  line.config_path = kDefaultConfigPath;
  CLI::App app(
      "Watches which virtual IP addresses this node holds, tells an arbiter, and gives one up when it says so.",
      "arbiter-probe");
  app.set_version_flag("--version", "arbiter-probe " + version);
  app.footer(kFooter);
  AddDaemonFlags(&app, &line);
  AddTlsFlags(&app, &line.flags);
  AddSubcommands(&app, &line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return Exit{app.exit(success)};
  } catch (const CLI::ParseError& error) {
    std::cerr << arbiter::process::ErrorPrefix() << "arbiter-probe: " << FirstLine(error.what())
              << " (see arbiter-probe --help)\n";
    return Exit{arbiter::process::kExitUsage};
  }
  return line;
}

}  // namespace probe::daemon
