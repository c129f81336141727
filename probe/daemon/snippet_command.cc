#include "probe/daemon/snippet_command.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/snippet.h"

namespace probe::daemon {

absl::Status RunSnippet(const Settings& settings, std::ostream& out, std::ostream& err) {
  using Kind = keepalived::Diagnostic::Kind;
  const std::string path =
      settings.keepalived_conf.empty() ? "/etc/keepalived/keepalived.conf" : settings.keepalived_conf;
  const auto config = keepalived::ReadConfig(path, {});
  if (!config.ok()) return config.status();
  for (const keepalived::Diagnostic& diagnostic : config->diagnostics) {
    if (diagnostic.kind != Kind::kStructure && diagnostic.kind != Kind::kFile) continue;
    err << "arbiter-probe: " << diagnostic.ToString() << "\n";
  }
  if (config->instances.empty()) {
    return absl::NotFoundError(absl::StrCat(path, ": no vrrp_instance is configured there: nothing to track"));
  }
  out << keepalived::Snippet(*config, settings.runtime_dir) << std::flush;
  return absl::OkStatus();
}

}  // namespace probe::daemon
