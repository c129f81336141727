// Instances that share a virtual router where the daemon lets none.
#ifndef PROBE_KEEPALIVED_SHARED_VRIDS_H_
#define PROBE_KEEPALIVED_SHARED_VRIDS_H_

#include "probe/keepalived/config.h"
#include "probe/keepalived/diagnostic_log.h"

namespace probe::keepalived {

// A diagnostic for each instance that has the VRID of one above it, on the same interface and of the same family, in
// the same multicast group or, as unicast, from the same source to the same peer. The daemon will not run with it.
void ReportSharedVrids(const Config& config, DiagnosticLog* log);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SHARED_VRIDS_H_
