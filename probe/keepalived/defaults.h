// What keepalived makes of a configuration once all of it is read: defaults that depend on other settings, settings
// that cancel each other, groups that lose members. The rules are those of keepalived 2.2.
#ifndef PROBE_KEEPALIVED_DEFAULTS_H_
#define PROBE_KEEPALIVED_DEFAULTS_H_

#include <functional>
#include <optional>
#include <string>

#include "probe/keepalived/config.h"
#include "probe/keepalived/diagnostic_log.h"

namespace probe::keepalived {

// The MTU of an interface, which limits how many addresses an advertisement holds; nothing when it is not known.
using MtuOf = std::function<std::optional<int>(const std::string&)>;

// Fills in `config` in place. An MTU that is not known, and each when `mtu_of` is empty, is taken to be 1500; it is
// asked for only where there are many addresses. What the daemon would
// change or refuse is a diagnostic at the line that is in the way.
void CompleteDefaults(const MtuOf& mtu_of, Config* config, DiagnosticLog* log);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DEFAULTS_H_
