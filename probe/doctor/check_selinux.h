// SELinux, and what it denied the daemon. Pure.
#ifndef PROBE_DOCTOR_CHECK_SELINUX_H_
#define PROBE_DOCTOR_CHECK_SELINUX_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/doctor/finding.h"

namespace probe::doctor {

struct SelinuxFacts {
  absl::StatusOr<std::string> enforce;  // /sys/fs/selinux/enforce; NotFound: there is no SELinux
  absl::StatusOr<std::string> audit;    // the end of the audit log
  std::string domain;                   // of the daemon; empty: not known
};

Findings CheckSelinux(const SelinuxFacts& facts);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_SELINUX_H_
