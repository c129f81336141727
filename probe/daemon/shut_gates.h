// What the kernel says about the gates, for the commands that claim something about them without a probe.
#ifndef PROBE_DAEMON_SHUT_GATES_H_
#define PROBE_DAEMON_SHUT_GATES_H_

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/gate.h"
#include "probe/actuate/gate_watch.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// The gate of this host, or one that is never shut where the kernel can have none.
absl::StatusOr<std::unique_ptr<actuate::Gate>> OpenHostGate();

// The gates that are shut now; none where the kernel can have none.
absl::StatusOr<std::vector<actuate::GateStanding>> ShutGates(actuate::Gate& gate);

// Says of those that are shut for none of `known` where they are and that `runtime_dir` knows nothing of them. OK when
// there are none.
absl::Status CheckAllKnown(const std::vector<actuate::GateStanding>& shut, const std::set<arbiter::IpAddress>& known,
                           const std::string& runtime_dir);

// Opens every gate and waits whether somebody shuts one again, as a probe that holds them does at once: Aborted then.
// Does not wait where nothing was shut.
absl::Status OpenAllForGood(actuate::Gate& gate, const std::string& runtime_dir);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SHUT_GATES_H_
