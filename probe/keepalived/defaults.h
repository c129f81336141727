// What keepalived makes of a configuration once all of it is read: defaults that depend on other settings, settings
// that cancel each other, groups that lose members. The rules are those of keepalived 2.2.
#ifndef PROBE_KEEPALIVED_DEFAULTS_H_
#define PROBE_KEEPALIVED_DEFAULTS_H_

#include "probe/keepalived/config.h"
#include "probe/keepalived/diagnostic_log.h"

namespace probe::keepalived {

// Fills in `config` in place. What the daemon would change or refuse is a diagnostic at the line that is in the way.
void CompleteDefaults(Config* config, DiagnosticLog* log);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DEFAULTS_H_
