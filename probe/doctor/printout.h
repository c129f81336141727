// The findings as an operator or a program reads them.
#ifndef PROBE_DOCTOR_PRINTOUT_H_
#define PROBE_DOCTOR_PRINTOUT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "probe/doctor/finding.h"

namespace probe::doctor {

// "ok", "could not look", "warning", "fault".
absl::string_view NameOf(Verdict verdict);

// kOk where there is none.
Verdict WorstOf(const Findings& findings);

// 0 all is well, 2 a warning, 3 a fault, 4 nothing worse than a check that could not look. Those of failures (1, 64,
// 77, 78) mean that there was no examination.
int ExitCodeOf(Verdict worst);

// The worst first, each on a line, its repair on the next; a count at the end.
std::string ToText(const Findings& findings);

// arbiter.v1.DoctorReport in the protobuf JSON mapping, in the order in which the checks ran.
std::string ToJson(const Findings& findings, const std::string& node, const std::string& version);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_PRINTOUT_H_
