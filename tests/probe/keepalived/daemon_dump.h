// What a real keepalived says it read: its dump of its data, made by `keepalived --dump-conf` in a namespace.
#ifndef TESTS_PROBE_KEEPALIVED_DAEMON_DUMP_H_
#define TESTS_PROBE_KEEPALIVED_DAEMON_DUMP_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/keepalived/config.h"

namespace probe::keepalived {

// One instance in the words of either side, so that two of them can be compared and printed: "priority" -> "100". Lists
// are joined by commas.
using Facts = std::map<std::string, std::string>;

// By instance name.
using Dump = std::map<std::string, Facts>;

// Reads the log of a keepalived that dumps to the console. InvalidArgument with the log when there is no whole dump in
// it.
absl::StatusOr<Dump> ParseDump(absl::string_view log);

// The same facts out of what we read.
Dump DumpOf(const Config& config);

// Runs keepalived in the namespace until it has dumped, with pid files that nobody else sees, and returns its log. The
// node's id for conditions is "west".
absl::StatusOr<std::string> RunForItsDump(const std::string& netns, const std::string& config_path);

}  // namespace probe::keepalived

#endif  // TESTS_PROBE_KEEPALIVED_DAEMON_DUMP_H_
