// Reads a node's keepalived configuration (keepalived 2.2, man keepalived.conf(5)): includes, conditions, definitions,
// sequences, and the blocks that have to do with VRRP. What is not known is skipped and counted.
#ifndef PROBE_KEEPALIVED_CONFIG_READER_H_
#define PROBE_KEEPALIVED_CONFIG_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "probe/keepalived/config.h"
#include "probe/keepalived/defaults.h"
#include "probe/keepalived/statement_reader.h"
#include "probe/keepalived/text_source.h"

namespace probe::keepalived {

struct ReadOptions {
  // What lines that begin with @ are compared with. Empty: the host's name up to its first dot, keepalived's default; a
  // daemon that was started with -i has another one (DaemonArguments).
  std::string config_id;
  ReadLimits limits;
  MtuOf mtu_of = nullptr;  // empty: the host's own interfaces are asked, by ReadConfig
};

// Reads the file at `path` and all it includes. Fails when that file cannot be read or a limit is passed; whatever else
// is wrong with the text is in `Config::diagnostics`, and the rest is read.
absl::StatusOr<Config> ReadConfig(const std::string& path, const ReadOptions& options);

// The same from any source of text; touches nothing else but `mtu_of`. An empty `config_id` matches no condition here.
absl::StatusOr<Config> ReadConfigFrom(TextSource* source, const std::string& path, const ReadOptions& options);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_CONFIG_READER_H_
