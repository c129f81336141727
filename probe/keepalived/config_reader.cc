#include "probe/keepalived/config_reader.h"

#include <sys/utsname.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/block_tree.h"
#include "probe/keepalived/defaults.h"
#include "probe/keepalived/diagnostic_log.h"
#include "probe/keepalived/group_reader.h"
#include "probe/keepalived/ignored_keywords.h"
#include "probe/keepalived/instance_reader.h"
#include "probe/keepalived/keyword_table.h"
#include "probe/keepalived/track_reader.h"
#include "probe/keepalived/values.h"

namespace probe::keepalived {
namespace {

void State(const Block& block, const ReadContext& context, Setting<std::string>* setting) {
  if (std::optional<std::string> word = ReadWord(block, 1, context); word.has_value()) {
    setting->State(*std::move(word), block.at);
  }
}

void ReadVrrpVersion(const Block& block, const ReadContext& context, Globals* globals) {
  if (const auto version = ReadInteger(block, 1, {2, 3}, context); version.has_value()) {
    globals->vrrp_version.State(static_cast<int>(*version), block.at);
  }
}

void ReadRouterId(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->router_id);
}

void ReadDefaultInterface(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->default_interface);
}

void ReadScriptUser(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->script_user);
  globals->script_group = std::string(block.Word(2));
}

void ReadNotifyFifo(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->notify_fifo);
}

void ReadNamespace(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->net_namespace);
}

void ReadVrrpProcessName(const Block& block, const ReadContext& context, Globals* globals) {
  State(block, context, &globals->vrrp_process_name);
}

void ReadScriptSecurity(const Block& block, const ReadContext& /*context*/, Globals* globals) {
  globals->script_security.State(true, block.at);
}

// Up to 2.3 the daemon does not look at what stands behind it.
void ReadGlobalStrict(const Block& block, const ReadContext& context, Globals* globals) {
  globals->strict.State(true, block.at);
  if (const std::optional<bool> strict = ReadSwitch(block, context); strict.has_value() && !*strict) {
    context.log->Add(Diagnostic::Kind::kBadValue, block.at,
                     absl::StrCat("'vrrp_strict ", block.Word(1),
                                  "' turns strict mode on: only from 2.4 on does the daemon read the word behind it"));
  }
}

void ReadDynamicInterfaces(const Block& /*block*/, const ReadContext& /*context*/, Globals* globals) {
  globals->dynamic_interfaces = true;
}

constexpr Keyword<Globals> kGlobalKeywords[] = {
    {"vrrp_version", &ReadVrrpVersion},
    {"router_id", &ReadRouterId},
    {"default_interface", &ReadDefaultInterface},
    {"script_user", &ReadScriptUser},
    {"enable_script_security", &ReadScriptSecurity},
    {"vrrp_strict", &ReadGlobalStrict},
    {"vrrp_notify_fifo", &ReadNotifyFifo},
    {"net_namespace", &ReadNamespace},
    {"vrrp_process_name", &ReadVrrpProcessName},
    {"dynamic_interfaces", &ReadDynamicInterfaces},
};

void ReadGlobals(const Block& block, const ReadContext& context, Config* config) {
  ReadStatements<Globals>(block, kGlobalKeywords, IgnoredInGlobals(), context, &config->globals);
}

void ReadTopNamespace(const Block& block, const ReadContext& context, Config* config) {
  ReadNamespace(block, context, &config->globals);
}

constexpr Keyword<Config> kTopKeywords[] = {
    {"global_defs", &ReadGlobals},        {"vrrp_instance", &ReadInstance}, {"vrrp_sync_group", &ReadGroup},
    {"vrrp_script", &ReadScript},         {"track_file", &ReadTrackFile},   {"vrrp_track_file", &ReadTrackFile},
    {"net_namespace", &ReadTopNamespace},
};

std::string HostId() {
  utsname name{};
  if (uname(&name) != 0) {
    return {};
  }
  const std::string node = name.nodename;
  return node.substr(0, node.find('.'));
}

// As the host has it now; nothing when there is no such interface.
std::optional<int> HostMtu(const std::string& interface) {
  int mtu = 0;
  std::ifstream file(absl::StrCat("/sys/class/net/", interface, "/mtu"));
  return file >> mtu ? std::optional<int>(mtu) : std::nullopt;
}

}  // namespace

absl::StatusOr<Config> ReadConfig(const std::string& path, const ReadOptions& options) {
  FileSource source;
  ReadOptions complete = options;
  if (complete.config_id.empty()) {
    complete.config_id = HostId();
  }
  if (complete.mtu_of == nullptr) {
    complete.mtu_of = &HostMtu;
  }
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) {
    return absl::InternalError(absl::StrCat("find ", path, ": ", error.message()));
  }
  return ReadConfigFrom(&source, absolute.lexically_normal().string(), complete);
}

absl::StatusOr<Config> ReadConfigFrom(TextSource* source, const std::string& path, const ReadOptions& options) {
  DiagnosticLog log;
  StatementReader reader(source, options.config_id, options.limits, &log);
  const absl::Status status = reader.Read(path);
  Block root;  // a block that holds the whole file, so that the top level is read like any other
  root.words = {"the top level"};
  root.children = BuildBlocks(std::move(reader.statements()), &log);
  Config config;
  if (status.ok()) {
    DefinedNames names;
    ReadStatements<Config>(root, kTopKeywords, IgnoredAtTopLevel(), {&names, &log}, &config);
    CompleteDefaults(options.mtu_of, &config, &log);
  }
  WipeBlocks(&root.children);
  if (!status.ok()) {
    return status;
  }
  config.files = reader.files();
  config.directories = reader.directories();
  log.MoveTo(&config);
  return config;
}

}  // namespace probe::keepalived
