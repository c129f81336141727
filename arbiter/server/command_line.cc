#include "arbiter/server/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "arbiter/process/exit_code.h"
#include "arbiter/process/journal.h"

namespace arbiter::server {
namespace {

constexpr char kDefaultConfigPath[] = "/etc/arbiter/arbiter.yaml";

constexpr char kFooter[] =
    R"(Every flag but --insecure and --check-config has an environment variable: --listen is ARBITER_LISTEN. Flags win over
the environment, over the file, over the defaults. SIGHUP reads log level, operators, viewers and nodes anew, and ends
the event streams of those who may no longer look; certificates are read anew when their files change.

Examples:
  arbiter --state-dir /var/lib/arbiter
      on a witness host whose probes come through loopback only (ssh, a test)
  arbiter --listen 192.0.2.10:7430 --tls-cert w1.crt --tls-key w1.key --tls-ca ca.crt
      for probes on other hosts
  arbiter --config /etc/arbiter/arbiter.yaml --check-config
      says whether a start would work, and starts nothing

Exit codes: 0 stopped, 1 failed at run time, 64 wrong usage, 77 not permitted, 78 wrong configuration.)";

void AddFlags(CLI::App* app, CommandLine* line) {
  config::v1::ArbiterConfig* flags = &line->flags;
  const auto add = [app](const std::string& name, const std::string& environment, const std::string& help,
                         std::function<void(const std::string&)> set) {
    return app->add_option_function<std::string>(name, std::move(set), help)->envname(environment);
  };
  add("--config", "ARBITER_CONFIG", "Configuration file (default /etc/arbiter/arbiter.yaml, which may be missing)",
      [line](const std::string& path) {
        line->config_path = path;
        line->config_given = true;
      })
      ->type_name("FILE");
  add("--id", "ARBITER_ID", "Name of this arbiter (default: the host name)", [flags](const std::string& text) {
    flags->set_id(text);
  })->type_name("NAME");
  add("--listen", "ARBITER_LISTEN", "Where probes and arbctl connect to (default 127.0.0.1:7430)",
      [flags](const std::string& text) { flags->set_listen(text); })
      ->type_name("HOST:PORT");
  add("--metrics-listen", "ARBITER_METRICS_LISTEN",
      "Where /metrics, /healthz and /readyz are (default 127.0.0.1:7431; empty: nowhere)",
      [flags](const std::string& text) { flags->set_metrics_listen(text); })
      ->type_name("HOST:PORT")
      ->expected(0, 1);
  add("--state-dir", "ARBITER_STATE_DIR", "Where incidents, holds and the term are kept (default /var/lib/arbiter)",
      [flags](const std::string& text) { flags->set_state_dir(text); })
      ->type_name("DIR");
  add("--confirm-after", "ARBITER_CONFIRM_AFTER", "A contest that lasts this long is a split (default 250ms)",
      [flags](const std::string& text) { flags->set_confirm_after(text); })
      ->type_name("DURATION");
  add("--mode", "ARBITER_MODE", "enforce (default), or observe: see everything, do nothing",
      [flags](const std::string& text) { flags->set_mode(text); })
      ->type_name("MODE");
  add("--log-level", "ARBITER_LOG_LEVEL", "debug, info (default), warning or error", [flags](const std::string& text) {
    flags->set_log_level(text);
  })->type_name("LEVEL");
}

void AddTlsFlags(CLI::App* app, CommandLine* line) {
  config::v1::ArbiterConfig* flags = &line->flags;
  app->add_option_function<std::string>(
         "--tls-cert", [flags](const std::string& path) { flags->mutable_tls()->set_cert(path); },
         "Certificate of this arbiter, PEM")
      ->envname("ARBITER_TLS_CERT")
      ->type_name("FILE");
  app->add_option_function<std::string>(
         "--tls-key", [flags](const std::string& path) { flags->mutable_tls()->set_key(path); }, "Its key, PEM")
      ->envname("ARBITER_TLS_KEY")
      ->type_name("FILE");
  app->add_option_function<std::string>(
         "--tls-ca", [flags](const std::string& path) { flags->mutable_tls()->set_ca(path); },
         "Authority whose certificates probes and operators must have, PEM")
      ->envname("ARBITER_TLS_CA")
      ->type_name("FILE");
  app->add_flag_callback(
      "--insecure", [flags] { flags->set_insecure(true); },
      "Take anybody without TLS, beyond loopback too: whoever reaches the port may demote nodes");
  app->add_flag("--check-config", line->check_config, "Check flags and configuration, then exit");
}

// CLI11 may say more than one line; the first says it all.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::variant<CommandLine, Exit> ReadCommandLine(int argc, const char* const* argv, const std::string& version) {
  CommandLine line;
  line.config_path = kDefaultConfigPath;
  CLI::App app("Watches the virtual IP addresses of VRRP clusters for a split brain, and heals it.", "arbiter");
  app.set_version_flag("--version", "arbiter " + version);
  app.footer(kFooter);
  AddFlags(&app, &line);
  AddTlsFlags(&app, &line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return Exit{app.exit(success)};
  } catch (const CLI::ParseError& error) {
    std::cerr << process::ErrorPrefix() << "arbiter: " << FirstLine(error.what()) << " (see arbiter --help)\n";
    return Exit{process::kExitUsage};
  }
  return line;
}

}  // namespace arbiter::server
