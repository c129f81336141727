// The daemon's configuration by itself. Pure.
#ifndef PROBE_DOCTOR_CHECK_CONFIGURATION_H_
#define PROBE_DOCTOR_CHECK_CONFIGURATION_H_

#include <string>

#include "absl/status/statusor.h"
#include "probe/doctor/finding.h"
#include "probe/keepalived/config.h"

namespace probe::doctor {

// Whether it can be read, what in it is wrong, and how many keywords are not known. `path` is what was asked for.
Findings CheckConfiguration(const std::string& path, const absl::StatusOr<keepalived::Config>& config);

// `nopreempt` where it has no effect: with `state MASTER`, or with priority 255.
Findings CheckPreemption(const keepalived::Config& config);

// What the other ways to give a VIP up are worth on this node.
struct TrackFilePlace {
  std::string runtime_dir;
  bool directory_exists = false;
  bool gate_works = false;  // without it a track file is what is left
};
Findings CheckTrackFiles(const keepalived::Config& config, const TrackFilePlace& place);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_CONFIGURATION_H_
